/*
 * Larson: a thread replaces random blocks of its slot array, then starts a successor, passes the array on and ends; the
 * successor frees what its predecessors allocated. As many such chains run at once as there are threads. A single thread
 * hands the array over to itself, and can be recorded. One operation is one malloc or one free.
 *
 * After P. Larson and M. Krishnan, Memory Allocation for Long-Running Server Applications, ISMM 1998.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

enum { THREADS_MOST = 256, SMALLEST_BLOCK = 8 };

#define NO_SLOT UINT32_MAX

/* Stands at the start of each block; the last byte of the block repeats that of the mark. */
struct stamp {
    uint32_t size;
    uint32_t mark;
};

_Static_assert(sizeof(struct stamp) == SMALLEST_BLOCK, "in the smallest block the two last bytes are the same");

/* What a thread passes on to its successor. */
struct chain {
    _Alignas(64) struct stamp **slots;
    uint32_t slot_count;
    uint32_t random;
    uint32_t vacant; /* the slot whose block was freed last and is still to be replaced */
    struct driver_sizes sizes;
    uint64_t mallocs;
    uint64_t frees;
    uint64_t checksum;
    uint64_t left;      /* operations that the chain has still to do */
    uint64_t life;      /* operations that a thread does before it hands over */
    uint64_t life_left; /* of the present thread's */
    pthread_t predecessor;
    int has_predecessor;
    sem_t done;
    struct pressure pressure;
};

const char driver_name[] = "larson";
const char driver_usage[] = " [--threads N] [--sizes LOWEST:HIGHEST] [--rounds REPLACEMENTS_PER_SLOT]";

static struct chain chains[THREADS_MOST];
static uint32_t threads = 1;
static uint32_t rounds = 100;
static struct driver_sizes sizes;
static void (*run_operations)(struct chain *, uint64_t);

static inline uint32_t mark_of(uint32_t slot, uint32_t size)
{
    return (slot + 1) * 0x9E3779B1u ^ size * 0x85EBCA6Bu;
}

static inline struct stamp *fill(uint32_t slot, size_t size)
{
    struct stamp *block = malloc(size);
    if (__builtin_expect(block == NULL, 0)) {
        driver_fail_out_of_memory();
    }
    block->size = (uint32_t)size;
    block->mark = mark_of(slot, (uint32_t)size);
    ((uint8_t *)block)[size - 1] = (uint8_t)(block->mark >> 24);
    return block;
}

static inline uint32_t check(const struct stamp *block, uint32_t slot)
{
    uint32_t mark = mark_of(slot, block->size);
    /* The size is used only when the mark shows that it is whole. */
    if (__builtin_expect(block->mark != mark || ((const uint8_t *)block)[block->size - 1] != mark >> 24, 0)) {
        driver_fail_damaged(slot);
    }
    return mark;
}

static inline __attribute__((always_inline)) void run(struct chain *chain, uint64_t operations, int under_pressure)
{
    struct stamp **slots = chain->slots;
    uint32_t random = chain->random;
    uint32_t vacant = chain->vacant;
    uint64_t mallocs = 0;
    uint64_t checksum = chain->checksum;
    for (uint64_t i = 0; i < operations; i++) {
        random = driver_random(random);
        if (vacant == NO_SLOT) {
            vacant = random % chain->slot_count;
            checksum = checksum * 31 + check(slots[vacant], vacant);
            free(slots[vacant]);
        } else {
            size_t size = chain->sizes.smallest + driver_size_above(&chain->sizes, random);
            slots[vacant] = fill(vacant, size);
            checksum = checksum * 31 + size;
            mallocs++;
            vacant = NO_SLOT;
        }
        if (under_pressure) {
            pressure_step(&chain->pressure);
        }
    }
    chain->random = random;
    chain->vacant = vacant;
    chain->mallocs += mallocs;
    chain->frees += operations - mallocs;
    chain->checksum = checksum;
}

__attribute__((noipa)) static void run_quiet(struct chain *chain, uint64_t operations)
{
    run(chain, operations, 0);
}

__attribute__((noipa)) static void run_under_pressure(struct chain *chain, uint64_t operations)
{
    run(chain, operations, 1);
}

/* What one thread does; whether a successor has to go on. */
static int live(struct chain *chain)
{
    uint64_t operations = chain->left < chain->life_left ? chain->left : chain->life_left;
    run_operations(chain, operations);
    chain->left -= operations;
    chain->life_left -= operations;
    if (chain->life_left == 0) {
        chain->life_left = chain->life;
    }
    return chain->left != 0;
}

static void *life(void *passed_on);

static void start_thread(struct chain *chain)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, life, chain) != 0) {
        driver_fail("cannot start a thread; allow more processes or ask for fewer threads", "");
    }
}

static void *life(void *passed_on)
{
    struct chain *chain = passed_on;
    if (chain->has_predecessor) {
        /* Its end is over, so that what it cached has been given back at the same point in every run. */
        pthread_join(chain->predecessor, NULL);
    }
    int more = live(chain);
    chain->predecessor = pthread_self();
    chain->has_predecessor = 1;
    if (more) {
        start_thread(chain);
    } else {
        sem_post(&chain->done);
    }
    return NULL;
}

int driver_option(const char *name, char *value)
{
    if (strcmp(name, "--threads") == 0) {
        threads = (uint32_t)driver_number("--threads", value, 1, THREADS_MOST);
    } else if (strcmp(name, "--rounds") == 0) {
        rounds = (uint32_t)driver_number("--rounds", value, 1, 1u << 24);
    } else if (strcmp(name, "--sizes") == 0) {
        sizes = driver_parse_sizes(value, SMALLEST_BLOCK);
    } else {
        return 0;
    }
    return 1;
}

static void prepare(struct chain *chain, const struct driver_arguments *arguments, uint32_t seed)
{
    chain->slots = driver_map(arguments->working_set, sizeof(struct stamp *));
    chain->slot_count = arguments->working_set;
    chain->random = seed;
    chain->vacant = NO_SLOT;
    chain->sizes = sizes;
    chain->life = (uint64_t)rounds * arguments->working_set * 2;
    chain->life_left = chain->life;
    chain->pressure.groups = arguments->pressure_kib / PRESSURE_GROUP_KIB;
    for (uint32_t slot = 0; slot < chain->slot_count; slot++) {
        chain->random = driver_random(chain->random);
        chain->slots[slot] = fill(slot, chain->sizes.smallest + driver_size_above(&chain->sizes, chain->random));
    }
    if (sem_init(&chain->done, 0, 0) != 0) {
        driver_fail("cannot make a semaphore", "");
    }
}

void driver_prepare(const struct driver_arguments *arguments)
{
    if (sizes.factor == 0) {
        sizes = driver_sizes_between(SMALLEST_BLOCK, 1000);
    }
    run_operations = arguments->pressure_kib == 0 ? run_quiet : run_under_pressure;
    uint32_t seed = arguments->seed;
    for (uint32_t i = 0; i < threads; i++) {
        prepare(&chains[i], arguments, seed);
        seed = driver_random(seed * 2654435761u | 1);
    }
}

void driver_run(uint64_t operations)
{
    for (uint32_t i = 0; i < threads; i++) {
        chains[i].left = operations / threads + (i < operations % threads);
    }
    if (threads == 1) {
        while (live(&chains[0])) {
        }
        return;
    }
    for (uint32_t i = 0; i < threads; i++) {
        start_thread(&chains[i]);
    }
    for (uint32_t i = 0; i < threads; i++) {
        while (sem_wait(&chains[i].done) != 0) {
        }
        pthread_join(chains[i].predecessor, NULL);
        chains[i].has_predecessor = 0;
    }
}

struct driver_calls driver_calls_made(void)
{
    struct driver_calls calls = {0};
    for (uint32_t i = 0; i < threads; i++) {
        calls.mallocs += chains[i].mallocs;
        calls.frees += chains[i].frees;
    }
    return calls;
}

uint64_t driver_finish(void)
{
    uint64_t checksum = 0;
    for (uint32_t i = 0; i < threads; i++) {
        struct chain *chain = &chains[i];
        for (uint32_t slot = 0; slot < chain->slot_count; slot++) {
            if (slot != chain->vacant) {
                check(chain->slots[slot], slot);
                free(chain->slots[slot]);
            }
        }
        checksum = checksum * 31 + (chain->checksum ^ chain->pressure.value);
    }
    return checksum;
}
