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

HAK_SHAPE_COLD_FN void free_tiny_fast_cold(void *base, int class)
{
    struct free_env env = free_env_fetch();
    int kind;
    if (HAK_LIKELY(free_env_static_route(env))) {
        kind = g_tiny_route_class[class & 7];
    } else {
        kind = tiny_route_for_class(class);
    }
    if (HAK_UNLIKELY(free_env_larson_fix(env))) {
        kind = free_tiny_owner_route(base, kind);
    }
    if (HAK_UNLIKELY(kind != SMALL_ROUTE_LEGACY)) {
        free_tiny_route_cold(base, class);
        return;
    }
    tiny_legacy_fallback_free_base(base, class);
}
