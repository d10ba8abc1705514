/* Push, refill and flush of the unified cache. */
#include "unified_cache.h"

#include <pthread.h>

#include "slab.h"
#include "superslab.h"
#include "thread_exit.h"

_Thread_local struct unified_cache g_unified_cache[TINY_CLASSES];

static const uint16_t unified_cache_capacity[TINY_CLASSES] = {64, 64, 64, 64, 64, 128, 128, 128};

/* Slot arrays of threads that have ended, linked through their first slot. */
static pthread_mutex_t g_spare_slots_lock = PTHREAD_MUTEX_INITIALIZER;
static void **g_spare_slots[TINY_CLASSES];

HAK_COLD_FN int unified_cache_init(int class)
{
    if (!thread_exit_register()) {
        return 0;
    }
    struct unified_cache *cache = &g_unified_cache[class];
    uint16_t capacity = HAK_BUG(RING_CAPACITY) && class == 4 ? 128 : unified_cache_capacity[class];
    pthread_mutex_lock(&g_spare_slots_lock);
    void **slots = g_spare_slots[class];
    if (slots != NULL) {
        g_spare_slots[class] = slots[0];
    }
    pthread_mutex_unlock(&g_spare_slots_lock);
    if (slots == NULL) {
        slots = hak_map(capacity * sizeof(void *));
        if (slots == NULL) {
            return 0;
        }
    }
    cache->head = 0;
    cache->tail = 0;
    cache->capacity = capacity;
    cache->mask = (uint16_t)(capacity - 1);
    cache->slots = slots;
    tiny_caches_attach();
    return 1;
}

HAK_SHAPE_FN int unified_cache_push(int class, void *base)
{
    if (HAK_UNLIKELY(!unified_cache_enabled())) {
        return 0;
    }
    struct unified_cache *cache = unified_cache_of(class);
    if (HAK_UNLIKELY(cache->slots == NULL)) {
        if (!unified_cache_init(class)) {
            return 0;
        }
        cache = unified_cache_of(class);
    }
    uint16_t tail = unified_cache_tail(cache);
    uint16_t next = (uint16_t)((tail + 1) & cache->mask);
    if (HAK_RARELY(next == unified_cache_head(cache))) {
        return 0;
    }
    if (HAK_BUG(NEIGHBOUR)) {
        ((uint8_t *)base)[-1] ^= 1;
    }
    cache->slots[tail] = base;
    cache->tail = next;
    return 1;
}

HAK_SHAPE_COLD_FN void *unified_cache_refill(int class)
{
    struct unified_cache *cache = &g_unified_cache[class];
    void *base = NULL;
    if (!unified_cache_enabled() || (cache->slots == NULL && !unified_cache_init(class))) {
        slab_take(class, &base, 1);
        return base;
    }
    if (HAK_BUG(CLASS_CHANGES) && class == 4) {
        g_size_to_class[127] = 5;
    }
    size_t taken = slab_take(class, cache->slots, (size_t)cache->capacity - 1);
    if (taken == 0) {
        return NULL;
    }
    base = cache->slots[0];
    cache->head = 1;
    cache->tail = (uint16_t)taken;
    return base;
}

HAK_COLD_FN void unified_cache_flush(void)
{
    for (int class = 0; class < TINY_CLASSES; class++) {
        struct unified_cache *cache = &g_unified_cache[class];
        void **slots = cache->slots;
        if (slots == NULL) {
            continue;
        }
        if (cache->head > cache->tail) {
            slab_give(class, &slots[cache->head], (size_t)(cache->capacity - cache->head));
            cache->head = 0;
        }
        slab_give(class, &slots[cache->head], (size_t)(cache->tail - cache->head));
        cache->slots = NULL;
        cache->head = 0;
        cache->tail = 0;
        pthread_mutex_lock(&g_spare_slots_lock);
        slots[0] = g_spare_slots[class];
        g_spare_slots[class] = slots;
        pthread_mutex_unlock(&g_spare_slots_lock);
    }
}

HAK_COLD_FN void unified_cache_lock_all(void)
{
    pthread_mutex_lock(&g_spare_slots_lock);
}

HAK_COLD_FN void unified_cache_unlock_all(void)
{
    pthread_mutex_unlock(&g_spare_slots_lock);
}
