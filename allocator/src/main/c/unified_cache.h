/* The unified cache: per thread and class, a ring of block bases, first in first out. */
#ifndef HAK_UNIFIED_CACHE_H
#define HAK_UNIFIED_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "gates.h"
#include "tiny_cache_state.h"
#include "tiny_class.h"

/* Puts a base into the ring of its class; 0 if there is no room, or the cache is off. */
HAK_SHAPE_FN int unified_cache_push(int class, void *base);

/* Called on an empty ring: fetches a batch from the slabs and returns one base of it; NULL if memory is out. */
HAK_SHAPE_COLD_FN void *unified_cache_refill(int class);

/* Gives every cached base of the calling thread back to the slabs. */
HAK_COLD_FN void unified_cache_flush(void);

HAK_COLD_FN void unified_cache_lock_all(void);
HAK_COLD_FN void unified_cache_unlock_all(void);

_Static_assert(offsetof(struct unified_cache, tail) == offsetof(struct unified_cache, head) + sizeof(uint16_t),
               "one load reads both ends");

/* Head in the low half, tail in the high one. */
HAK_INLINE uint32_t unified_cache_ends(const struct unified_cache *cache)
{
    uint32_t ends;
    __builtin_memcpy(&ends, (const uint8_t *)cache + offsetof(struct unified_cache, head), sizeof ends);
    return ends;
}

HAK_INLINE uint16_t unified_cache_head(const struct unified_cache *cache)
{
    return HAK_WIDERING ? (uint16_t)unified_cache_ends(cache) : cache->head;
}

HAK_INLINE uint16_t unified_cache_tail(const struct unified_cache *cache)
{
    return HAK_WIDERING ? (uint16_t)(unified_cache_ends(cache) >> 16) : cache->tail;
}

HAK_INLINE void *unified_cache_pop(int class)
{
    struct unified_cache *cache = unified_cache_of(class);
    uint16_t head = unified_cache_head(cache);
    if (HAK_RARELY(cache->slots == NULL || head == unified_cache_tail(cache))) {
        return NULL;
    }
    if (HAK_BUG(RING_ORDER)) {
        cache->tail = (uint16_t)((cache->tail - 1) & cache->mask);
        return cache->slots[cache->tail];
    }
    void *base = cache->slots[head];
    uint16_t next = (uint16_t)((head + 1) & cache->mask);
    cache->head = next;
    if (HAK_PREFETCH) {
        tiny_prefetch_header(cache->slots[next]);
    }
    return base;
}

#endif
