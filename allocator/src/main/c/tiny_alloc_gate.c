/* The allocation gate: one for all classes, and under E2 one for each. */
#include "tiny_alloc_gate.h"

#include "gates.h"
#include "large.h"
#include "malloc_tiny_fast.h"
#include "stats.h"
#include "tiny_route.h"

/* What every gate does whatever the class: statistics and the route log. */
HAK_INLINE void tiny_alloc_gate_enter(int class)
{
    if (HAK_UNLIKELY(alloc_gate_stat_enabled())) {
        stats_count(STATS_GATE, class);
    }
    if (!HAK_E4 && HAK_UNLIKELY(rel_route_logged)) {
        stats_log_c7_route(class);
    }
}

/* Policy TINY_FIRST: the pool serves what the tiny front end could not. */
HAK_INLINE void *tiny_or_pool(void *pointer, size_t size)
{
    if (HAK_LIKELY(pointer != NULL)) {
        return pointer;
    }
    return large_alloc(size);
}

HAK_INLINE int gate_policy(int class)
{
    if (__builtin_expect(!!alloc_gate_shape_enabled(), HAK_D3)) {
        return g_tiny_route[class];
    }
    return tiny_route_get(class);
}

HAK_SHAPE_FN void *tiny_alloc_gate_fast(size_t size)
{
    int class = hak_tiny_size_to_class(size);
    if (HAK_UNLIKELY(class < 0 || class >= TINY_CLASSES)) {
        return NULL;
    }
    if (HAK_A2 && HAK_USUALLY(g_tiny_static_route.ready)) {
        tiny_alloc_gate_enter(class);
        return tiny_or_pool(malloc_tiny_fast_for_class(size, class), size);
    }
    int policy = gate_policy(class);
    tiny_alloc_gate_enter(class);
    if (HAK_RARELY(policy == ROUTE_POOL_ONLY)) {
        return NULL;
    }
    void *pointer = malloc_tiny_fast_for_class(size, class);
    if (policy == ROUTE_TINY_ONLY) {
        return pointer;
    }
    if (HAK_LIKELY(pointer != NULL)) {
        return pointer;
    }
    return large_alloc(size);
}

#if HAK_E2
/* One class: its route is settled here, and what the class decides is folded into its path. */
#define HAK_DEFINE_GATE_OF_CLASS(N)                                       \
    HAK_SHAPE_FN void *malloc_tiny_fast_for_class_c##N(size_t size)       \
    {                                                                     \
        return malloc_tiny_fast_in_class(size, N);                        \
    }                                                                     \
                                                                          \
    HAK_SHAPE_FN void *tiny_alloc_gate_fast_c##N(size_t size)             \
    {                                                                     \
        tiny_alloc_gate_enter(N);                                         \
        return tiny_or_pool(malloc_tiny_fast_for_class_c##N(size), size); \
    }

HAK_FOR_EACH_CLASS(HAK_DEFINE_GATE_OF_CLASS)
#endif
