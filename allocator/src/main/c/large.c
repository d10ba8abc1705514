/* Middle and large sizes. */
#define _GNU_SOURCE
#include "large.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>

#include "superslab.h"
#include "tiny_class.h"

/* Stands right before the user pointer; its last byte is where a tiny block has its header. */
struct large_header {
    uint64_t size;  /* middle: usable bytes; large: bytes mapped; aligned: distance back to the inner pointer */
    uint32_t check; /* of pointer and size */
    uint8_t class;
    uint8_t unused[2];
    uint8_t kind;
};

_Static_assert(sizeof(struct large_header) == 16, "the header keeps pointers 16-byte aligned");

enum { KIND_MIDDLE = 0xB1, KIND_LARGE = 0xB2, KIND_ALIGNED = 0xB3, KIND_FREED = 0xBF };

/* Middle classes: four to each doubling from 256 bytes to 1 MiB, header included. */
enum {
    MIDDLE_FIRST_SHIFT = 8,
    MIDDLE_LAST_SHIFT = 20,
    MIDDLE_CLASSES = (MIDDLE_LAST_SHIFT - MIDDLE_FIRST_SHIFT) * 4 + 1,
    MIDDLE_CHUNK = 4 << 20,
    LARGE_LEAD = 64,
    PAGE_BYTES = 4096
};

struct middle_free {
    struct middle_free *next;
};

/* A run of fresh address space: [from, to). */
struct hak_span {
    uint8_t *from;
    uint8_t *to;
};

static pthread_mutex_t g_middle_lock = PTHREAD_MUTEX_INITIALIZER;
static struct middle_free *g_middle_free[MIDDLE_CLASSES];
static struct hak_span g_middle_chunk;

static size_t middle_bytes(int class)
{
    return ((size_t)4 + (size_t)(class & 3)) << (MIDDLE_FIRST_SHIFT - 2 + class / 4);
}

static int middle_class(size_t bytes)
{
    if (bytes <= (size_t)1 << MIDDLE_FIRST_SHIFT) {
        return 0;
    }
    int shift = 63 - __builtin_clzl(bytes - 1);
    return (shift - MIDDLE_FIRST_SHIFT) * 4 + (int)(((bytes - 1) >> (shift - 2)) & 3) + 1;
}

static struct large_header *header_of(void *pointer)
{
    return (struct large_header *)pointer - 1;
}

static uint32_t check_of(const struct large_header *header)
{
    uint64_t mixed = ((uintptr_t)header ^ header->size * 31) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(mixed >> 32);
}

static void *seal(struct large_header *header, uint64_t size, int class, int kind)
{
    header->size = size;
    header->class = (uint8_t)class;
    header->unused[0] = 0;
    header->unused[1] = 0;
    header->kind = (uint8_t)kind;
    header->check = check_of(header);
    return header + 1;
}

/* The header of a live block, or death in one line. */
static struct large_header *checked_header(void *pointer, const char *call)
{
    if (superslab_slab((uint8_t *)pointer - 1) != NULL) {
        int freed = (((uint8_t *)pointer)[-1] & TINY_HEADER_MASK) == TINY_HEADER_FREED;
        hak_die(call, pointer, freed ? "the block is free already" : "not a block of this allocator (no header before it)");
    }
    if (((uintptr_t)pointer & 15) != 0) {
        hak_die(call, pointer, "not a block of this allocator (misaligned, no tiny header)");
    }
    unsigned char resident;
    void *page = (void *)(((uintptr_t)pointer - 1) & ~(uintptr_t)(PAGE_BYTES - 1));
    if (((uintptr_t)pointer & (PAGE_BYTES - 1)) == 0 && mincore(page, 1, &resident) != 0) {
        hak_die(call, pointer, "not a block of this allocator (no memory before it)");
    }
    struct large_header *header = header_of(pointer);
    if (header->kind == KIND_FREED) {
        hak_die(call, pointer, "the block is free already");
    }
    if (header->kind < KIND_MIDDLE || header->kind > KIND_ALIGNED || header->check != check_of(header)) {
        hak_die(call, pointer, "not a block of this allocator (no valid header before it)");
    }
    return header;
}

static void *middle_alloc(size_t bytes)
{
    int class = middle_class(bytes);
    size_t block = middle_bytes(class);
    void *memory = NULL;
    pthread_mutex_lock(&g_middle_lock);
    if (g_middle_free[class] != NULL) {
        struct middle_free *free_block = g_middle_free[class];
        g_middle_free[class] = free_block->next;
        memory = header_of(free_block);
    } else {
        if ((size_t)(g_middle_chunk.to - g_middle_chunk.from) < block) {
            uint8_t *chunk = hak_map(MIDDLE_CHUNK);
            if (chunk != NULL) {
                g_middle_chunk = (struct hak_span){chunk, chunk + MIDDLE_CHUNK};
            }
        }
        if ((size_t)(g_middle_chunk.to - g_middle_chunk.from) >= block) {
            memory = g_middle_chunk.from;
            g_middle_chunk.from += block;
        }
    }
    pthread_mutex_unlock(&g_middle_lock);
    if (memory == NULL) {
        return NULL;
    }
    return seal(memory, block - sizeof(struct large_header), class, KIND_MIDDLE);
}

HAK_COLD_FN void *large_alloc(size_t size)
{
    if (size > PTRDIFF_MAX - 2 * PAGE_BYTES) {
        return NULL;
    }
    size_t bytes = (size + sizeof(struct large_header) + 15) & ~(size_t)15;
    if (bytes <= (size_t)1 << MIDDLE_LAST_SHIFT) {
        return middle_alloc(bytes);
    }
    size_t mapped = (size + LARGE_LEAD + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1);
    uint8_t *memory = hak_map(mapped);
    if (memory == NULL) {
        return NULL;
    }
    return seal(header_of(memory + LARGE_LEAD), mapped, 0, KIND_LARGE);
}

HAK_COLD_FN void *large_alloc_aligned(size_t alignment, size_t size)
{
    if (alignment > PTRDIFF_MAX / 2 || size > PTRDIFF_MAX / 2 - 2 * PAGE_BYTES) {
        return NULL;
    }
    uint8_t *inner = large_alloc(size + alignment);
    if (inner == NULL) {
        return NULL;
    }
    size_t ahead = -(uintptr_t)inner & (alignment - 1);
    if (ahead == 0) {
        return inner;
    }
    return seal(header_of(inner + ahead), ahead, 0, KIND_ALIGNED);
}

HAK_COLD_FN void large_free(void *pointer)
{
    struct large_header *header = checked_header(pointer, "free");
    if (header->kind == KIND_ALIGNED) {
        header->kind = KIND_FREED;
        pointer = (uint8_t *)pointer - header->size;
        header = checked_header(pointer, "free");
    }
    if (header->kind == KIND_LARGE) {
        munmap((uint8_t *)pointer - LARGE_LEAD, header->size);
        return;
    }
    struct middle_free *free_block = pointer;
    header->kind = KIND_FREED;
    pthread_mutex_lock(&g_middle_lock);
    free_block->next = g_middle_free[header->class];
    g_middle_free[header->class] = free_block;
    pthread_mutex_unlock(&g_middle_lock);
}

HAK_COLD_FN size_t large_usable_size(void *pointer, const char *call)
{
    struct large_header *header = checked_header(pointer, call);
    switch (header->kind) {
    case KIND_ALIGNED:
        return large_usable_size((uint8_t *)pointer - header->size, call) - header->size;
    case KIND_LARGE:
        return header->size - LARGE_LEAD;
    default:
        return header->size;
    }
}

HAK_COLD_FN void *large_resize(void *pointer, size_t size)
{
    size_t usable = large_usable_size(pointer, "realloc");
    if (size <= usable && size >= usable / 2) {
        return pointer;
    }
    struct large_header *header = header_of(pointer);
    if (header->kind != KIND_LARGE || size < (size_t)1 << MIDDLE_LAST_SHIFT || size > PTRDIFF_MAX - 2 * PAGE_BYTES) {
        return NULL;
    }
    size_t mapped = (size + LARGE_LEAD + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1);
    uint8_t *moved = mremap((uint8_t *)pointer - LARGE_LEAD, header->size, mapped, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) {
        return NULL;
    }
    return seal(header_of(moved + LARGE_LEAD), mapped, 0, KIND_LARGE);
}

HAK_COLD_FN int large_is_zeroed(void *pointer)
{
    return header_of(pointer)->kind == KIND_LARGE;
}

HAK_COLD_FN void large_lock_all(void)
{
    pthread_mutex_lock(&g_middle_lock);
}

HAK_COLD_FN void large_unlock_all(void)
{
    pthread_mutex_unlock(&g_middle_lock);
}
