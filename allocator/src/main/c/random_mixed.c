/*
 * Random mixed: one operation is one malloc or one free, decided by a random slot of the working set. A block is stamped
 * with its slot when it is allocated and checked when it is freed.
 */
#include <stdlib.h>
#include <string.h>

#include "driver.h"

struct workload {
    uint8_t **slots;
    uint32_t slot_count;
    uint32_t random;
    struct driver_sizes sizes;
    uint64_t mallocs;
    uint64_t checksum;
    struct pressure pressure;
};

const char driver_name[] = "random_mixed";
const char driver_usage[] = " [--profile mixed|c6-heavy|single] [--sizes LOWEST:HIGHEST]";

static struct workload workload;
static void (*run_operations)(struct workload *, uint64_t);
static uint64_t operations_run;

static inline __attribute__((always_inline)) void run(struct workload *workload, uint64_t operations, int under_pressure)
{
    uint8_t **slots = workload->slots;
    uint32_t slot_count = workload->slot_count;
    uint32_t random = workload->random;
    uint64_t mallocs = 0;
    uint64_t checksum = workload->checksum;
    for (; operations != 0; operations--) {
        random = driver_random(random);
        uint32_t slot = random % slot_count;
        uint8_t *block = slots[slot];
        if (block != NULL) {
            uint8_t stamp = *block;
            if (__builtin_expect(stamp != (uint8_t)slot, 0)) {
                driver_fail_damaged(slot);
            }
            checksum = checksum * 31 + stamp;
            free(block);
            slots[slot] = NULL;
        } else {
            size_t size = workload->sizes.smallest + driver_size_above(&workload->sizes, random);
            block = malloc(size);
            if (__builtin_expect(block == NULL, 0)) {
                driver_fail_out_of_memory();
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

static struct driver_sizes profile(const char *name)
{
    if (strcmp(name, "mixed") == 0) {
        return driver_sizes_between(16, 1039);
    }
    if (strcmp(name, "c6-heavy") == 0) {
        return driver_sizes_between(257, 768);
    }
    if (strcmp(name, "single") == 0) {
        return driver_sizes_between(256, 256);
    }
    driver_fail("--profile must be mixed, c6-heavy or single, not ", name);
}

int driver_option(const char *name, char *value)
{
    if (strcmp(name, "--profile") == 0) {
        workload.sizes = profile(value);
    } else if (strcmp(name, "--sizes") == 0) {
        workload.sizes = driver_parse_sizes(value, 1);
    } else {
        return 0;
    }
    return 1;
}

void driver_prepare(const struct driver_arguments *arguments)
{
    if (workload.sizes.factor == 0) {
        workload.sizes = profile("mixed");
    }
    workload.slots = calloc(arguments->working_set, sizeof(uint8_t *));
    workload.slot_count = arguments->working_set;
    workload.random = arguments->seed;
    workload.pressure.groups = arguments->pressure_kib / PRESSURE_GROUP_KIB;
    run_operations = arguments->pressure_kib == 0 ? run_quiet : run_under_pressure;
    if (workload.slots == NULL) {
        driver_fail_out_of_memory();
    }
}

void driver_run(uint64_t operations)
{
    operations_run += operations;
    run_operations(&workload, operations);
}

struct driver_calls driver_calls_made(void)
{
    return (struct driver_calls){.mallocs = workload.mallocs, .frees = operations_run - workload.mallocs};
}

uint64_t driver_finish(void)
{
    for (uint32_t slot = 0; slot < workload.slot_count; slot++) {
        uint8_t *block = workload.slots[slot];
        if (block == NULL) {
            continue;
        }
        if (*block != (uint8_t)slot) {
            driver_fail_damaged(slot);
        }
        free(block);
    }
    free(workload.slots);
    return workload.checksum ^ workload.pressure.value;
}
