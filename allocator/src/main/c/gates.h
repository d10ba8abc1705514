/*
 * Gates: flags taken from the environment on first use, one thread-local int each. -1 stands for "not asked yet".
 * Defaults are those of the MIXED profile.
 */
#ifndef HAK_GATES_H
#define HAK_GATES_H

#include "options.h"

#define HAK_GATE _Alignas(HAK_GATELINES ? 64 : _Alignof(int)) _Thread_local int

extern HAK_GATE g_front_gate_unified;
extern HAK_GATE g_free_hotcold;
extern HAK_GATE g_alloc_dualhot;
extern HAK_GATE g_c7_ultra;
extern HAK_GATE g_front_v3;
extern HAK_GATE g_metadata_cache;
extern HAK_GATE g_static_route;
extern HAK_GATE g_free_static_route;
extern HAK_GATE g_alloc_route_shape;
extern HAK_GATE g_alloc_gate_shape;
extern HAK_GATE g_alloc_gate_stat;
extern HAK_GATE g_free_path_stat;
extern HAK_GATE g_class_stat;
extern HAK_GATE g_free_trace;
extern HAK_GATE g_tiny_prefetch;
extern HAK_GATE g_larson_fix;
extern HAK_GATE g_unified_cache_enable;
extern HAK_GATE g_header_mode;
extern HAK_GATE g_c7_header_light;

/* 1 while the first C7 allocation of the thread is still to be logged. */
extern HAK_GATE rel_route_logged;

/* The value of an environment flag: unset gives the default, empty or leading 0 gives 0, all else 1. */
HAK_COLD_FN int hak_gate_init(const char *name, int when_unset);
/* The same for the gates which a running learner forces off. */
HAK_COLD_FN int hak_gate_init_unless_learning(const char *name, int when_unset);
/* The gate of the allocation statistics; arms the route log too. */
HAK_COLD_FN int hak_gate_init_alloc_gate_stat(void);

#define HAK_GATE_VALUE(variable, init)                  \
    if (__builtin_expect((variable) == -1, 0)) {        \
        (variable) = (init);                            \
    }                                                   \
    return (variable)

HAK_SHAPE_FN int tiny_c7_ultra_enabled_env(void);
HAK_SHAPE_FN int tiny_front_v3_enabled(void);
HAK_SHAPE_FN int tiny_metadata_cache_enabled(void);

HAK_INLINE int front_gate_unified_enabled(void)
{
    HAK_GATE_VALUE(g_front_gate_unified, hak_gate_init("HAKMEM_FRONT_GATE_UNIFIED", 1));
}

HAK_INLINE int free_tiny_fast_hotcold_enabled(void)
{
    HAK_GATE_VALUE(g_free_hotcold, hak_gate_init("HAKMEM_FREE_TINY_FAST_HOTCOLD", 1));
}

HAK_INLINE int alloc_dualhot_enabled(void)
{
    HAK_GATE_VALUE(g_alloc_dualhot, hak_gate_init("HAKMEM_ALLOC_DUALHOT", 0));
}

HAK_INLINE int tiny_static_route_enabled(void)
{
    HAK_GATE_VALUE(g_static_route, hak_gate_init_unless_learning("HAKMEM_TINY_STATIC_ROUTE", 1));
}

HAK_INLINE int tiny_free_static_route_enabled(void)
{
    HAK_GATE_VALUE(g_free_static_route, hak_gate_init("HAKMEM_FREE_STATIC_ROUTE", 1));
}

HAK_INLINE int alloc_route_shape_enabled(void)
{
    HAK_GATE_VALUE(g_alloc_route_shape, hak_gate_init("HAKMEM_TINY_ALLOC_ROUTE_SHAPE", 1));
}

HAK_INLINE int alloc_gate_shape_enabled(void)
{
    HAK_GATE_VALUE(g_alloc_gate_shape, hak_gate_init("HAKMEM_ALLOC_GATE_SHAPE", HAK_D3));
}

HAK_INLINE int alloc_gate_stat_enabled(void)
{
    HAK_GATE_VALUE(g_alloc_gate_stat, hak_gate_init_alloc_gate_stat());
}

HAK_INLINE int free_path_stat_enabled(void)
{
    HAK_GATE_VALUE(g_free_path_stat, hak_gate_init("HAKMEM_FREE_PATH_STAT", 0));
}

HAK_INLINE int class_stat_enabled(void)
{
    HAK_GATE_VALUE(g_class_stat, hak_gate_init("HAKMEM_CLASS_STAT", 0));
}

HAK_INLINE int free_trace_enabled(void)
{
    HAK_GATE_VALUE(g_free_trace, hak_gate_init("HAKMEM_FREE_TRACE", 0));
}

HAK_INLINE int tiny_prefetch_enabled(void)
{
    HAK_GATE_VALUE(g_tiny_prefetch, hak_gate_init("HAKMEM_TINY_PREFETCH", 0));
}

HAK_INLINE int tiny_larson_fix_enabled(void)
{
    HAK_GATE_VALUE(g_larson_fix, hak_gate_init("HAKMEM_TINY_LARSON_FIX", 0));
}

HAK_INLINE int unified_cache_enabled(void)
{
    HAK_GATE_VALUE(g_unified_cache_enable, hak_gate_init("HAKMEM_TINY_UNIFIED_CACHE", 1));
}

/* 1: the header is always written; 0: only where it is not there yet. */
HAK_INLINE int tiny_header_mode(void)
{
    HAK_GATE_VALUE(g_header_mode, hak_gate_init("HAKMEM_TINY_HEADER_FULL", 1));
}

HAK_INLINE int tiny_c7_header_light_enabled(void)
{
    HAK_GATE_VALUE(g_c7_header_light, hak_gate_init("HAKMEM_TINY_C7_ULTRA_HEADER_LIGHT", 0));
}

#endif
