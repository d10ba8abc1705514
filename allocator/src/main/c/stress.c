/*
 * Threads that allocate, resize, hand blocks to one another and free, that end and are replaced, while the process forks.
 * Every block is filled with a pattern of its own, which is checked when it is resized and freed.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_THREADS = 16, OWN = 1024, EXCHANGE = 1024, STACK_BYTES = 256 << 10, CHILD_SECONDS = 120 };

/* In how many rounds of a thread's destructors it still frees; ThreadSanitizer has done with the thread before the last. */
#ifdef __SANITIZE_THREAD__
enum { LATE_ROUNDS = PTHREAD_DESTRUCTOR_ITERATIONS - 1 };
#else
enum { LATE_ROUNDS = PTHREAD_DESTRUCTOR_ITERATIONS };
#endif

/* A block and what it must hold; pointer is NULL if there is none. Whoever holds the record owns the block. */
struct record {
    uint8_t *pointer;
    uint32_t size;
    uint32_t mark;
    const struct worker *maker;
};

/*
 * Workers fill and drain their records by turns, so that caches run empty and full. Handing over is a phase too: in the others
 * nothing but the allocator orders what two threads do.
 */
enum phase { PHASE_FILL, PHASE_DRAIN, PHASE_MIX, PHASE_HAND_OVER, PHASES };

struct counts {
    uint64_t operations;
    uint64_t allocations;
    uint64_t frees;
    uint64_t frees_of_others;
    uint64_t late_frees;
    uint64_t resizes;
    uint64_t handed_over;
};

/* One of the places at which threads work, each after the end of the one before. */
struct worker {
    pthread_t thread;
    int running;
    uint32_t random;
    uint32_t phase;
    uint32_t phase_left;
    uint64_t operations;
    struct record *own[OWN];
    struct record late[LATE_ROUNDS];
    int late_left;
    struct counts counts;
};

struct options {
    uint32_t threads;
    uint64_t operations;
    uint32_t seed;
    uint32_t seconds;
    uint32_t life;
    uint32_t forks;
    uint32_t memory_mib;
};

static struct record records[MOST_THREADS * OWN + EXCHANGE];
static struct worker workers[MOST_THREADS];
static _Atomic(struct record *) exchange[EXCHANGE];
static pthread_key_t late_key;

__attribute__((noreturn, cold)) static void fail(const char *what, const char *detail)
{
    static atomic_flag failed = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&failed)) {
        pause(); /* another thread has failed and is about to end the process */
    }
    fprintf(stderr, "stress: %s%s\n", what, detail);
    _exit(1);
}

static uint32_t next(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

/* The eight bytes at offset 8 * at of a block with this mark. */
static uint64_t pattern(uint32_t mark, size_t at)
{
    return (mark + at) * UINT64_C(0x9E3779B97F4A7C15);
}

static void fill(const struct record *record, size_t from)
{
    for (size_t at = from / 8; at * 8 < record->size; at++) {
        uint64_t word = pattern(record->mark, at);
        size_t left = record->size - at * 8;
        memcpy(record->pointer + at * 8, &word, left < 8 ? left : 8);
    }
}

static void check(const struct record *record, size_t size)
{
    for (size_t at = 0; at * 8 < size; at++) {
        uint64_t word = pattern(record->mark, at);
        size_t left = size - at * 8;
        if (memcmp(record->pointer + at * 8, &word, left < 8 ? left : 8) != 0) {
            fail("a block was overwritten", "");
        }
    }
}

/* Mostly tiny, sometimes up to 20 KB, seldom up to 2 MiB. */
static uint32_t some_size(uint32_t *random)
{
    uint32_t drawn = next(random);
    uint32_t limit = drawn % 2048 == 0 ? 2u << 20 : drawn % 16 == 0 ? 20000 : drawn % 4 == 0 ? 64 : 2100;
    return next(random) % limit;
}

static uint8_t *zeroed(uint32_t size)
{
    uint8_t *pointer = calloc(1, size);
    for (uint32_t at = 0; pointer != NULL && at < size; at++) {
        if (pointer[at] != 0) {
            fail("calloc gave memory that is not zero", "");
        }
    }
    return pointer;
}

static void allocate(struct worker *worker, struct record *record)
{
    uint32_t drawn = next(&worker->random);
    uint32_t size = some_size(&worker->random);
    size_t alignment = size < 8 ? 8 : 16;
    if (drawn % 8 == 0) {
        record->pointer = zeroed(size);
    } else if (drawn % 16 == 1) {
        alignment = (size_t)8 << (drawn / 16 % 10);
        record->pointer = aligned_alloc(alignment, size);
    } else {
        record->pointer = malloc(size);
    }
    if (record->pointer == NULL) {
        fail("out of memory", "");
    }
    if ((uintptr_t)record->pointer % alignment != 0) {
        fail("a block is not aligned as it should be", "");
    }
    record->size = size;
    record->mark = drawn;
    record->maker = worker;
    fill(record, 0);
    worker->counts.allocations++;
}

static void release(struct worker *worker, struct record *record)
{
    check(record, record->size);
    free(record->pointer);
    record->pointer = NULL;
    worker->counts.frees++;
    worker->counts.frees_of_others += record->maker != worker;
}

/* Resizes up to four times; the contents must come along. */
static void resize(struct worker *worker, struct record *record)
{
    for (uint32_t left = next(&worker->random) % 4 + 1; left > 0; left--) {
        uint32_t size = some_size(&worker->random) + 1;
        uint32_t kept = record->size < size ? record->size : size;
        record->pointer = realloc(record->pointer, size);
        if (record->pointer == NULL) {
            fail("out of memory", "");
        }
        check(record, kept);
        record->size = size;
        fill(record, kept);
        worker->counts.resizes++;
    }
}

/* Swaps one of the worker's records for one that another has laid down. */
static void hand_over(struct worker *worker, struct record **own, uint32_t drawn)
{
    *own = atomic_exchange_explicit(&exchange[drawn % EXCHANGE], *own, memory_order_acq_rel);
    worker->counts.handed_over++;
}

/* One operation on one of the worker's records: what it is depends on the phase, and on whether the record holds a block. */
static void operate(struct worker *worker)
{
    if (worker->phase_left == 0) {
        worker->phase = next(&worker->random) % PHASES;
        worker->phase_left = next(&worker->random) % (2 * OWN) + 1;
    }
    worker->phase_left--;
    uint32_t drawn = next(&worker->random);
    struct record **own = &worker->own[drawn % OWN];
    int turn = drawn / OWN % 8 == 0;
    if (worker->phase == PHASE_HAND_OVER) {
        hand_over(worker, own, drawn / OWN);
    } else if ((*own)->pointer == NULL) {
        if (worker->phase != PHASE_DRAIN || turn) {
            allocate(worker, *own);
        }
    } else if (turn) {
        resize(worker, *own);
    } else if (worker->phase != PHASE_FILL) {
        release(worker, *own);
    }
}

/* Has free_late called when the thread ends. */
static void keep_late(struct worker *worker)
{
    int error = pthread_setspecific(late_key, worker);
    if (error != 0) {
        fail("pthread_setspecific: ", strerror(error));
    }
}

/*
 * A destructor that runs after the allocator's own has handed everything back: it frees, and allocates again, in each of the
 * rounds that the C library makes.
 */
static void free_late(void *argument)
{
    struct worker *worker = argument;
    struct record *late = &worker->late[--worker->late_left];
    release(worker, late);
    allocate(worker, late);
    release(worker, late);
    worker->counts.late_frees += 2;
    if (worker->late_left > 0) {
        keep_late(worker);
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    while (worker->late_left < LATE_ROUNDS) {
        allocate(worker, &worker->late[worker->late_left++]);
    }
    keep_late(worker);
    for (uint64_t left = worker->operations; left > 0; left--) {
        operate(worker);
    }
    worker->counts.operations += worker->operations;
    return NULL;
}

static void start(struct worker *worker)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int error = pthread_create(&worker->thread, &attributes, work, worker);
    if (error != 0) {
        fail("cannot start a thread: ", strerror(error));
    }
    pthread_attr_destroy(&attributes);
    worker->running = 1;
}

static void join(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
    worker->running = 0;
}

static void release_exchanged(struct worker *worker)
{
    for (int i = 0; i < EXCHANGE; i++) {
        if (exchange[i]->pointer != NULL) {
            release(worker, exchange[i]);
        }
    }
}

/* The child has the blocks that were on their way between threads, and memory of threads that did not come along. */
static void live_as_child(uint32_t life, uint32_t seed)
{
    static struct worker worker;
    static struct record own[OWN];
    alarm(CHILD_SECONDS); /* so that a child that hangs is noticed */
    for (int i = 0; i < OWN; i++) {
        worker.own[i] = &own[i];
    }
    worker.random = seed;
    worker.operations = life;
    release_exchanged(&worker);
    start(&worker);
    join(&worker);
    for (uint32_t left = life; left > 0; left--) {
        operate(&worker);
    }
    _exit(0);
}

static void fork_once(uint32_t life, uint32_t seed)
{
    pid_t child = fork();
    if (child == 0) {
        live_as_child(life, seed);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        fail("fork: ", strerror(errno));
    }
    if (WIFSIGNALED(status)) {
        fail("the child of a fork died: ", strsignal(WTERMSIG(status)));
    }
    if (status != 0) {
        _exit(1); /* the child has said why */
    }
}

static uint64_t number(const char *what, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < least || value > most) {
        fprintf(stderr, "stress: %s must be a number from %" PRIu64 " to %" PRIu64 ", not '%s'\n", what, least, most, text);
        exit(1);
    }
    return value;
}

static struct options parse(int count, char **arguments)
{
    static const char usage[] = "usage: stress THREADS OPS SEED [--seconds S] [--life OPS] [--forks N] [--memory MIB]";
    if (count < 4) {
        fail(usage, "");
    }
    struct options options = {.life = 10000};
    options.threads = (uint32_t)number("THREADS", arguments[1], 1, MOST_THREADS);
    options.operations = number("OPS", arguments[2], 1, UINT64_C(1) << 40);
    options.seed = (uint32_t)number("SEED", arguments[3], 1, UINT32_MAX);
    for (int i = 4; i < count; i += 2) {
        const char *name = arguments[i];
        const char *value = arguments[i + 1];
        if (value == NULL) {
            fail("no value after ", name);
        }
        if (strcmp(name, "--seconds") == 0) {
            options.seconds = (uint32_t)number(name, value, 0, 1000000);
        } else if (strcmp(name, "--life") == 0) {
            options.life = (uint32_t)number(name, value, 1, 1000000000);
        } else if (strcmp(name, "--forks") == 0) {
            options.forks = (uint32_t)number(name, value, 0, 1000000);
        } else if (strcmp(name, "--memory") == 0) {
            options.memory_mib = (uint32_t)number(name, value, 1, 1u << 30);
        } else {
            fail("unknown option ", name);
        }
    }
#ifdef __SANITIZE_THREAD__
    if (options.forks != 0 || options.memory_mib != 0) {
        fail("ThreadSanitizer allows neither threads in the child of a fork nor a limit of memory: leave out --forks and"
             " --memory", "");
    }
#endif
    return options;
}

static void limit_memory(uint32_t mib)
{
    struct rlimit limit = {(rlim_t)mib << 20, (rlim_t)mib << 20};
    if (setrlimit(RLIMIT_AS, &limit) != 0) {
        fail("cannot limit the memory: ", strerror(errno));
    }
}

static void prepare(const struct options *options)
{
    if (options->memory_mib != 0) {
        limit_memory(options->memory_mib);
    }
    if (pthread_key_create(&late_key, free_late) != 0) {
        fail("pthread_key_create: ", "no key left");
    }
    for (int i = 0; i < EXCHANGE; i++) {
        exchange[i] = &records[i];
    }
    for (uint32_t i = 0; i < MOST_THREADS * OWN; i++) {
        workers[i / OWN].own[i % OWN] = &records[EXCHANGE + i];
    }
    for (uint32_t i = 0; i < options->threads; i++) {
        workers[i].random = options->seed + i * 0x9E3779B9u;
        workers[i].random += workers[i].random == 0; /* from 0 there come only zeros */
    }
}

static int is_time_left(const struct options *options, time_t began)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - began < (time_t)options->seconds;
}

/* Starts, joins and forks until the operations are done and the time is over; returns how many threads there were. */
static uint64_t run(const struct options *options)
{
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    uint64_t left = options->operations;
    uint64_t lives = 0;
    uint32_t forks = 0;
    uint32_t running = 0;
    do {
        for (uint32_t i = 0; i < options->threads; i++) {
            struct worker *worker = &workers[i];
            if (worker->running) {
                join(worker);
                running--;
            }
            if (left == 0 && is_time_left(options, began.tv_sec)) {
                left = options->operations;
            }
            if (left > 0) {
                uint64_t some = options->life / 2 + 1 + next(&worker->random) % options->life;
                worker->operations = some < left ? some : left;
                left -= worker->operations;
                start(worker);
                running++;
                lives++;
            }
            if (forks < options->forks) {
                forks++;
                fork_once(options->life, options->seed + forks);
            }
        }
    } while (running > 0 || forks < options->forks);
    return lives;
}

/* Frees what is left and adds up what was done. */
static struct counts finish(void)
{
    struct counts sum = {0};
    release_exchanged(&workers[0]);
    for (int i = 0; i < MOST_THREADS; i++) {
        struct worker *worker = &workers[i];
        for (int j = 0; j < OWN; j++) {
            if (worker->own[j]->pointer != NULL) {
                release(worker, worker->own[j]);
            }
        }
        sum.operations += worker->counts.operations;
        sum.allocations += worker->counts.allocations;
        sum.frees += worker->counts.frees;
        sum.frees_of_others += worker->counts.frees_of_others;
        sum.late_frees += worker->counts.late_frees;
        sum.resizes += worker->counts.resizes;
        sum.handed_over += worker->counts.handed_over;
    }
    return sum;
}

int main(int count, char **arguments)
{
    struct options options = parse(count, arguments);
    prepare(&options);
    uint64_t lives = run(&options);
    struct counts sum = finish();
    if (sum.allocations != sum.frees) {
        fail("blocks were lost", "");
    }
    printf("operations: %" PRIu64 "\n", sum.operations);
    printf("threads: %" PRIu64 " forks: %" PRIu32 " allocations: %" PRIu64 " frees: %" PRIu64 " of-others: %" PRIu64
           " late: %" PRIu64 " resizes: %" PRIu64 " handed-over: %" PRIu64 "\n",
           lives, options.forks, sum.allocations, sum.frees, sum.frees_of_others, sum.late_frees, sum.resizes,
           sum.handed_over);
    if (fflush(stdout) != 0) {
        fail("cannot write the result: ", strerror(errno));
    }
    return 0;
}
