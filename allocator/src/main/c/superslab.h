/* Superslabs: 2 MiB of aligned memory cut into 64 KiB slabs, and the table that knows them. */
#ifndef HAK_SUPERSLAB_H
#define HAK_SUPERSLAB_H

#include <stddef.h>
#include <stdint.h>

#include "options.h"

enum {
    SUPERSLAB_BYTES = 2 << 20,
    SLAB_BYTES = 64 << 10,
    SUPERSLAB_SLABS = SUPERSLAB_BYTES / SLAB_BYTES,
    SLAB_UNUSED = 0xFF /* stands for the class of a slab that has none yet */
};

struct tiny_heap;

/*
 * What is known of a slab. It lies beside the superslab, so that a slab holds blocks and nothing else. What only the owner
 * touches and what all threads touch are a cache line each.
 */
struct slab {
    /* Free blocks, linked. */
    _Alignas(64) uint8_t *free;
    /* The first block that was never handed out, while another fits behind it. */
    uint8_t *fresh;
    /* The blocks that are neither free nor fresh: in use, in a cache, or on the remote list. */
    uint32_t in_use;
    /* The next slab of the same class and owner, or on the list of slabs without owner. */
    struct slab *next;
    /* The next slab of the same class and owner that has free blocks. */
    struct slab *next_with_free;

    _Alignas(64) uint8_t *memory;
    uint8_t class;
    /* The heap that may touch the first line; NULL if there is none. */
    _Atomic(struct tiny_heap *) owner;
    /* Blocks that other threads have freed, linked. Any thread adds one, the owner takes them all. */
    _Atomic(uint8_t *) remote;
};

_Static_assert(sizeof(struct slab) == 128, "the slabs of a superslab fill a page");

/* A new superslab, entered in the table: the first of its SUPERSLAB_SLABS slabs; NULL if there is no memory. One caller at a time. */
HAK_COLD_FN struct slab *superslab_create(void);

/* The slab in which an address lies, or NULL. Takes no lock. */
HAK_COLD_FN struct slab *superslab_slab(const void *address);

/* Zeroed memory of the allocator's own, never given back; NULL if there is none. */
HAK_COLD_FN void *hak_map(size_t bytes);

/* One line on standard error, then abort. */
HAK_COLD_FN __attribute__((noreturn)) void hak_die(const char *call, const void *address, const char *what);

#endif
