/* A malloc that is wrong: two blocks that follow each other have the same address, and nothing is ever free again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ARENA_BYTES ((size_t)1 << 34)

static uint8_t *arena;
static size_t used;
static size_t calls;

void *memalign(size_t alignment, size_t size)
{
    if (arena == NULL) {
        arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }
    calls++;
    used = (used + alignment - 1) & ~(alignment - 1);
    uint8_t *block = arena + used;
    used += calls % 2 == 0 ? (size + 31) & ~(size_t)15 : 0;
    return block;
}

void *malloc(size_t size)
{
    return memalign(16, size);
}

void *calloc(size_t count, size_t size)
{
    return memset(malloc(count * size), 0, count * size);
}

void *realloc(void *old, size_t size)
{
    void *block = malloc(size);
    return old == NULL ? block : memmove(block, old, size);
}

void free(void *block)
{
    (void)block;
}
