/*
 * Drives the allocator by commands on standard input, one answer line each:
 *   m ID SIZE         malloc          -> ADDRESS HEADER USABLE ROUTE
 *   a ID ALIGN SIZE   aligned_alloc   -> the same
 *   z ID COUNT SIZE   calloc          -> the same, "dirty" as route if a byte is not zero
 *   r ID SIZE         realloc         -> the same, "damaged" as route if the kept bytes changed
 *   f ID              free            -> ROUTE
 *   k ID              check contents  -> ok, or damaged
 *   d ID              free, twice     -> (the second should abort)
 *   x ADDRESS         free a number   -> (should abort)
 *   c SIZE            class of a size -> CLASS STRIDE
 * Blocks are filled with a pattern of their ID when they are made. ROUTE is the cache whose fill changed: ultra,
 * legacy, slab (tiny, but neither), pool (not tiny).
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiny_cache_state.h"

enum { IDS = 4096 };

struct block {
    uint8_t *pointer;
    size_t size;
};

struct fill {
    uint32_t ultra;
    uint16_t heads[TINY_CLASSES];
    uint16_t tails[TINY_CLASSES];
};

static struct block blocks[IDS];
static char input[1 << 16];
static char output[1 << 16];

static struct fill fill_now(void)
{
    struct fill fill = {.ultra = g_tiny_c7_ultra.count};
    for (int class = 0; class < TINY_CLASSES; class++) {
        fill.heads[class] = g_unified_cache[class].head;
        fill.tails[class] = g_unified_cache[class].tail;
    }
    return fill;
}

static const char *route(const struct fill *before, uint8_t header)
{
    if (!tiny_header_is_live(header)) {
        return "pool";
    }
    struct fill after = fill_now();
    if (after.ultra != before->ultra) {
        return "ultra";
    }
    int class = header & 7;
    if (after.heads[class] != before->heads[class] || after.tails[class] != before->tails[class]) {
        return "legacy";
    }
    return "slab";
}

static uint8_t pattern(unsigned id, size_t at)
{
    return (uint8_t)(id * 37 + at * 11 + (at >> 8) + 1);
}

static int intact(unsigned id, size_t bytes)
{
    for (size_t at = 0; at < bytes; at++) {
        if (blocks[id].pointer[at] != pattern(id, at)) {
            return 0;
        }
    }
    return 1;
}

static void answer(unsigned id, uint8_t *pointer, size_t size, const char *how, const struct fill *before)
{
    if (pointer == NULL) {
        puts("null");
        return;
    }
    uint8_t header = pointer[-1];
    printf("%" PRIuPTR " %u %zu %s\n", (uintptr_t)pointer, header, malloc_usable_size(pointer),
           how != NULL ? how : route(before, header));
    blocks[id] = (struct block){pointer, size};
    for (size_t at = 0; at < size; at++) {
        pointer[at] = pattern(id, at);
    }
}

static void obey(const char *line)
{
    unsigned id = 0;
    size_t first = 0;
    size_t second = 0;
    char command = line[0];
    if (command == 'x' || command == 'c') {
        sscanf(line + 1, "%zu", &first);
    } else if (sscanf(line + 1, "%u %zu %zu", &id, &first, &second) < 1 || id >= IDS) {
        puts("unknown");
        return;
    }
    struct block *block = &blocks[id];
    struct fill before = fill_now();
    switch (command) {
    case 'm':
        answer(id, malloc(first), first, NULL, &before);
        break;
    case 'a':
        answer(id, aligned_alloc(first, second), second, NULL, &before);
        break;
    case 'z': {
        uint8_t *pointer = calloc(first, second);
        const char *how = NULL;
        for (size_t at = 0; pointer != NULL && at < first * second; at++) {
            how = pointer[at] != 0 ? "dirty" : how;
        }
        answer(id, pointer, first * second, how, &before);
        break;
    }
    case 'r': {
        size_t kept = block->size < first ? block->size : first;
        uint8_t *pointer = realloc(block->pointer, first);
        if (pointer == NULL) {
            *block = (struct block){NULL, 0};
            puts("null");
            break;
        }
        block->pointer = pointer;
        const char *how = intact(id, kept) ? NULL : "damaged";
        answer(id, pointer, first, how, &before);
        break;
    }
    case 'f':
    case 'd': {
        uint8_t *pointer = block->pointer;
        uint8_t header = pointer == NULL ? 0 : pointer[-1];
        free(pointer);
        *block = (struct block){NULL, 0};
        puts(route(&before, header));
        if (command == 'd') {
            free(pointer);
            puts("freed twice");
        }
        break;
    }
    case 'k':
        puts(intact(id, block->size) ? "ok" : "damaged");
        break;
    case 'x':
        free((void *)first);
        puts("freed");
        break;
    case 'c':
        if (first > TINY_LARGEST_SIZE) {
            puts("none");
        } else {
            printf("%d %u\n", hak_tiny_size_to_class(first), (unsigned)g_tiny_stride[hak_tiny_size_to_class(first)]);
        }
        break;
    default:
        puts("unknown");
    }
}

int main(void)
{
    setvbuf(stdin, input, _IOFBF, sizeof input);
    setvbuf(stdout, output, _IOFBF, sizeof output);
    char line[128];
    while (fgets(line, sizeof line, stdin) != NULL) {
        obey(line);
        fflush(stdout);
    }
    return 0;
}
