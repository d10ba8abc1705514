/* Superslabs: 2 MiB of aligned memory cut into 64 KiB slabs, and the table that knows them. */
#ifndef HAK_SUPERSLAB_H
#define HAK_SUPERSLAB_H

#include <stddef.h>
#include <stdint.h>

#include "options.h"

enum { SUPERSLAB_BYTES = 2 << 20, SLAB_BYTES = 64 << 10 };

/* A run of fresh address space: [from, to). */
struct hak_span {
    uint8_t *from;
    uint8_t *to;
};

/* A new superslab, entered in the table; {NULL, NULL} if there is no memory. */
HAK_COLD_FN struct hak_span superslab_create(void);

/* Whether the address lies in a superslab. Takes no lock. */
HAK_COLD_FN int superslab_contains(const void *address);

/* Zeroed memory of the allocator's own, never given back; NULL if there is none. */
HAK_COLD_FN void *hak_map(size_t bytes);

/* One line on standard error, then abort. */
HAK_COLD_FN __attribute__((noreturn)) void hak_die(const char *call, const void *address, const char *what);

#endif
