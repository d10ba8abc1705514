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

HAK_INLINE void *unified_cache_pop(int class)
{
    struct unified_cache *cache = &g_unified_cache[class];
    uint16_t head = cache->head;
    if (HAK_UNLIKELY(cache->slots == NULL || head == cache->tail)) {
        return NULL;
    }
    void *base = cache->slots[head];
    cache->head = (uint16_t)((head + 1) & cache->mask);
    return base;
}

#endif
