/* Allocation within a class: C7's own path, the route kind, and the unified cache. */
#ifndef HAK_MALLOC_TINY_FAST_H
#define HAK_MALLOC_TINY_FAST_H

#include <stddef.h>

#include "env_snapshot.h"
#include "stats.h"
#include "tiny_c7_ultra.h"
#include "tiny_class.h"
#include "tiny_region_id.h"
#include "tiny_route.h"
#include "unified_cache.h"

/* A block of the class, or NULL if memory is out. */
HAK_SHAPE_FN void *malloc_tiny_fast_for_class(size_t size, int class);

/* Route kinds without a front end of their own: straight from the slabs. */
HAK_COLD_FN void *malloc_tiny_route_cold(int class);

/* Pops a base, or fetches a batch and returns its first. */
HAK_INLINE void *tiny_hot_alloc_fast(int class)
{
    if (HAK_LIKELY(unified_cache_enabled())) {
        void *base = unified_cache_pop(class);
        if (HAK_USUALLY(base != NULL)) {
            return base;
        }
    }
    return unified_cache_refill(class);
}

HAK_INLINE void *malloc_tiny_fast_in_class(size_t size, int class)
{
    const struct hakmem_env_snapshot *env = hakmem_env_get();
    if (HAK_UNLIKELY(class_stat_enabled())) {
        stats_count(STATS_ALLOC, class);
    }
    if (HAK_UNLIKELY(alloc_dualhot_enabled()) && class <= TINY_LAST_DUALHOT_CLASS) {
        return tiny_region_id_write_header(tiny_hot_alloc_fast(class), class);
    }
    if (class == TINY_C7 && HAK_LIKELY(env_c7_ultra(env))) {
        return tiny_c7_ultra_alloc(size);
    }
    int kind;
    if (HAK_C3 && HAK_LIKELY(env_static_route(env)) && HAK_LIKELY(g_tiny_static_route.ready)) {
        kind = g_tiny_static_route.route_kind[class];
    } else {
        kind = small_policy_route_kind(class, env_metadata_cache(env));
    }
    if (HAK_B3 && alloc_route_shape_enabled()) {
        if (HAK_RARELY(kind != SMALL_ROUTE_LEGACY)) {
            return malloc_tiny_route_cold(class);
        }
    } else {
        switch (kind) {
        case SMALL_ROUTE_ULTRA:
        case SMALL_ROUTE_MID_V3:
        case SMALL_ROUTE_V7:
            return malloc_tiny_route_cold(class);
        default:
            break;
        }
    }
    if (HAK_BUG(MALLOC_ROUTE) && class == 6) {
        return malloc_tiny_route_cold(class);
    }
    if (HAK_UNLIKELY(tiny_prefetch_enabled())) {
        __builtin_prefetch(unified_cache_of(class)->slots);
    }
    return tiny_region_id_write_header(tiny_hot_alloc_fast(class), class);
}

#endif
