/* Superslabs, the allocator's own memory, and its last words. */
#define _GNU_SOURCE
#include "superslab.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SUPERSLAB_SLOTS = 1 << 16, SUPERSLAB_SHIFT = 21 };

/* One superslab: its number (address / 2 MiB, written last) and its slabs. */
struct superslab {
    _Atomic uint32_t number;
    struct slab *slabs;
};

/* Open-addressed table by number; entries are never removed. */
static struct superslab g_superslabs[SUPERSLAB_SLOTS];

/* The entry of the number, or the free one where it belongs; NULL if it has none and the table is full. */
static struct superslab *superslab_entry(uint32_t number)
{
    uint32_t slot = (number * 0x9E3779B1u) >> 16;
    for (int probes = 0; probes < SUPERSLAB_SLOTS; probes++) {
        uint32_t found = atomic_load_explicit(&g_superslabs[slot].number, memory_order_acquire);
        if (found == number || found == 0) {
            return &g_superslabs[slot];
        }
        slot = (slot + 1) % SUPERSLAB_SLOTS;
    }
    return NULL;
}

HAK_COLD_FN struct slab *superslab_slab(const void *address)
{
    uint32_t number = (uint32_t)((uintptr_t)address >> SUPERSLAB_SHIFT);
    struct superslab *entry = superslab_entry(number);
    if (number == 0 || entry == NULL || atomic_load_explicit(&entry->number, memory_order_acquire) != number) {
        return NULL;
    }
    return &entry->slabs[((uintptr_t)address & (SUPERSLAB_BYTES - 1)) / SLAB_BYTES];
}

HAK_COLD_FN void *hak_map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* 2 MiB at a multiple of 2 MiB. */
static uint8_t *superslab_map(void)
{
    uint8_t *mapped = hak_map(2 * (size_t)SUPERSLAB_BYTES);
    if (mapped == NULL) {
        return NULL;
    }
    size_t before = -(uintptr_t)mapped & (SUPERSLAB_BYTES - 1);
    if (before != 0) {
        munmap(mapped, before);
    }
    munmap(mapped + before + SUPERSLAB_BYTES, SUPERSLAB_BYTES - before);
    return mapped + before;
}

HAK_COLD_FN struct slab *superslab_create(void)
{
    uint8_t *memory = superslab_map();
    if (memory == NULL) {
        return NULL;
    }
    size_t bytes = SUPERSLAB_SLABS * sizeof(struct slab);
    struct slab *slabs = hak_map(bytes);
    uint32_t number = (uint32_t)((uintptr_t)memory >> SUPERSLAB_SHIFT);
    struct superslab *entry = superslab_entry(number);
    if (slabs == NULL || entry == NULL) {
        munmap(memory, SUPERSLAB_BYTES);
        if (slabs != NULL) {
            munmap(slabs, bytes);
        }
        return NULL;
    }
    for (int i = 0; i < SUPERSLAB_SLABS; i++) {
        slabs[i].memory = memory + (size_t)i * SLAB_BYTES;
        slabs[i].class = SLAB_UNUSED;
    }
    entry->slabs = slabs;
    atomic_store_explicit(&entry->number, number, memory_order_release);
    return slabs;
}

static size_t append(char *line, size_t length, size_t limit, const char *text)
{
    while (*text != '\0' && length < limit) {
        line[length++] = *text++;
    }
    return length;
}

HAK_COLD_FN __attribute__((noreturn)) void hak_die(const char *call, const void *address, const char *what)
{
    char line[160];
    size_t limit = sizeof line - 1;
    size_t length = append(line, 0, limit, "hakmem: ");
    length = append(line, length, limit, call);
    length = append(line, length, limit, "(0x");
    for (int shift = 60; shift >= 0; shift -= 4) {
        line[length++] = "0123456789abcdef"[((uintptr_t)address >> shift) & 15];
    }
    length = append(line, length, limit, "): ");
    length = append(line, length, limit, what);
    line[length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written;
    abort();
}
