/*
 * Runs one kernel, natively to time it, or once with marks to be recorded.
 *
 *   program time SIZE SLICES TICKS       prints ticks of SLICES pairs of runs, the first of each at least TICKS long
 *   program record SIZE WARM COUNTED     runs WARM iterations, then COUNTED ones between the marks
 *
 * SIZE is small or large: which of the kernel's two functions runs.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CONTENT_ZERO, CONTENT_RANDOM, CONTENT_RING, CONTENT_PAGED_RING };
enum { PAGE = 4096, HUGE_PAGE = 2 << 20, REFERENCE_CYCLES = 30000, REFERENCE_UNROLLED = 100, PROBES = 9 };

struct data {
    uint64_t content;
    uint64_t bytes;
    uint64_t stride;
    uint64_t huge;
};

struct kernel {
    void (*run)(uint64_t iterations, void *data);
    const struct data *data;
};

extern void kernel_small(uint64_t iterations, void *data);
extern void kernel_large(uint64_t iterations, void *data);
extern const struct data kernel_small_data;
extern const struct data kernel_large_data;

/* What kernels keep between runs: random bits, and the place in a ring. */
uint64_t kernel_state[2] = {0x9E3779B97F4A7C15u, 0};
_Thread_local uint64_t kernel_tls[64];

/* Marks: a recorder starts, counts and stops when these are entered. */
__attribute__((noipa)) void cyclecast_record_begin(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) void cyclecast_count_begin(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) void cyclecast_record_end(void)
{
    __asm__ volatile("");
}

__attribute__((noreturn)) static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    if (end == text || *end != 0) {
        fail("usage: time SIZE SLICES TICKS | record SIZE WARM COUNTED");
    }
    return value;
}

static uint64_t random_bits(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Sattolo's shuffle: one cycle through all entries. */
static void shuffle(uint64_t *entry, uint64_t count, uint64_t *state)
{
    for (uint64_t i = count; i > 1; i--) {
        uint64_t k = random_bits(state) % (i - 1);
        uint64_t held = entry[i - 1];
        entry[i - 1] = entry[k];
        entry[k] = held;
    }
}

/* Links nodes a stride apart in random order: over all of the data, or page by page. */
static void link_ring(char *bytes, const struct data *data, uint64_t *state)
{
    uint64_t nodes = data->bytes / data->stride;
    uint64_t together = data->content == CONTENT_PAGED_RING ? PAGE / data->stride : nodes;
    uint64_t groups = nodes / together;
    uint64_t *group = malloc(groups * sizeof *group);
    uint64_t *inside = malloc(together * sizeof *inside);
    if (group == NULL || inside == NULL) {
        fail("no memory for the ring");
    }
    for (uint64_t g = 0; g < groups; g++) {
        group[g] = g;
    }
    shuffle(group, groups, state);
    char *first = NULL;
    char *last = NULL;
    for (uint64_t g = 0; g < groups; g++) {
        for (uint64_t n = 0; n < together; n++) {
            inside[n] = n;
        }
        shuffle(inside, together, state);
        for (uint64_t n = 0; n < together; n++) {
            char *node = bytes + (group[g] * together + inside[n]) * data->stride;
            if (last == NULL) {
                first = node;
            } else {
                *(char **)last = node;
            }
            last = node;
        }
    }
    *(char **)last = first;
    kernel_state[1] = (uint64_t)first;
    free(group);
    free(inside);
}

static char *prepare(const struct data *data)
{
    uint64_t length = data->bytes + 2 * HUGE_PAGE;
    char *mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        fail("no memory for the kernel's data");
    }
    char *bytes = (char *)(((uint64_t)mapped + HUGE_PAGE - 1) & ~(uint64_t)(HUGE_PAGE - 1));
    madvise(bytes, data->bytes, data->huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    uint64_t state = 0x2545F4914F6CDD1Du;
    memset(bytes, 0, data->bytes);
    kernel_state[1] = (uint64_t)bytes;
    if (data->content == CONTENT_RANDOM) {
        for (uint64_t i = 0; i < data->bytes; i++) {
            bytes[i] = (char)(random_bits(&state) >> 33 & 1);
        }
    } else if (data->content != CONTENT_ZERO) {
        link_ring(bytes, data, &state);
    }
    return bytes;
}

static uint64_t ticks(unsigned *cpu)
{
    uint32_t low;
    uint32_t high;
    uint32_t auxiliary;
    __asm__ volatile("rdtscp\n\tlfence" : "=a"(low), "=d"(high), "=c"(auxiliary) : : "memory");
    *cpu = auxiliary & 0xFFF;
    return (uint64_t)high << 32 | low;
}

/* A chain of dependent additions, each of one cycle on every core in question. */
static uint64_t reference(uint64_t cycles)
{
    unsigned cpu;
    uint64_t rounds = cycles / REFERENCE_UNROLLED;
    uint64_t sum = 0;
    uint64_t start = ticks(&cpu);
    __asm__ volatile(".p2align 6\n1:\n\t.rept %c3\n\tadd %2, %0\n\t.endr\n\tdec %1\n\tjnz 1b"
                     : "+r"(sum), "+r"(rounds)
                     : "r"((uint64_t)3), "i"(REFERENCE_UNROLLED)
                     : "cc");
    return ticks(&cpu) - start;
}

static uint64_t run(const struct kernel *kernel, uint64_t iterations, char *data, unsigned *first, unsigned *last)
{
    uint64_t start = ticks(first);
    kernel->run(iterations, data);
    return ticks(last) - start;
}

static void time_slices(const struct kernel *kernel, char *data, uint64_t slices, uint64_t least)
{
    unsigned cpu[4];
    uint64_t overhead = UINT64_MAX;
    for (int i = 0; i < PROBES; i++) {
        uint64_t one = reference(REFERENCE_UNROLLED);
        overhead = one < overhead ? one : overhead;
    }
    uint64_t iterations = 4;
    while (run(kernel, iterations, data, &cpu[0], &cpu[1]) < least) {
        iterations *= 2;
    }
    printf("iterations: %llu\nreference: %d\n", (unsigned long long)iterations, REFERENCE_CYCLES);
    for (uint64_t s = 0; s < slices; s++) {
        uint64_t before = reference(REFERENCE_CYCLES + REFERENCE_UNROLLED) - overhead;
        uint64_t once = run(kernel, iterations, data, &cpu[0], &cpu[1]);
        uint64_t between = reference(REFERENCE_CYCLES + REFERENCE_UNROLLED) - overhead;
        uint64_t twice = run(kernel, 2 * iterations, data, &cpu[2], &cpu[3]);
        uint64_t after = reference(REFERENCE_CYCLES + REFERENCE_UNROLLED) - overhead;
        int moved = cpu[0] != cpu[1] || cpu[0] != cpu[2] || cpu[0] != cpu[3];
        printf("slice: %llu %llu %llu %llu %llu %d\n", (unsigned long long)before, (unsigned long long)once,
               (unsigned long long)between, (unsigned long long)twice, (unsigned long long)after, moved);
    }
}

static void record(const struct kernel *kernel, char *data, uint64_t warm, uint64_t counted)
{
    cyclecast_record_begin();
    kernel->run(warm, data);
    cyclecast_count_begin();
    kernel->run(counted, data);
    cyclecast_record_end();
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fail("usage: time SIZE SLICES TICKS | record SIZE WARM COUNTED");
    }
    struct kernel kernel = {kernel_small, &kernel_small_data};
    if (strcmp(argv[2], "large") == 0) {
        kernel = (struct kernel){kernel_large, &kernel_large_data};
    }
    char *data = prepare(kernel.data);
    if (strcmp(argv[1], "time") == 0) {
        time_slices(&kernel, data, number(argv[3]), number(argv[4]));
    } else {
        record(&kernel, data, number(argv[3]), number(argv[4]));
    }
    return 0;
}
