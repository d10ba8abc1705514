/* C7 ULTRA: per thread a stack of 2 KiB block bases, last in first out. */
#ifndef HAK_TINY_C7_ULTRA_H
#define HAK_TINY_C7_ULTRA_H

#include <stddef.h>
#include <stdint.h>

#include "gates.h"

enum { TINY_C7_ULTRA_CAPACITY = 128 };

struct tiny_c7_ultra {
    uint32_t count;
    /* The C7 segment that frees have last been seen in; empty before the first free. */
    uintptr_t seg_base;
    uintptr_t seg_end;
    void *bases[TINY_C7_ULTRA_CAPACITY];
};

extern _Thread_local struct tiny_c7_ultra g_tiny_c7_ultra;

/* A C7 block, or NULL if memory is out. */
HAK_SHAPE_FN void *tiny_c7_ultra_alloc(size_t size);

/* Takes back the C7 block at base. */
HAK_SHAPE_FN void tiny_c7_ultra_free(void *base);

/* Gives every cached base of the calling thread back to the slabs. */
HAK_COLD_FN void tiny_c7_ultra_flush(void);

#endif
