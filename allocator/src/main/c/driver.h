/*
 * What the workload drivers share: arguments, marks, time, random numbers and the printed result. A driver is driver.c
 * and one workload, which defines what stands at the end of this file.
 */
#ifndef HAK_DRIVER_H
#define HAK_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#include "pressure.h"

/* The arguments that every driver takes. */
struct driver_arguments {
    uint64_t operations;
    uint64_t skipped;
    uint64_t warm_up;
    uint32_t working_set;
    uint32_t seed;
    uint32_t pressure_kib;
    /* Operations of a timed lap; 0 for no laps. */
    uint64_t lap;
    /* Operations of a timed slice, between which clock and core are probed; 0 for no slices. */
    uint64_t slice;
};

/* Calls of the allocator; each is one operation. */
struct driver_calls {
    uint64_t mallocs;
    uint64_t frees;
    uint64_t callocs;
    uint64_t reallocs;
    uint64_t memaligns;
};

/* A size is smallest + ((random & mask) * factor >> shift). */
struct driver_sizes {
    uint32_t smallest;
    uint32_t mask;
    uint32_t factor;
    uint32_t shift;
};

/* Ends the driver with one line. */
__attribute__((noreturn, cold)) void driver_fail(const char *what, const char *detail);
__attribute__((noreturn, cold)) void driver_fail_damaged(uint32_t slot);
__attribute__((noreturn, cold)) void driver_fail_out_of_memory(void);

/* The number that the text is, or the end of the driver. */
uint64_t driver_number(const char *what, const char *text, uint64_t least, uint64_t most);

/* Sizes from lowest to highest, each as likely. */
struct driver_sizes driver_sizes_between(uint32_t lowest, uint32_t highest);

/* The sizes that LOWEST:HIGHEST asks for; the lowest is at least the one given. */
struct driver_sizes driver_parse_sizes(char *text, uint32_t least);

/* Zeroed memory that does not come from the allocator under test. */
void *driver_map(size_t count, size_t size);

/* The next of a sequence of random numbers that never reaches 0. */
static inline uint32_t driver_random(uint32_t random)
{
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    return random;
}

/* How far above the smallest. */
static inline size_t driver_size_above(const struct driver_sizes *sizes, uint32_t random)
{
    return (uint64_t)(random & sizes->mask) * sizes->factor >> sizes->shift;
}

/* The workload: its program's name, and the usage of its own options, each with a space before it. */
extern const char driver_name[];
extern const char driver_usage[];

/* Takes an option of the workload's own; 0 if it has none of that name. */
int driver_option(const char *name, char *value);

void driver_prepare(const struct driver_arguments *arguments);

/* Executes that many operations, which go on where the last ones ended. */
void driver_run(uint64_t operations);

/* All calls so far. */
struct driver_calls driver_calls_made(void);

/* Checks and frees what is left; returns the checksum of all the work done. */
uint64_t driver_finish(void);

#endif
