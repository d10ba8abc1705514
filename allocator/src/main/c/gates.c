/* Storage and first reading of the gates and of the snapshots. */
#include "gates.h"

#include <stdlib.h>

#include "env_snapshot.h"

HAK_GATE g_front_gate_unified = -1;
HAK_GATE g_free_hotcold = -1;
HAK_GATE g_alloc_dualhot = -1;
HAK_GATE g_c7_ultra = -1;
HAK_GATE g_front_v3 = -1;
HAK_GATE g_metadata_cache = -1;
HAK_GATE g_static_route = -1;
HAK_GATE g_free_static_route = -1;
HAK_GATE g_alloc_route_shape = -1;
HAK_GATE g_alloc_gate_shape = -1;
HAK_GATE g_alloc_gate_stat = -1;
HAK_GATE g_free_path_stat = -1;
HAK_GATE g_class_stat = -1;
HAK_GATE g_free_trace = -1;
HAK_GATE g_tiny_prefetch = -1;
HAK_GATE g_larson_fix = -1;
HAK_GATE g_unified_cache_enable = -1;
HAK_GATE g_header_mode = -1;
HAK_GATE g_c7_header_light = -1;
HAK_GATE rel_route_logged = 0;

HAK_COLD_FN int hak_gate_init(const char *name, int when_unset)
{
    const char *value = getenv(name);
    if (value == NULL) {
        return when_unset;
    }
    return *value != '\0' && *value != '0';
}

HAK_COLD_FN int hak_gate_init_unless_learning(const char *name, int when_unset)
{
    return !hak_gate_init("HAKMEM_LEARNER", 0) && hak_gate_init(name, when_unset);
}

HAK_COLD_FN int hak_gate_init_alloc_gate_stat(void)
{
    if (!HAK_E4) {
        rel_route_logged = hak_gate_init("HAKMEM_TINY_C7_ROUTE_LOGGING", 0);
    }
    return hak_gate_init("HAKMEM_ALLOC_GATE_STAT", 0);
}

HAK_SHAPE_FN int tiny_c7_ultra_enabled_env(void)
{
    HAK_GATE_VALUE(g_c7_ultra, hak_gate_init("HAKMEM_TINY_C7_ULTRA_ENABLED", 1));
}

HAK_SHAPE_FN int tiny_front_v3_enabled(void)
{
    HAK_GATE_VALUE(g_front_v3, hak_gate_init("HAKMEM_TINY_FRONT_V3_ENABLED", 1));
}

HAK_SHAPE_FN int tiny_metadata_cache_enabled(void)
{
    HAK_GATE_VALUE(g_metadata_cache, hak_gate_init_unless_learning("HAKMEM_TINY_METADATA_CACHE", 0));
}

#if HAK_E1 && !HAK_E3
_Thread_local struct hakmem_env_snapshot g_hakmem_env_snapshot;
#elif HAK_E1
_Thread_local struct free_env_snapshot g_hakmem_env_snapshot;
#elif HAK_E3
_Thread_local struct free_env_snapshot g_free_env_snapshot;
#endif

#if HAK_E1 || HAK_E3
HAK_COLD_FN void hakmem_env_snapshot_init(void)
{
#if HAK_E3
    HAK_FREE_ENV_SNAPSHOT.front_gate_unified_on = (uint8_t)front_gate_unified_enabled();
    HAK_FREE_ENV_SNAPSHOT.larson_fix_on = (uint8_t)tiny_larson_fix_enabled();
    HAK_FREE_ENV_SNAPSHOT.path_stat_on = (uint8_t)free_path_stat_enabled();
    HAK_FREE_ENV_SNAPSHOT.class_stat_on = (uint8_t)class_stat_enabled();
    HAK_FREE_ENV_SNAPSHOT.trace_on = (uint8_t)free_trace_enabled();
    struct hakmem_env_snapshot *gates = &HAK_FREE_ENV_SNAPSHOT.gates;
#else
    struct hakmem_env_snapshot *gates = &HAK_ENV_SNAPSHOT;
#endif
    gates->front_v3_on = (uint8_t)tiny_front_v3_enabled();
    gates->metadata_cache_on = (uint8_t)tiny_metadata_cache_enabled();
    gates->c7_ultra_on = (uint8_t)tiny_c7_ultra_enabled_env();
    gates->free_hotcold_on = (uint8_t)free_tiny_fast_hotcold_enabled();
    gates->static_route_on = (uint8_t)tiny_static_route_enabled();
    gates->free_static_route_on = (uint8_t)tiny_free_static_route_enabled();
    gates->initialized = 1;
}
#endif
