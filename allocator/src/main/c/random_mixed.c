/*
 * The random mixed driver: one operation is one malloc or one free, decided by a random slot of the working set.
 * A block is stamped with its slot when it is allocated and checked when it is freed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "pressure.h"

struct workload {
    uint8_t **slots;
    uint32_t slot_count;
    uint32_t random;
    /* A size is smallest + ((random & size_mask) * size_factor >> size_shift). */
    uint32_t smallest;
    uint32_t size_mask;
    uint32_t size_factor;
    uint32_t size_shift;
    uint64_t mallocs;
    uint64_t checksum;
    struct pressure pressure;
};

struct options {
    uint64_t operations;
    uint64_t skipped;
    uint64_t warm_up;
    uint32_t slots;
    uint32_t seed;
    uint32_t smallest;
    uint32_t largest;
    uint32_t pressure_kib;
};

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

__attribute__((noreturn, cold)) static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "random_mixed: %s%s\n", what, detail);
    exit(1);
}

__attribute__((noreturn, cold)) static void fail_damaged(uint32_t slot)
{
    fprintf(stderr, "random_mixed: the block of slot %" PRIu32 " was overwritten\n", slot);
    exit(1);
}

static inline __attribute__((always_inline)) void run(struct workload *workload, uint64_t operations, int under_pressure)
{
    uint8_t **slots = workload->slots;
    uint32_t slot_count = workload->slot_count;
    uint32_t random = workload->random;
    uint64_t mallocs = 0;
    uint64_t checksum = workload->checksum;
    for (; operations != 0; operations--) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        uint32_t slot = random % slot_count;
        uint8_t *block = slots[slot];
        if (block != NULL) {
            uint8_t stamp = *block;
            if (__builtin_expect(stamp != (uint8_t)slot, 0)) {
                fail_damaged(slot);
            }
            checksum = checksum * 31 + stamp;
            free(block);
            slots[slot] = NULL;
        } else {
            size_t size = workload->smallest
                          + ((uint64_t)(random & workload->size_mask) * workload->size_factor >> workload->size_shift);
            block = malloc(size);
            if (__builtin_expect(block == NULL, 0)) {
                fail("out of memory", "");
            }
            *block = (uint8_t)slot;
            slots[slot] = block;
            checksum = checksum * 31 + size;
            mallocs++;
        }
        if (under_pressure) {
            pressure_step(&workload->pressure);
        }
    }
    workload->random = random;
    workload->mallocs += mallocs;
    workload->checksum = checksum;
}

__attribute__((noipa)) static void run_quiet(struct workload *workload, uint64_t operations)
{
    run(workload, operations, 0);
}

__attribute__((noipa)) static void run_under_pressure(struct workload *workload, uint64_t operations)
{
    run(workload, operations, 1);
}

static uint64_t number(const char *what, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < least || value > most) {
        fprintf(stderr, "random_mixed: %s must be a number from %" PRIu64 " to %" PRIu64 ", not '%s'\n", what, least, most,
                text);
        exit(1);
    }
    return value;
}

static void parse_sizes(struct options *options, char *text)
{
    char *colon = strchr(text, ':');
    if (colon == NULL) {
        fail("--sizes must be LOWEST:HIGHEST, not ", text);
    }
    *colon = '\0';
    options->smallest = (uint32_t)number("the lowest size", text, 1, 1u << 30);
    options->largest = (uint32_t)number("the highest size", colon + 1, options->smallest, 1u << 30);
}

static struct options parse(int count, char **arguments)
{
    static const char usage[] = "usage: random_mixed OPS WS SEED [--profile mixed|c6-heavy] [--sizes LOWEST:HIGHEST]"
                                " [--pressure KIB] [--skip OPS] [--warmup OPS]";
    if (count < 4) {
        fail(usage, "");
    }
    struct options options = {.smallest = 16, .largest = 1039};
    const uint64_t most = UINT64_C(1) << 40;
    options.operations = number("OPS", arguments[1], 1, most);
    options.slots = (uint32_t)number("WS", arguments[2], 1, 1u << 24);
    options.seed = (uint32_t)number("SEED", arguments[3], 1, UINT32_MAX);
    options.warm_up = options.operations / 10;
    for (int i = 4; i < count; i += 2) {
        const char *name = arguments[i];
        char *value = arguments[i + 1];
        if (value == NULL) {
            fail("no value after ", name);
        }
        if (strcmp(name, "--profile") == 0) {
            int c6_heavy = strcmp(value, "c6-heavy") == 0;
            if (!c6_heavy && strcmp(value, "mixed") != 0) {
                fail("--profile must be mixed or c6-heavy, not ", value);
            }
            options.smallest = c6_heavy ? 257 : 16;
            options.largest = c6_heavy ? 768 : 1039;
        } else if (strcmp(name, "--sizes") == 0) {
            parse_sizes(&options, value);
        } else if (strcmp(name, "--pressure") == 0) {
            options.pressure_kib = (uint32_t)number("--pressure", value, 0, PRESSURE_LARGEST_KIB);
            if (options.pressure_kib % PRESSURE_GROUP_KIB != 0) {
                fail("--pressure must be even, not ", value);
            }
        } else if (strcmp(name, "--skip") == 0) {
            options.skipped = number("--skip", value, 0, most);
        } else if (strcmp(name, "--warmup") == 0) {
            options.warm_up = number("--warmup", value, 0, most);
        } else {
            fail("unknown option ", name);
        }
    }
    return options;
}

static double seconds_since(clockid_t clock, const struct timespec *start)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) * 1e-9;
}

int main(int count, char **arguments)
{
    struct options options = parse(count, arguments);
    uint32_t sizes = options.largest - options.smallest + 1;
    int power_of_two = (sizes & (sizes - 1)) == 0;
    struct workload workload = {
        .slots = calloc(options.slots, sizeof(uint8_t *)),
        .slot_count = options.slots,
        .random = options.seed,
        .smallest = options.smallest,
        .size_mask = power_of_two ? sizes - 1 : UINT32_MAX,
        .size_factor = power_of_two ? 1 : sizes,
        .size_shift = power_of_two ? 0 : 32,
        .pressure = {.groups = options.pressure_kib / PRESSURE_GROUP_KIB},
    };
    if (workload.slots == NULL) {
        fail("out of memory for the working set", "");
    }
    void (*run_operations)(struct workload *, uint64_t) = options.pressure_kib == 0 ? run_quiet : run_under_pressure;

    run_operations(&workload, options.skipped);
    cyclecast_record_begin();
    run_operations(&workload, options.warm_up);
    uint64_t mallocs_before = workload.mallocs;
    /* Time on the CPU leaves out what the machine did for others meanwhile. */
    struct timespec cpu_start;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu_start);
    cyclecast_count_begin();
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    uint64_t tsc_start = __rdtsc();
    run_operations(&workload, options.operations);
    uint64_t tsc_cycles = __rdtsc() - tsc_start;
    double seconds = seconds_since(CLOCK_MONOTONIC, &start);
    cyclecast_record_end();
    double cpu_seconds = seconds_since(CLOCK_THREAD_CPUTIME_ID, &cpu_start);

    uint64_t mallocs = workload.mallocs - mallocs_before;
    for (uint32_t slot = 0; slot < options.slots; slot++) {
        if (workload.slots[slot] != NULL) {
            if (*workload.slots[slot] != (uint8_t)slot) {
                fail_damaged(slot);
            }
            free(workload.slots[slot]);
        }
    }
    free(workload.slots);
    printf("ops: %" PRIu64 "\n", options.operations);
    printf("seconds: %.9f\n", seconds);
    printf("cpu_seconds: %.9f\n", cpu_seconds);
    printf("ops_per_second: %.0f\n", (double)options.operations / seconds);
    printf("tsc_cycles_per_op: %.3f\n", (double)tsc_cycles / (double)options.operations);
    printf("mallocs: %" PRIu64 "\n", mallocs);
    printf("frees: %" PRIu64 "\n", options.operations - mallocs);
    printf("checksum: %016" PRIx64 "\n", workload.checksum ^ workload.pressure.value);
    if (fflush(stdout) != 0) {
        fail("cannot write the result: ", strerror(errno));
    }
    return 0;
}
