/* The thread's caches of free blocks: what they look like. */
#ifndef HAK_TINY_CACHE_STATE_H
#define HAK_TINY_CACHE_STATE_H

#include <stdint.h>

#include "tiny_class.h"

/* A ring of block bases. Empty when head == tail, full when one more would make it so: a ring of 128 holds 127. */
struct unified_cache {
    _Alignas(64) void **slots;
    uint16_t head;
    uint16_t tail;
    uint16_t capacity;
    uint16_t mask;
};

_Static_assert(sizeof(struct unified_cache) == 64, "one cache line per class");

enum { TINY_C7_ULTRA_CAPACITY = 128 };

/* A stack of block bases. */
struct tiny_c7_ultra {
    uint32_t count;
    /* The C7 segment that frees have last been seen in; empty before the first free. */
    uintptr_t seg_base;
    uintptr_t seg_end;
    void *bases[TINY_C7_ULTRA_CAPACITY];
};

extern _Thread_local struct unified_cache g_unified_cache[TINY_CLASSES];
extern _Thread_local struct tiny_c7_ultra g_tiny_c7_ultra;

/* INDIRECT: where a thread's caches are. */
struct tiny_caches {
    struct unified_cache *rings;
    struct tiny_c7_ultra *c7_ultra;
};

/* Until a thread caches its first block it shares empty caches, so that the hot paths need no test of the pointer. */
extern _Thread_local struct tiny_caches *g_tiny_caches;
extern _Thread_local struct tiny_caches g_tiny_caches_own;

HAK_INLINE struct unified_cache *unified_cache_of(int class)
{
    return HAK_INDIRECT ? &g_tiny_caches->rings[class] : &g_unified_cache[class];
}

HAK_INLINE struct tiny_c7_ultra *tiny_c7_ultra(void)
{
    return HAK_INDIRECT ? g_tiny_caches->c7_ultra : &g_tiny_c7_ultra;
}

/* Called before the thread's own caches take anything in. */
HAK_INLINE void tiny_caches_attach(void)
{
    if (HAK_INDIRECT) {
        g_tiny_caches_own = (struct tiny_caches){g_unified_cache, &g_tiny_c7_ultra};
        g_tiny_caches = &g_tiny_caches_own;
    }
}

/* Fetches the line of a header that is about to be written; the compiler's own builtin would fetch it for reading. */
HAK_INLINE void tiny_prefetch_header(const void *base)
{
    __asm__ volatile("prefetchw (%0)" : : "r"(base));
}

#endif
