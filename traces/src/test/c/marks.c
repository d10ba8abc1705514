/* An allocator whose entries are nested and tail-called, in a statically linked program of its own. */
#include <setjmp.h>
#include <stddef.h>
#include <string.h>

#define KEPT __attribute__((noipa))

static char memory[1 << 16];
static size_t used;
static jmp_buf escape;
int out_of_memory;

KEPT void cyclecast_record_begin(void) { __asm__ volatile(""); }
KEPT void cyclecast_count_begin(void) { __asm__ volatile(""); }
KEPT void cyclecast_record_end(void) { __asm__ volatile(""); }

KEPT static void *carve(size_t size)
{
    if (out_of_memory) {
        longjmp(escape, 1);
    }
    void *result = memory + used;
    used += (size + 15) & ~(size_t) 15;
    return result;
}

KEPT void *malloc(size_t size) { return carve(size); }
KEPT void free(void *block) { __asm__ volatile("" : : "r"(block) : "memory"); }
KEPT void *calloc(size_t count, size_t size)
{
    void *block = malloc(count * size); /* nested */
    memset(block, 0, count * size);
    return block;
}
KEPT void *aligned_alloc(size_t alignment, size_t size)
{
    __asm__ volatile("" : : "r"(alignment));
    return malloc(size); /* a tail call from one entry to another */
}
KEPT void *wrapper(size_t size) { return malloc(size); } /* a tail call from outside */
KEPT void *realloc(void *block, size_t size)
{
    free(block);
    return malloc(size);
}

int main(void)
{
    cyclecast_record_begin();
    free(malloc(10));
    cyclecast_count_begin();
    free(calloc(3, 5));
    free(aligned_alloc(64, 10));
    free(wrapper(10));
    free(realloc(wrapper(3), 10));
    if (setjmp(escape) == 0) {
        out_of_memory = 1;
        malloc(1);
    }
    out_of_memory = 0;
    free(malloc(1));
    cyclecast_record_end();
    return 0;
}
