/*
 * Tiny hot: batches of blocks of one size. The working set is allocated block by block and freed in reverse order, so
 * that nothing but the allocator decides what happens next. The first and the last byte of a block are stamped.
 */
#include <stdlib.h>
#include <string.h>

#include "driver.h"

struct workload {
    uint8_t **blocks;
    uint32_t count;
    uint32_t seed;
    uint32_t live;
    int freeing;
    size_t size;
    uint64_t mallocs;
    uint64_t frees;
    uint64_t checksum;
    struct pressure pressure;
};

const char driver_name[] = "tiny_hot";
const char driver_usage[] = " [--size BYTES]";

static struct workload workload = {.size = 48};
static void (*run_operations)(struct workload *, uint64_t);

static inline uint8_t *fill(size_t size, uint8_t stamp)
{
    uint8_t *block = malloc(size);
    if (__builtin_expect(block == NULL, 0)) {
        driver_fail_out_of_memory();
    }
    block[0] = stamp;
    block[size - 1] = stamp;
    return block;
}

static inline void check(const uint8_t *block, size_t size, uint8_t stamp, uint32_t index)
{
    if (__builtin_expect(block[0] != stamp || block[size - 1] != stamp, 0)) {
        driver_fail_damaged(index);
    }
}

static inline __attribute__((always_inline)) void run(struct workload *workload, uint64_t operations, int under_pressure)
{
    uint8_t **blocks = workload->blocks;
    size_t size = workload->size;
    uint32_t seed = workload->seed;
    uint32_t live = workload->live;
    uint64_t checksum = workload->checksum;
    while (operations != 0) {
        uint32_t possible = workload->freeing ? live : workload->count - live;
        uint32_t batch = operations < possible ? (uint32_t)operations : possible;
        operations -= batch;
        if (workload->freeing) {
            for (uint32_t last = live - batch; live != last;) {
                live--;
                uint8_t stamp = (uint8_t)(seed + live);
                check(blocks[live], size, stamp, live);
                checksum = checksum * 31 + stamp;
                free(blocks[live]);
                if (under_pressure) {
                    pressure_step(&workload->pressure);
                }
            }
            workload->frees += batch;
        } else {
            for (uint32_t last = live + batch; live != last; live++) {
                blocks[live] = fill(size, (uint8_t)(seed + live));
                checksum = checksum * 31 + size;
                if (under_pressure) {
                    pressure_step(&workload->pressure);
                }
            }
            workload->mallocs += batch;
        }
        if (live == 0 || live == workload->count) {
            workload->freeing = live != 0;
        }
    }
    workload->live = live;
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

int driver_option(const char *name, char *value)
{
    if (strcmp(name, "--size") != 0) {
        return 0;
    }
    workload.size = driver_number("--size", value, 1, 1u << 30);
    return 1;
}

void driver_prepare(const struct driver_arguments *arguments)
{
    workload.blocks = driver_map(arguments->working_set, sizeof(uint8_t *));
    workload.count = arguments->working_set;
    workload.seed = arguments->seed;
    workload.pressure.groups = arguments->pressure_kib / PRESSURE_GROUP_KIB;
    run_operations = arguments->pressure_kib == 0 ? run_quiet : run_under_pressure;
}

void driver_run(uint64_t operations)
{
    run_operations(&workload, operations);
}

struct driver_calls driver_calls_made(void)
{
    return (struct driver_calls){.mallocs = workload.mallocs, .frees = workload.frees};
}

uint64_t driver_finish(void)
{
    for (uint32_t index = 0; index < workload.live; index++) {
        check(workload.blocks[index], workload.size, (uint8_t)(workload.seed + index), index);
        free(workload.blocks[index]);
    }
    return workload.checksum ^ workload.pressure.value;
}
