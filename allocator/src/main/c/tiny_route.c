/* The route tables and their filling from the environment. */
#include "tiny_route.h"

#include <stdlib.h>
#include <string.h>

#include "gates.h"

uint8_t g_tiny_route[TINY_CLASSES];
struct tiny_static_route g_tiny_static_route;
uint8_t g_tiny_route_class[TINY_CLASSES];
int g_tiny_route_snapshot_done;
struct small_policy g_small_policy;
int g_tiny_front_v3_snapshot_ready;
struct tiny_front_v3_snapshot g_tiny_front_v3_snapshot;

/* The metadata cache's copy of the policy; it exists once a thread has asked with the cache on. */
static _Thread_local struct small_policy g_policy_hot;
static _Thread_local int g_policy_hot_ready;

HAK_COLD_FN void tiny_route_init(void)
{
    const char *profile = getenv("HAKMEM_TINY_PROFILE");
    for (int class = 0; class < TINY_CLASSES; class++) {
        int policy = ROUTE_TINY_FIRST;
        if (profile != NULL && strcmp(profile, "hot") == 0) {
            policy = class <= 3 ? ROUTE_TINY_ONLY : class <= 6 ? ROUTE_TINY_FIRST : ROUTE_POOL_ONLY;
        } else if (profile != NULL && strcmp(profile, "off") == 0) {
            policy = ROUTE_POOL_ONLY;
        } else if (profile != NULL && strcmp(profile, "full") == 0) {
            policy = ROUTE_TINY_ONLY;
        }
        g_tiny_route[class] = (uint8_t)policy;
        g_small_policy.route_kind[class] = SMALL_ROUTE_LEGACY;
        g_tiny_static_route.route_kind[class] = SMALL_ROUTE_LEGACY;
        g_tiny_route_class[class] = SMALL_ROUTE_LEGACY;
    }
    /* Under A2 a ready table says that the gate's policies are the default ones, too. */
    g_tiny_static_route.ready = !HAK_A2 || profile == NULL;
    g_tiny_route_snapshot_done = 1;
}

HAK_COLD_FN void tiny_front_v3_snapshot_init(void)
{
    g_tiny_front_v3_snapshot.unified_cache_on = (uint8_t)unified_cache_enabled();
    g_tiny_front_v3_snapshot.header_mode = (uint8_t)tiny_header_mode();
    g_tiny_front_v3_snapshot_ready = 1;
}

HAK_POLICY_FN int small_policy_route_kind(int class, int metadata_cache_on)
{
    if (!metadata_cache_on) {
        return g_small_policy.route_kind[class & 7];
    }
    if (!g_policy_hot_ready) {
        g_policy_hot = g_small_policy;
        g_policy_hot_ready = 1;
    }
    return g_policy_hot.route_kind[class & 7];
}

HAK_SHAPE_FN int tiny_route_for_class(int class)
{
    if (HAK_UNLIKELY(!g_tiny_route_snapshot_done)) {
        tiny_route_init();
    }
    return g_tiny_route_class[class & 7];
}
