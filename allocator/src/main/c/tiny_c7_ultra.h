/* C7 ULTRA: per thread a stack of 2 KiB block bases, last in first out. */
#ifndef HAK_TINY_C7_ULTRA_H
#define HAK_TINY_C7_ULTRA_H

#include <stddef.h>
#include <stdint.h>

#include "gates.h"
#include "tiny_cache_state.h"

/* A C7 block, or NULL if memory is out. */
HAK_SHAPE_FN void *tiny_c7_ultra_alloc(size_t size);

/* Takes back the C7 block at base. */
HAK_SHAPE_FN void tiny_c7_ultra_free(void *base);

/* Gives every cached base of the calling thread back to the slabs, and has the next free ask whether to cache any. */
HAK_COLD_FN void tiny_c7_ultra_flush(void);

#endif
