/* The frame of a workload driver: reads the arguments, runs the workload between marks, and prints what it did. */
#include "driver.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <x86intrin.h>

/* Rounds of the instructions between slices, about a thousand cycles. */
#define PROBE_ROUNDS 32
#define CHAIN_UNROLLED 32
#define BESIDE_UNROLLED 128

/* What was found between two slices, in ticks of the time stamp counter. */
struct slice_end {
    uint64_t reached;
    uint64_t chain;
    uint64_t beside;
    uint64_t left;
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

/* A mark, too: a lap ends, and the next one begins. */
__attribute__((noipa)) void cyclecast_lap(uint64_t *ticks)
{
    *ticks = __rdtsc();
}

static inline uint64_t fenced_ticks(void)
{
    _mm_lfence();
    uint64_t ticks = __rdtsc();
    _mm_lfence();
    return ticks;
}

void driver_fail(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s%s\n", driver_name, what, detail);
    exit(1);
}

void driver_fail_damaged(uint32_t slot)
{
    fprintf(stderr, "%s: the block of slot %" PRIu32 " was overwritten\n", driver_name, slot);
    exit(1);
}

void driver_fail_out_of_memory(void)
{
    driver_fail("out of memory", "");
}

uint64_t driver_number(const char *what, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < least || value > most) {
        fprintf(stderr, "%s: %s must be a number from %" PRIu64 " to %" PRIu64 ", not '%s'\n", driver_name, what, least,
                most, text);
        exit(1);
    }
    return value;
}

struct driver_sizes driver_sizes_between(uint32_t lowest, uint32_t highest)
{
    uint32_t sizes = highest - lowest + 1;
    int power_of_two = (sizes & (sizes - 1)) == 0;
    return (struct driver_sizes){
        .smallest = lowest,
        .mask = power_of_two ? sizes - 1 : UINT32_MAX,
        .factor = power_of_two ? 1 : sizes,
        .shift = power_of_two ? 0 : 32,
    };
}

struct driver_sizes driver_parse_sizes(char *text, uint32_t least)
{
    char *colon = strchr(text, ':');
    if (colon == NULL) {
        driver_fail("--sizes must be LOWEST:HIGHEST, not ", text);
    }
    *colon = '\0';
    uint32_t lowest = (uint32_t)driver_number("the lowest size", text, least, 1u << 30);
    return driver_sizes_between(lowest, (uint32_t)driver_number("the highest size", colon + 1, lowest, 1u << 30));
}

void *driver_map(size_t count, size_t size)
{
    void *memory = mmap(NULL, count * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        driver_fail_out_of_memory();
    }
    return memory;
}

__attribute__((noreturn)) static void fail_usage(void)
{
    fprintf(stderr, "%s: usage: %s OPS WS SEED%s [--pressure KIB] [--skip OPS] [--warmup OPS] [--lap OPS] [--slice OPS]\n",
            driver_name, driver_name, driver_usage);
    exit(1);
}

static struct driver_arguments parse(int count, char **texts)
{
    if (count < 4) {
        fail_usage();
    }
    struct driver_arguments arguments = {0};
    const uint64_t most = UINT64_C(1) << 40;
    arguments.operations = driver_number("OPS", texts[1], 1, most);
    arguments.working_set = (uint32_t)driver_number("WS", texts[2], 1, 1u << 24);
    arguments.seed = (uint32_t)driver_number("SEED", texts[3], 1, UINT32_MAX);
    arguments.warm_up = arguments.operations / 10;
    for (int i = 4; i < count; i += 2) {
        const char *name = texts[i];
        char *value = texts[i + 1];
        if (value == NULL) {
            driver_fail("no value after ", name);
        }
        if (strcmp(name, "--pressure") == 0) {
            arguments.pressure_kib = (uint32_t)driver_number("--pressure", value, 0, PRESSURE_LARGEST_KIB);
            if (arguments.pressure_kib % PRESSURE_GROUP_KIB != 0) {
                driver_fail("--pressure must be even, not ", value);
            }
        } else if (strcmp(name, "--skip") == 0) {
            arguments.skipped = driver_number("--skip", value, 0, most);
        } else if (strcmp(name, "--warmup") == 0) {
            arguments.warm_up = driver_number("--warmup", value, 0, most);
        } else if (strcmp(name, "--lap") == 0) {
            arguments.lap = driver_number("--lap", value, 1, most);
        } else if (strcmp(name, "--slice") == 0) {
            arguments.slice = driver_number("--slice", value, 1, most);
        } else if (!driver_option(name, value)) {
            driver_fail("unknown option ", name);
        }
    }
    if (arguments.lap != 0 && arguments.slice % arguments.lap != 0) {
        driver_fail("--slice must be a multiple of --lap", "");
    }
    return arguments;
}

static double seconds_since(clockid_t clock, const struct timespec *start)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) * 1e-9;
}

/* Prints calls that a workload made, except kinds that it never makes. */
static void print_calls(const char *name, uint64_t before, uint64_t after)
{
    if (after != 0) {
        printf("%s: %" PRIu64 "\n", name, after - before);
    }
}

/* Room for one element at the start of the first lap or slice and one at the end of each, touched before it is needed. */
static void *map_ends(uint64_t operations, uint64_t length, size_t element)
{
    size_t bytes = (operations / length + 1) * element;
    return memset(driver_map(1, bytes), 1, bytes);
}

/* Executes operations, in laps if there are any; returns where the next lap's ticks go. */
static uint64_t *run(uint64_t operations, uint64_t lap, uint64_t *ticks)
{
    if (ticks != NULL) {
        for (; operations >= lap; operations -= lap) {
            driver_run(lap);
            cyclecast_lap(ticks++);
        }
    }
    driver_run(operations);
    return ticks;
}

static void print_laps(const struct driver_arguments *arguments, const uint64_t *ticks)
{
    printf("lap_ticks:");
    for (uint64_t lap = 0; lap < arguments->operations / arguments->lap; lap++) {
        printf(" %" PRIu64, ticks[lap + 1] - ticks[lap]);
    }
    printf("\n");
}

/* A chain of dependent adds, a cycle each: the core's clock. */
__attribute__((noinline)) static uint64_t chain_ticks(uint64_t rounds)
{
    uint64_t sum = 1;
    uint64_t start = fenced_ticks();
    __asm__ volatile(".p2align 6\n1:\n\t.rept %c2\n\tadd $3, %0\n\t.endr\n\tdec %1\n\tjnz 1b"
                     : "+r"(sum), "+r"(rounds)
                     : "i"(CHAIN_UNROLLED)
                     : "cc");
    return fenced_ticks() - start;
}

/* Instructions that wait for nothing: they take longer, where a chain does not, while another thread runs on the same core. */
__attribute__((noinline)) static uint64_t beside_ticks(uint64_t rounds)
{
    uint64_t start = fenced_ticks();
    __asm__ volatile(".p2align 9\n1:\n\t.rept %c1\n\tnopl 0(%%rax)\n\t.endr\n\tdec %0\n\tjnz 1b"
                     : "+r"(rounds)
                     : "i"(BESIDE_UNROLLED)
                     : "cc");
    return fenced_ticks() - start;
}

/*
 * Between two slices. A round first brings the code in, the same copy of it: else it would take longer in one layout, or behind
 * more code, than in another.
 */
static void probe(struct slice_end *end)
{
    end->reached = __rdtsc();
    chain_ticks(1);
    end->chain = chain_ticks(PROBE_ROUNDS);
    beside_ticks(1);
    end->beside = beside_ticks(PROBE_ROUNDS);
    end->left = __rdtsc();
}

static void run_slices(const struct driver_arguments *arguments, uint64_t *ticks, struct slice_end *end)
{
    probe(end++);
    uint64_t left = arguments->operations;
    for (; left >= arguments->slice; left -= arguments->slice) {
        ticks = run(arguments->slice, arguments->lap, ticks);
        probe(end++);
    }
    run(left, arguments->lap, ticks);
}

static void print_slices(const struct driver_arguments *arguments, const struct slice_end *ends)
{
    uint64_t slices = arguments->operations / arguments->slice;
    printf("chain_cycles: %d\nslice_ticks:", PROBE_ROUNDS * CHAIN_UNROLLED);
    for (uint64_t slice = 0; slice < slices; slice++) {
        printf(" %" PRIu64, ends[slice + 1].reached - ends[slice].left);
    }
    printf("\nchain_ticks:");
    for (uint64_t end = 0; end <= slices; end++) {
        printf(" %" PRIu64, ends[end].chain);
    }
    printf("\nbeside_ticks:");
    for (uint64_t slice = 0; slice < slices; slice++) {
        uint64_t before = ends[slice].beside;
        uint64_t after = ends[slice + 1].beside;
        printf(" %" PRIu64, before > after ? before : after);
    }
    printf("\n");
}

int main(int count, char **texts)
{
    struct driver_arguments arguments = parse(count, texts);
    uint64_t *laps = arguments.lap == 0 ? NULL : map_ends(arguments.operations, arguments.lap, sizeof(*laps));
    struct slice_end *slices = arguments.slice == 0 ? NULL : map_ends(arguments.operations, arguments.slice, sizeof(*slices));
    driver_prepare(&arguments);
    driver_run(arguments.skipped);
    cyclecast_record_begin();
    driver_run(arguments.warm_up);
    struct driver_calls before = driver_calls_made();
    /* Time on the CPU, of all threads, leaves out what the machine did for others meanwhile. */
    struct timespec cpu_start;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_start);
    cyclecast_count_begin();
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    uint64_t tsc_start = __rdtsc();
    uint64_t *next = laps;
    if (laps != NULL) {
        cyclecast_lap(next++);
    }
    if (slices != NULL) {
        run_slices(&arguments, next, slices);
    } else {
        run(arguments.operations, arguments.lap, next);
    }
    uint64_t tsc_cycles = __rdtsc() - tsc_start;
    double seconds = seconds_since(CLOCK_MONOTONIC, &start);
    cyclecast_record_end();
    double cpu_seconds = seconds_since(CLOCK_PROCESS_CPUTIME_ID, &cpu_start);

    struct driver_calls after = driver_calls_made();
    uint64_t checksum = driver_finish();
    printf("ops: %" PRIu64 "\n", arguments.operations);
    printf("seconds: %.9f\n", seconds);
    printf("cpu_seconds: %.9f\n", cpu_seconds);
    printf("ops_per_second: %.0f\n", (double)arguments.operations / seconds);
    printf("tsc_cycles_per_op: %.3f\n", (double)tsc_cycles / (double)arguments.operations);
    printf("mallocs: %" PRIu64 "\n", after.mallocs - before.mallocs);
    printf("frees: %" PRIu64 "\n", after.frees - before.frees);
    print_calls("callocs", before.callocs, after.callocs);
    print_calls("reallocs", before.reallocs, after.reallocs);
    print_calls("memaligns", before.memaligns, after.memaligns);
    printf("checksum: %016" PRIx64 "\n", checksum);
    if (slices != NULL) {
        print_slices(&arguments, slices);
    }
    if (laps != NULL) {
        print_laps(&arguments, laps);
    }
    if (fflush(stdout) != 0) {
        driver_fail("cannot write the result: ", strerror(errno));
    }
    return 0;
}
