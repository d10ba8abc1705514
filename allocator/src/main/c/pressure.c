/*
 * The body: 128 groups of 2 KiB. A group is 8 functions, each at a multiple of 256 bytes, the first of which calls the
 * others. Which way a branch goes depends on the function alone, so that the cost lies in fetching the code and finding
 * the branches.
 */
#include "pressure.h"

enum { CELLS = PRESSURE_CELLS };

/* Read at run time, so that no branch is decided by the compiler. */
uint32_t hak_filler_flags = 0x5A3C96E1u;

#define HAK_FILLER_FN __attribute__((noipa, aligned(256))) uint32_t

#define HAK_FILLER_IF(BIT) if (__builtin_expect_with_probability((flags >> ((BIT) & 31)) & 1, 1, 0.5))

/* Two ways to go on, chosen by a bit of the flags; the one is executed, the other jumped over. */
#define HAK_FILLER_LONG(BIT, CELL, VALUE)                                       \
    HAK_FILLER_IF (BIT) {                                                       \
        cells[(CELL) % CELLS] += (uint32_t)(VALUE) * 0x01000193u;               \
        cells[((CELL) + 5) % CELLS] = x;                                        \
        x += (uint32_t)(VALUE) * 0x00010101u;                                   \
    } else {                                                                    \
        cells[((CELL) + 3) % CELLS] ^= x;                                       \
        cells[((CELL) + 9) % CELLS] += (uint32_t)(VALUE) * 0x00100193u;         \
        x += cells[((CELL) + 11) % CELLS];                                      \
    }

#define HAK_FILLER_SHORT(BIT, CELL, VALUE)                                      \
    HAK_FILLER_IF (BIT) {                                                       \
        cells[(CELL) % CELLS] = x;                                              \
        x += (uint32_t)(VALUE) * 0x01000193u;                                   \
    } else {                                                                    \
        cells[((CELL) + 3) % CELLS] = x + (uint32_t)(VALUE) * 0x00100193u;      \
        x += cells[((CELL) + 11) % CELLS];                                      \
    }

#define HAK_FILLER(N)                                                           \
    HAK_FILLER_FN hak_filler_##N(uint32_t x, uint32_t flags, uint32_t *cells)   \
    {                                                                           \
        HAK_FILLER_LONG(0x##N, 0x##N * 5, 0x##N + 1)                            \
        x = x * 0x85EBCA6Bu + 0x##N;                                            \
        HAK_FILLER_SHORT(0x##N * 3 + 1, 0x##N * 7 + 2, 0x##N + 2)               \
        HAK_FILLER_LONG(0x##N * 5 + 2, 0x##N * 11 + 4, 0x##N + 3)               \
        x = (x << 13 | x >> 19) + cells[(0x##N * 3) % CELLS];                   \
        HAK_FILLER_SHORT(0x##N * 7 + 3, 0x##N * 13 + 6, 0x##N + 4)              \
        return x ^ 0x##N;                                                       \
    }

#define HAK_FILLER_GROUP(G, A)                                                                 \
    HAK_FILLER(G##A##1) HAK_FILLER(G##A##2) HAK_FILLER(G##A##3) HAK_FILLER(G##A##4)            \
    HAK_FILLER(G##A##5) HAK_FILLER(G##A##6) HAK_FILLER(G##A##7)                                \
    HAK_FILLER_FN hak_filler_##G##A##0(uint32_t x, uint32_t flags, uint32_t *cells)            \
    {                                                                                          \
        x = hak_filler_##G##A##1(x, flags, cells);                                             \
        x = hak_filler_##G##A##2(x, flags, cells);                                             \
        x = hak_filler_##G##A##3(x, flags, cells);                                             \
        x = hak_filler_##G##A##4(x, flags, cells);                                             \
        x = hak_filler_##G##A##5(x, flags, cells);                                             \
        x = hak_filler_##G##A##6(x, flags, cells);                                             \
        x = hak_filler_##G##A##7(x, flags, cells);                                             \
        return x + 1;                                                                          \
    }

#define HAK_FOR_16(MACRO, G)                                                                   \
    MACRO(G, 0) MACRO(G, 1) MACRO(G, 2) MACRO(G, 3) MACRO(G, 4) MACRO(G, 5) MACRO(G, 6) MACRO(G, 7) \
    MACRO(G, 8) MACRO(G, 9) MACRO(G, A) MACRO(G, B) MACRO(G, C) MACRO(G, D) MACRO(G, E) MACRO(G, F)

#define HAK_FOR_128(MACRO)                                                                     \
    HAK_FOR_16(MACRO, 0) HAK_FOR_16(MACRO, 1) HAK_FOR_16(MACRO, 2) HAK_FOR_16(MACRO, 3)        \
    HAK_FOR_16(MACRO, 4) HAK_FOR_16(MACRO, 5) HAK_FOR_16(MACRO, 6) HAK_FOR_16(MACRO, 7)

HAK_FOR_128(HAK_FILLER_GROUP)

#define HAK_FILLER_ENTRY(G, A) hak_filler_##G##A##0,

static uint32_t (*const hak_filler_table[])(uint32_t, uint32_t, uint32_t *) = {HAK_FOR_128(HAK_FILLER_ENTRY)};

_Static_assert(sizeof hak_filler_table / sizeof hak_filler_table[0] == PRESSURE_LARGEST_KIB / PRESSURE_GROUP_KIB,
               "the groups make up the body");

__attribute__((noipa)) void pressure_step(struct pressure *pressure)
{
    uint32_t group = pressure->next;
    pressure->next = group + 1 == pressure->groups ? 0 : group + 1;
    pressure->value = hak_filler_table[group](pressure->value, hak_filler_flags, pressure->cells);
}
