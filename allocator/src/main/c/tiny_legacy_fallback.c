/* The legacy end of free. */
#include "tiny_legacy_fallback.h"

#include "env_snapshot.h"
#include "slab.h"
#include "tiny_route.h"
#include "unified_cache.h"

/* The ring has no room, or the caches are off. */
HAK_COLD_FN void tiny_legacy_free_to_slab(void *base, int class)
{
    slab_give(class, &base, 1);
}

HAK_SHAPE_FN void tiny_legacy_fallback_free_base(void *base, int class)
{
    struct free_env env = free_env_fetch();
    if (HAK_LIKELY(free_env_front_v3(env))) {
        const struct tiny_front_v3_snapshot *snapshot = tiny_front_v3_snapshot_get();
        if (HAK_UNLIKELY(!snapshot->unified_cache_on)) {
            tiny_legacy_free_to_slab(base, class);
            return;
        }
    }
    if (HAK_UNLIKELY(free_env_metadata_cache(env))) {
        /* The metadata cache keeps the policy beside the thread; a class that left LEGACY is not cached. */
        if (small_policy_route_kind(class, 1) != SMALL_ROUTE_LEGACY) {
            tiny_legacy_free_to_slab(base, class);
            return;
        }
    }
    if (HAK_LIKELY(unified_cache_push(class, base))) {
        return;
    }
    tiny_legacy_free_to_slab(base, class);
}
