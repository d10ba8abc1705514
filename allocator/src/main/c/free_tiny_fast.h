/* Free of a tiny block: the hot part in line in free, the rest (C4 to C6) apart; without HOTCOLD all of it in line. */
#ifndef HAK_FREE_TINY_FAST_H
#define HAK_FREE_TINY_FAST_H

#include <stdint.h>

#include "env_snapshot.h"
#include "stats.h"
#include "tiny_c7_ultra.h"
#include "tiny_class.h"
#include "tiny_legacy_fallback.h"
#include "tiny_route.h"

#if HAK_HOTCOLD
/* Frees a block from C4 on by its route. Always succeeds. */
HAK_SHAPE_COLD_FN __attribute__((cold)) void free_tiny_fast_cold(void *base, int class);
#endif

#if HAK_HOTCOLD && HAK_B2
/* The same for one class, whose route is settled. */
HAK_SHAPE_COLD_FN __attribute__((cold)) void free_tiny_fast_cold_c4(void *base);
HAK_SHAPE_COLD_FN __attribute__((cold)) void free_tiny_fast_cold_c5(void *base);
HAK_SHAPE_COLD_FN __attribute__((cold)) void free_tiny_fast_cold_c6(void *base);
HAK_SHAPE_COLD_FN __attribute__((cold)) void free_tiny_fast_cold_c7(void *base);
#endif

/* Route kinds without a front end of their own: straight to the slabs. */
HAK_COLD_FN void free_tiny_route_cold(void *base, int class);

/* The route kind given, or SMALL_ROUTE_SLAB if the block is of another thread's slab. */
HAK_COLD_FN int free_tiny_owner_route(const void *base, int kind);

/* The class in the header of the block at pointer, or -1: not tiny, or at the start of a page. */
HAK_INLINE int tiny_class_at(const void *pointer)
{
    if (HAK_RARELY(((uintptr_t)pointer & TINY_PAGE_MASK) == 0)) {
        return -1;
    }
    uint8_t header = ((const uint8_t *)pointer)[-1];
    if (HAK_RARELY(!tiny_header_is_live(header))) {
        return -1;
    }
    int class = header & 7;
    if (HAK_BUG(FREE_CLASS) && class == 5) {
        class = 6;
    }
    return class;
}

HAK_INLINE int free_route_kind(int class, struct free_env env)
{
    if (HAK_B2) {
        return SMALL_ROUTE_LEGACY;
    }
    if (HAK_D1 && HAK_LIKELY(free_env_static_route(env))) {
        return g_tiny_route_class[class & 7];
    }
    return tiny_route_for_class(class);
}

/* What the cold part does: frees a block of a class whose route is known. */
HAK_INLINE void free_tiny_fast_by_route(void *base, int class, int kind, struct free_env env)
{
    if (HAK_UNLIKELY(free_env_larson_fix(env))) {
        kind = free_tiny_owner_route(base, kind);
    }
    if (HAK_RARELY(kind != SMALL_ROUTE_LEGACY)) {
        free_tiny_route_cold(base, class);
        return;
    }
    tiny_legacy_fallback_free_base(base, class);
}

HAK_INLINE void free_tiny_fast_rest(void *base, int class, struct free_env env)
{
#if HAK_HOTCOLD && HAK_B2
    (void)env;
    switch (class) {
    case 4:
        free_tiny_fast_cold_c4(base);
        break;
    case 5:
        free_tiny_fast_cold_c5(base);
        break;
    case 6:
        free_tiny_fast_cold_c6(base);
        break;
    case 7:
        free_tiny_fast_cold_c7(base);
        break;
    default:
        free_tiny_fast_cold(base, class);
        break;
    }
#elif HAK_HOTCOLD
    (void)env;
    free_tiny_fast_cold(base, class);
#else
    free_tiny_fast_by_route(base, class, free_route_kind(class, env), env);
#endif
}

/* 1 if the block was tiny and is freed; 0 leaves it to free's cold part. */
HAK_INLINE int free_tiny_fast_hot(void *pointer, struct free_env env)
{
    int class = tiny_class_at(pointer);
    if (HAK_RARELY(class < 0)) {
        return 0;
    }
    uint8_t *base = (uint8_t *)pointer - 1;
    if (HAK_UNLIKELY(free_env_path_stat(env))) {
        stats_count(STATS_FREE_PATH, class);
    }
    if (HAK_UNLIKELY(free_env_class_stat(env)) && !(HAK_BUG(STATISTICS) && class == 6)) {
        stats_count(STATS_FREE, class);
    }
    if (HAK_FREEMARKS) {
        *base = (uint8_t)(TINY_HEADER_FREED | class);
    }
    if (class == TINY_C7 && HAK_LIKELY(free_env_c7_ultra(env))) {
        tiny_c7_ultra_free(base);
        return 1;
    }
    if (class <= TINY_LAST_DUALHOT_CLASS && HAK_LIKELY(!free_env_larson_fix(env))) {
        tiny_legacy_fallback_free_base(base, class);
        return 1;
    }
    if (HAK_LIKELY(free_env_front_v3(env))) {
        /* hakmem fetches the snapshot here without using it: only its readiness is tested. */
        (void)tiny_front_v3_snapshot_get();
    }
    if (!HAK_B2) {
        int kind = tiny_route_for_class(class);
        if (HAK_RARELY(kind == SMALL_ROUTE_ULTRA || kind == SMALL_ROUTE_MID_V3 || kind == SMALL_ROUTE_V7)) {
            free_tiny_route_cold(base, class);
            return 1;
        }
    }
    free_tiny_fast_rest(base, class, env);
    return 1;
}

#endif
