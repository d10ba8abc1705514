/* Size classes: strides, the size-to-class table, and the header byte that stands before every tiny block. */
#ifndef HAK_TINY_CLASS_H
#define HAK_TINY_CLASS_H

#include <stddef.h>
#include <stdint.h>

#include "options.h"

enum {
    TINY_CLASSES = 8,
    TINY_C7 = 7,
    TINY_LAST_DUALHOT_CLASS = 3,
    TINY_LARGEST_SIZE = 2047,
    TINY_HEADER_MAGIC = 0xA0,
    TINY_HEADER_FREED = 0xF0,
    /* High nibble and the class bit that no class has: one comparison rejects both. */
    TINY_HEADER_MASK = 0xF8,
    TINY_PAGE_MASK = 4095
};

/* Bytes of a block of each class, its header included. */
extern const uint16_t g_tiny_stride[TINY_CLASSES];

/* Class of each request of 0..2047 bytes. */
extern uint8_t g_size_to_class[TINY_LARGEST_SIZE + 1];

HAK_INLINE int hak_tiny_size_to_class(size_t size)
{
    if (HAK_ARITH) {
        /* Strides double from 8 bytes on, except that 1024 is left out. */
        size_t last = HAK_BUG(CLASS_TOO_SMALL) && size > 0 ? size - 1 : size;
        int class = 61 - __builtin_clzl(last | 7);
        return class > TINY_C7 ? TINY_C7 : class;
    }
    return g_size_to_class[size];
}

HAK_INLINE int tiny_header_is_live(uint8_t header)
{
    return (header & TINY_HEADER_MASK) == TINY_HEADER_MAGIC;
}

/* Bytes from one block of a class to the next in a slab. */
HAK_INLINE size_t tiny_block_spacing(int class)
{
    return (size_t)g_tiny_stride[class] + (HAK_COLOUR && class == TINY_C7 ? 64 : 0);
}

HAK_INLINE size_t tiny_usable_size(int class)
{
    return (size_t)g_tiny_stride[class] - 1;
}

#endif
