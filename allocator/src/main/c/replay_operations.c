/*
 * Replay: the calls that a program made, from an operation trace. All of its threads are replayed in the order of the file
 * by one thread; when the file ends, what it left allocated is freed and it starts again. The first and the last byte of a
 * block are stamped, and checked when it is resized or freed; those of calloc must be zero. The working set is the file's.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "operation_trace.h"

struct workload {
    struct operation_trace trace;
    size_t at;
    uint8_t **blocks;
    uint32_t seed;
    struct driver_calls calls;
    uint64_t checksum;
    struct pressure pressure;
};

const char driver_name[] = "replay_operations";
const char driver_usage[] = " --trace FILE";

static const char *path;
static struct workload workload;
static void (*run_operations)(struct workload *, uint64_t);

static inline void fill(uint8_t *block, uint64_t size, uint8_t stamp)
{
    if (__builtin_expect(block == NULL, 0)) {
        driver_fail_out_of_memory();
    }
    if (size != 0) {
        block[0] = stamp;
        block[size - 1] = stamp;
    }
}

static inline void check(const uint8_t *block, uint64_t size, uint8_t stamp, uint32_t slot)
{
    if (size != 0 && __builtin_expect(block[0] != stamp || block[size - 1] != stamp, 0)) {
        driver_fail_damaged(slot);
    }
}

static inline uint8_t *resize(uint8_t *block, const struct operation *operation, uint8_t stamp)
{
    uint64_t old_size = operation->extra;
    check(block, old_size, stamp, operation->slot);
    block = realloc(block, operation->size);
    if (block != NULL && old_size != 0) {
        check(block, operation->size < old_size ? 1 : old_size, stamp, operation->slot);
    }
    return block;
}

static inline uint8_t *cleared(const struct operation *operation)
{
    uint8_t *block = calloc(operation->extra, operation->size);
    if (block != NULL) {
        check(block, operation->extra * operation->size, 0, operation->slot);
    }
    return block;
}

static inline uint8_t *aligned(const struct operation *operation)
{
    uint8_t *block = memalign(operation->extra, operation->size);
    if (((uintptr_t)block & (operation->extra - 1)) != 0) {
        driver_fail("memalign returned a block that is not aligned", "");
    }
    return block;
}

static inline __attribute__((always_inline)) void run(struct workload *workload, uint64_t operations, int under_pressure)
{
    struct driver_calls *calls = &workload->calls;
    size_t at = workload->at;
    uint64_t checksum = workload->checksum;
    for (; operations != 0; operations--) {
        const struct operation *operation = &workload->trace.operations[at];
        at = at + 1 == workload->trace.count ? 0 : at + 1;
        uint8_t **block = &workload->blocks[operation->slot];
        uint8_t stamp = (uint8_t)(workload->seed + operation->slot * 37);
        checksum = checksum * 31 + operation->size + operation->verb;
        switch (operation->verb) {
        case OPERATION_MALLOC:
            *block = malloc(operation->size);
            fill(*block, operation->size, stamp);
            calls->mallocs++;
            break;
        case OPERATION_CALLOC:
            *block = cleared(operation);
            fill(*block, operation->extra * operation->size, stamp);
            calls->callocs++;
            break;
        case OPERATION_MEMALIGN:
            *block = aligned(operation);
            fill(*block, operation->size, stamp);
            calls->memaligns++;
            break;
        case OPERATION_REALLOC:
            *block = resize(*block, operation, stamp);
            fill(*block, operation->size, stamp);
            calls->reallocs++;
            break;
        default:
            check(*block, operation->size, stamp, operation->slot);
            free(*block);
            *block = NULL;
            calls->frees++;
        }
        if (under_pressure) {
            pressure_step(&workload->pressure);
        }
    }
    workload->at = at;
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
    if (strcmp(name, "--trace") != 0) {
        return 0;
    }
    path = value;
    return 1;
}

void driver_prepare(const struct driver_arguments *arguments)
{
    if (path == NULL) {
        driver_fail("no operation trace; name one with --trace FILE", "");
    }
    workload.trace = operation_trace_read(path);
    workload.blocks = driver_map(workload.trace.slots, sizeof(uint8_t *));
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
    return workload.calls;
}

/* Goes on to the end of the file, where everything has been checked and freed. */
uint64_t driver_finish(void)
{
    uint64_t checksum = workload.checksum ^ workload.pressure.value;
    if (workload.at != 0) {
        run_quiet(&workload, workload.trace.count - workload.at);
    }
    return checksum;
}
