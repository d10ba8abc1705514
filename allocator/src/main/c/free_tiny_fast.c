/* The parts of free that are not in line. */
#include "free_tiny_fast.h"

#include "slab.h"

HAK_COLD_FN void free_tiny_route_cold(void *base, int class)
{
    slab_give(class, &base, 1);
}

HAK_COLD_FN int free_tiny_owner_route(const void *base, int kind)
{
    return slab_is_foreign(base) ? SMALL_ROUTE_SLAB : kind;
}

#if HAK_HOTCOLD
HAK_SHAPE_COLD_FN void free_tiny_fast_cold(void *base, int class)
{
    struct free_env env = free_env_fetch_cold();
    free_tiny_fast_by_route(base, class, free_route_kind(class, env), env);
}
#endif

#if HAK_HOTCOLD && HAK_B2
#define HAK_DEFINE_FREE_COLD_OF_CLASS(N)                                                 \
    HAK_SHAPE_COLD_FN void free_tiny_fast_cold_c##N(void *base)                          \
    {                                                                                    \
        free_tiny_fast_by_route(base, N, SMALL_ROUTE_LEGACY, free_env_fetch_cold());     \
    }

HAK_DEFINE_FREE_COLD_OF_CLASS(4)
HAK_DEFINE_FREE_COLD_OF_CLASS(5)
HAK_DEFINE_FREE_COLD_OF_CLASS(6)
HAK_DEFINE_FREE_COLD_OF_CLASS(7)
#endif
