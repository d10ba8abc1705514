/* Filler code: what an application executes between two calls of the allocator, seen from the front end of the core. */
#ifndef HAK_PRESSURE_H
#define HAK_PRESSURE_H

#include <stdint.h>

enum { PRESSURE_GROUP_KIB = 2, PRESSURE_LARGEST_KIB = 256, PRESSURE_CELLS = 64 };

/* Where one thread's walk through the body stands, and what the body works on. Without groups there is no walk. */
struct pressure {
    uint32_t groups;
    uint32_t next;
    uint32_t value;
    uint32_t cells[PRESSURE_CELLS];
};

/* Executes the next 2 KiB of the body: about 250 instructions, on about 26 of its 32 cache lines. */
void pressure_step(struct pressure *pressure);

#endif
