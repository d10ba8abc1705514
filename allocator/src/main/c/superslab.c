/* Superslabs, the allocator's own memory, and its last words. */
#define _GNU_SOURCE
#include "superslab.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SUPERSLAB_SLOTS = 1 << 16, SUPERSLAB_SHIFT = 21 };

/* Open-addressed set of superslab numbers (address / 2 MiB); entries are never removed. */
static _Atomic uint32_t g_superslabs[SUPERSLAB_SLOTS];

static uint32_t superslab_slot(uint32_t number)
{
    return (number * 0x9E3779B1u) >> 16;
}

static int superslab_enter(uint32_t number)
{
    uint32_t slot = superslab_slot(number);
    for (int probes = 0; probes < SUPERSLAB_SLOTS; probes++) {
        uint32_t empty = 0;
        if (atomic_compare_exchange_strong(&g_superslabs[slot], &empty, number)) {
            return 1;
        }
        slot = (slot + 1) % SUPERSLAB_SLOTS;
    }
    return 0;
}

HAK_COLD_FN int superslab_contains(const void *address)
{
    uint32_t number = (uint32_t)((uintptr_t)address >> SUPERSLAB_SHIFT);
    uint32_t slot = superslab_slot(number);
    for (int probes = 0; probes < SUPERSLAB_SLOTS; probes++) {
        uint32_t found = atomic_load_explicit(&g_superslabs[slot], memory_order_acquire);
        if (found == 0) {
            return 0;
        }
        if (found == number) {
            return 1;
        }
        slot = (slot + 1) % SUPERSLAB_SLOTS;
    }
    return 0;
}

HAK_COLD_FN void *hak_map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

HAK_COLD_FN struct hak_span superslab_create(void)
{
    struct hak_span none = {NULL, NULL};
    uint8_t *mapped = hak_map(2 * (size_t)SUPERSLAB_BYTES);
    if (mapped == NULL) {
        return none;
    }
    size_t before = -(uintptr_t)mapped & (SUPERSLAB_BYTES - 1);
    uint8_t *from = mapped + before;
    if (before != 0) {
        munmap(mapped, before);
    }
    munmap(from + SUPERSLAB_BYTES, SUPERSLAB_BYTES - before);
    if (!superslab_enter((uint32_t)((uintptr_t)from >> SUPERSLAB_SHIFT))) {
        munmap(from, SUPERSLAB_BYTES);
        return none;
    }
    return (struct hak_span){from, from + SUPERSLAB_BYTES};
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
