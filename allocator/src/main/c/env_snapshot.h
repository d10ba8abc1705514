/*
 * Snapshots: the gates of a path read together from one thread-local struct, behind one test (E1, E3, and both).
 * The hot paths ask the functions below, so that each of them reads the same in every variant.
 */
#ifndef HAK_ENV_SNAPSHOT_H
#define HAK_ENV_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "gates.h"

struct hakmem_env_snapshot {
    uint8_t initialized;
    uint8_t front_v3_on;
    uint8_t metadata_cache_on;
    uint8_t c7_ultra_on;
    uint8_t free_hotcold_on;
    uint8_t static_route_on;
    uint8_t free_static_route_on;
    uint8_t pad;
};

/* E3: the same gates, and those which only the free path reads. With E1 the two share this one struct. */
struct free_env_snapshot {
    struct hakmem_env_snapshot gates;
    uint8_t front_gate_unified_on;
    uint8_t larson_fix_on;
    uint8_t path_stat_on;
    uint8_t class_stat_on;
    uint8_t trace_on;
    uint8_t pad[3];
};

_Static_assert(sizeof(struct hakmem_env_snapshot) == 8, "the snapshot is one word");
_Static_assert(sizeof(struct free_env_snapshot) == 16, "the free snapshot is two words");

#if HAK_E1 && !HAK_E3
extern _Thread_local struct hakmem_env_snapshot g_hakmem_env_snapshot;
#define HAK_ENV_SNAPSHOT g_hakmem_env_snapshot
#elif HAK_E1
extern _Thread_local struct free_env_snapshot g_hakmem_env_snapshot;
#define HAK_ENV_SNAPSHOT g_hakmem_env_snapshot.gates
#define HAK_FREE_ENV_SNAPSHOT g_hakmem_env_snapshot
#elif HAK_E3
extern _Thread_local struct free_env_snapshot g_free_env_snapshot;
#define HAK_FREE_ENV_SNAPSHOT g_free_env_snapshot
#endif

#if HAK_E1 || HAK_E3
HAK_COLD_FN void hakmem_env_snapshot_init(void);
#endif

HAK_INLINE const struct hakmem_env_snapshot *hakmem_env_get(void)
{
#if HAK_E1
    if (__builtin_expect(!HAK_ENV_SNAPSHOT.initialized, 0)) {
        hakmem_env_snapshot_init();
    }
    return &HAK_ENV_SNAPSHOT;
#else
    return NULL;
#endif
}

HAK_INLINE const struct free_env_snapshot *free_env_get(void)
{
#if HAK_E3
    if (__builtin_expect(!HAK_FREE_ENV_SNAPSHOT.gates.initialized, 0)) {
        hakmem_env_snapshot_init();
    }
    return &HAK_FREE_ENV_SNAPSHOT;
#else
    return NULL;
#endif
}

/* What one function on the free path has fetched: nothing, E1's snapshot, or E3's. */
struct free_env {
    const struct hakmem_env_snapshot *gates;
    const struct free_env_snapshot *own;
};

HAK_INLINE struct free_env free_env_fetch(void)
{
    struct free_env env = {NULL, NULL};
    if (HAK_E3) {
        env.own = free_env_get();
        env.gates = &env.own->gates;
    } else if (HAK_E1) {
        env.gates = hakmem_env_get();
    }
    return env;
}

/* For free's cold part: the only gate of E1's snapshot that it reads is that of D1, and B2 does without it. */
HAK_INLINE struct free_env free_env_fetch_cold(void)
{
    if (HAK_E3 || (HAK_D1 && !HAK_B2)) {
        return free_env_fetch();
    }
    return (struct free_env){NULL, NULL};
}

HAK_INLINE int env_c7_ultra(const struct hakmem_env_snapshot *env)
{
    if (HAK_E1) {
        return env->c7_ultra_on;
    }
    return tiny_c7_ultra_enabled_env();
}

HAK_INLINE int env_static_route(const struct hakmem_env_snapshot *env)
{
    if (HAK_E1) {
        return env->static_route_on;
    }
    return tiny_static_route_enabled();
}

HAK_INLINE int env_metadata_cache(const struct hakmem_env_snapshot *env)
{
    if (HAK_E1) {
        return env->metadata_cache_on;
    }
    return tiny_metadata_cache_enabled();
}

HAK_INLINE int free_env_front_gate(struct free_env env)
{
    if (HAK_E3) {
        return env.own->front_gate_unified_on;
    }
    return front_gate_unified_enabled();
}

HAK_INLINE int free_env_larson_fix(struct free_env env)
{
    if (HAK_E3) {
        return env.own->larson_fix_on;
    }
    return tiny_larson_fix_enabled();
}

HAK_INLINE int free_env_path_stat(struct free_env env)
{
    if (HAK_E3) {
        return env.own->path_stat_on;
    }
    return free_path_stat_enabled();
}

HAK_INLINE int free_env_class_stat(struct free_env env)
{
    if (HAK_E3) {
        return env.own->class_stat_on;
    }
    return class_stat_enabled();
}

HAK_INLINE int free_env_trace(struct free_env env)
{
    if (HAK_E3) {
        return env.own->trace_on;
    }
    return free_trace_enabled();
}

HAK_INLINE int free_env_hotcold(struct free_env env)
{
    if (HAK_E1 || HAK_E3) {
        return env.gates->free_hotcold_on;
    }
    return free_tiny_fast_hotcold_enabled();
}

HAK_INLINE int free_env_c7_ultra(struct free_env env)
{
    if (HAK_E1 || HAK_E3) {
        return env.gates->c7_ultra_on;
    }
    return tiny_c7_ultra_enabled_env();
}

HAK_INLINE int free_env_front_v3(struct free_env env)
{
    if (HAK_E1 || HAK_E3) {
        return env.gates->front_v3_on;
    }
    return tiny_front_v3_enabled();
}

HAK_INLINE int free_env_metadata_cache(struct free_env env)
{
    if (HAK_E1 || HAK_E3) {
        return env.gates->metadata_cache_on;
    }
    return tiny_metadata_cache_enabled();
}

HAK_INLINE int free_env_static_route(struct free_env env)
{
    if (HAK_E1 || HAK_E3) {
        return env.gates->free_static_route_on;
    }
    return tiny_free_static_route_enabled();
}

#endif
