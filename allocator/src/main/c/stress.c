/*
 * Threads that allocate, hand blocks to one another, resize, free and end, while the process forks: checks that no
 * block is damaged. Prints the number of operations done; exits with 1 and one line at the first damage.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 3, OPERATIONS = 40000, EXCHANGE = 256 };

/* Stands at the start of each block; the last byte of the block repeats its mark. */
struct stamp {
    uint32_t size;
    uint8_t mark;
};

/* Blocks on their way from one thread to another. */
static _Atomic(struct stamp *) exchange[EXCHANGE];

static void fail(const char *what)
{
    fprintf(stderr, "stress: %s\n", what);
    exit(1);
}

static struct stamp *stamp(void *memory, uint32_t size)
{
    if (memory == NULL) {
        fail("out of memory");
    }
    struct stamp *block = memory;
    block->size = size;
    block->mark = (uint8_t)(size * 7);
    ((uint8_t *)memory)[size - 1] = (uint8_t)(size * 7);
    return block;
}

static void check(const struct stamp *block)
{
    uint8_t last = ((const uint8_t *)block)[block->size - 1];
    if (block->mark != (uint8_t)(block->size * 7) || last != block->mark) {
        fail("a block was overwritten");
    }
}

static uint32_t next(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

/* Mostly tiny, sometimes up to 2 MiB. */
static uint32_t some_size(uint32_t *random)
{
    uint32_t drawn = next(random);
    uint32_t limit = drawn % 1024 == 0 ? 2u << 20 : drawn % 16 == 0 ? 20000 : 2100;
    return (uint32_t)sizeof(struct stamp) + 1 + next(random) % limit;
}

static void *aligned_memory(uint32_t size)
{
    void *memory = NULL;
    if (posix_memalign(&memory, 64, size) != 0 || (uintptr_t)memory % 64 != 0) {
        fail("posix_memalign gave no aligned memory");
    }
    return memory;
}

static void *work(void *seed)
{
    uint32_t random = (uint32_t)(uintptr_t)seed;
    for (int i = 0; i < OPERATIONS; i++) {
        uint32_t drawn = next(&random);
        struct stamp *block = NULL;
        if (drawn % 3 != 0) {
            uint32_t size = some_size(&random);
            block = stamp(drawn % 64 == 1 ? aligned_memory(size) : malloc(size), size);
        }
        block = atomic_exchange(&exchange[drawn / 64 % EXCHANGE], block);
        if (block != NULL) {
            check(block);
            if (drawn % 8 == 2) {
                uint32_t size = some_size(&random);
                uint8_t mark = block->mark;
                block = realloc(block, size);
                if (block == NULL || block->mark != mark) {
                    fail("realloc lost the contents");
                }
            }
            free(block);
        }
    }
    return NULL;
}

static void fork_and_allocate(void)
{
    pid_t child = fork();
    if (child == 0) {
        work((void *)(uintptr_t)99);
        _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        fail("the child of a fork did not end well");
    }
}

int main(void)
{
    for (uintptr_t round = 0; round < ROUNDS; round++) {
        pthread_t threads[THREADS];
        for (uintptr_t i = 0; i < THREADS; i++) {
            if (pthread_create(&threads[i], NULL, work, (void *)(round * THREADS + i + 1)) != 0) {
                fail("cannot start a thread");
            }
        }
        fork_and_allocate();
        for (int i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
        }
    }
    for (int i = 0; i < EXCHANGE; i++) {
        struct stamp *block = exchange[i];
        if (block != NULL) {
            check(block);
            free(block);
        }
    }
    printf("operations: %d\n", THREADS * ROUNDS * OPERATIONS);
    return 0;
}
