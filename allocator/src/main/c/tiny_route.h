/* Routes: which front end serves a class. The gate's policy and the route kinds are two separate notions. */
#ifndef HAK_TINY_ROUTE_H
#define HAK_TINY_ROUTE_H

#include <stdint.h>

#include "options.h"
#include "tiny_class.h"

/* The allocation gate's policy for a class. */
enum tiny_route_policy { ROUTE_TINY_ONLY = 0, ROUTE_TINY_FIRST = 1, ROUTE_POOL_ONLY = 2 };

/*
 * Who serves a class behind the gate. C7's ULTRA path is taken before this table is read. SLAB is no class's route: it is
 * that of a block which goes back to another thread's slab.
 */
enum small_route_kind {
    SMALL_ROUTE_LEGACY = 0,
    SMALL_ROUTE_ULTRA = 1,
    SMALL_ROUTE_MID_V3 = 2,
    SMALL_ROUTE_V7 = 3,
    SMALL_ROUTE_SLAB = 4
};

struct tiny_static_route {
    uint8_t ready;
    uint8_t route_kind[TINY_CLASSES];
};

struct small_policy {
    uint8_t route_kind[TINY_CLASSES];
};

struct tiny_front_v3_snapshot {
    uint8_t unified_cache_on;
    uint8_t header_mode;
};

/* Without C3 the policy is asked for on every allocation. */
#if HAK_C3
#define HAK_POLICY_FN HAK_COLD_FN
#else
#define HAK_POLICY_FN HAK_SHAPE_FN
#endif

extern uint8_t g_tiny_route[TINY_CLASSES];
extern struct tiny_static_route g_tiny_static_route;
extern uint8_t g_tiny_route_class[TINY_CLASSES];
extern int g_tiny_route_snapshot_done;
extern struct small_policy g_small_policy;
extern int g_tiny_front_v3_snapshot_ready;
extern struct tiny_front_v3_snapshot g_tiny_front_v3_snapshot;

HAK_COLD_FN void tiny_route_init(void);
HAK_COLD_FN void tiny_front_v3_snapshot_init(void);
HAK_POLICY_FN int small_policy_route_kind(int class, int metadata_cache_on);

/* The route kind that free uses for a class. */
HAK_SHAPE_FN int tiny_route_for_class(int class);

/* The gate's policy for a class; tables that are not filled yet are filled first. */
HAK_INLINE int tiny_route_get(int class)
{
    if (HAK_UNLIKELY(!g_tiny_route_snapshot_done)) {
        tiny_route_init();
    }
    return g_tiny_route[class & 7];
}

HAK_INLINE const struct tiny_front_v3_snapshot *tiny_front_v3_snapshot_get(void)
{
    if (HAK_UNLIKELY(!g_tiny_front_v3_snapshot_ready)) {
        tiny_front_v3_snapshot_init();
    }
    return &g_tiny_front_v3_snapshot;
}

#endif
