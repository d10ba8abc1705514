/*
 * Runs sequences of calls, each in a child process that starts from the same fresh state: a crash costs one sequence, and
 * the same lines give the same answers. Input, one call a line; "run", or the end of the input, ends a sequence:
 *   set NAME=VALUE                                environment of this sequence, which has nothing else in it
 *   THREAD malloc BLOCK SIZE
 *   THREAD calloc BLOCK COUNT SIZE
 *   THREAD aligned_alloc BLOCK ALIGNMENT SIZE
 *   THREAD posix_memalign BLOCK ALIGNMENT SIZE
 *   THREAD realloc BLOCK SIZE
 *   THREAD malloc_usable_size BLOCK
 *   THREAD check BLOCK                            compares the contents with what was written
 *   THREAD free BLOCK
 *   THREAD free_again BLOCK                       frees the address that the block had
 *   THREAD free_at BLOCK OFFSET                   frees an address beside the block's
 *   THREAD statistics
 *   THREAD exit                                   the thread ends; its number then stands for a new one
 * THREAD is 0 to 3, BLOCK 0 to 4095. Each block is filled with a pattern of its own, to its last usable byte, and compared
 * with it when it is freed or resized, and at the end. Threads run only where a sequence
 * names another than 0 or ends one, and one at a time.
 *
 * Output, one line a call:
 *   ADDRESS HEADER USABLE ERRNO CONTENTS HEADERS C0 C1 C2 C3 C4 C5 C6 C7 ULTRA
 * CONTENTS is ok, damaged, or (calloc) dirty; HEADERS is ok or the number of a live block whose header has changed; then the
 * blocks in each cache of the calling thread (not for exit). "statistics" gives the counters of stats_counters.h, by counter
 * and class. Last comes "end" with ok, "damaged BLOCK", "printed LINE", "status N LINE" or "signal N LINE", LINE being the
 * first on standard error.
 *
 * Built with HAK_LIBRARY it holds no allocator, runs on whatever malloc it finds, in the environment that it was given unless
 * a sequence sets one, and first names the file that malloc is from and the other calls that this file has.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stats_counters.h"
#include "tiny_cache_state.h"

#ifndef HAK_LIBRARY
#define HAK_LIBRARY 0
#endif

enum {
    BLOCKS = 4096,
    THREADS = 4,
    VARIABLES = 8,
    OPERATIONS = 16384,
    WORDS = 5,
    LINE_BYTES = 512,
    ANSWER_BYTES = OPERATIONS * LINE_BYTES,
    THREAD_STACK_BYTES = 128 << 10,
    PATIENCE_SECONDS = 60
};

enum call {
    MALLOC, CALLOC, ALIGNED_ALLOC, POSIX_MEMALIGN, REALLOC, USABLE_SIZE, CHECK, FREE, FREE_AGAIN, FREE_AT, STATISTICS, EXIT,
    CALLS
};

/* How a call is written, and how many numbers follow its name. */
static const struct {
    const char *name;
    int numbers;
} grammar[CALLS] = {
    [MALLOC] = {"malloc", 2},
    [CALLOC] = {"calloc", 3},
    [ALIGNED_ALLOC] = {"aligned_alloc", 3},
    [POSIX_MEMALIGN] = {"posix_memalign", 3},
    [REALLOC] = {"realloc", 2},
    [USABLE_SIZE] = {"malloc_usable_size", 1},
    [CHECK] = {"check", 1},
    [FREE] = {"free", 1},
    [FREE_AGAIN] = {"free_again", 1},
    [FREE_AT] = {"free_at", 2},
    [STATISTICS] = {"statistics", 0},
    [EXIT] = {"exit", 0},
};

struct operation {
    uint8_t call;
    uint8_t thread;
    uint16_t block;
    size_t first;
    size_t second;
};

struct block {
    uint8_t *pointer; /* NULL: not live */
    uint8_t *last;    /* where it was when it was last live */
    size_t size;
    size_t usable;
    uint32_t seed;
    uint8_t header;
};

struct worker {
    pthread_t thread;
    sem_t turn;
    int runs;
    int ends;
};

static char *variables[VARIABLES + 1];
static size_t variable_count;
static char variable_text[VARIABLES][LINE_BYTES];
static struct operation operations[OPERATIONS];
static size_t operation_count;

/* What a child works on. */
static struct block blocks[BLOCKS];
static size_t blocks_used;
static struct worker workers[THREADS];
static sem_t control;
static size_t next_operation;
static unsigned long uncounted[STATS_COUNTERS][TINY_CLASSES];

/* What a child says, in memory that it shares with its parent, so that its last words survive it. */
struct answers {
    size_t length;
    int is_damaged;
    size_t damaged_block;
    char text[ANSWER_BYTES];
};

static struct answers *answers;
static int has_usable_size = 1;
static int own_errors; /* standard error as it was given; children have a pipe there */

extern char **environ;

/* ---- text ---- */

static char *put_text(char *to, const char *text)
{
    while (*text != '\0') {
        *to++ = *text++;
    }
    return to;
}

static char *put_number(char *to, size_t number, unsigned base)
{
    char digits[24];
    size_t at = 0;
    do {
        digits[at++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (at > 0) {
        *to++ = digits[--at];
    }
    return to;
}

static void write_all(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, text, length);
        if (written < 0 && errno != EINTR) {
            _exit(1);
        }
        text += written < 0 ? 0 : written;
        length -= written < 0 ? 0 : (size_t)written;
    }
}

/* One line about a line of the input, or (0) about the machine, and the end. */
static void refuse(size_t line, const char *what)
{
    char text[LINE_BYTES];
    char *to = put_text(text, "allocator_pipe: ");
    if (line != 0) {
        to = put_text(put_number(put_text(to, "line "), line, 10), ": ");
    }
    to = put_text(to, what);
    *to++ = '\n';
    write_all(own_errors, text, (size_t)(to - text));
    _exit(1);
}

/* ---- contents ---- */

static uint32_t pattern(uint32_t seed, size_t word)
{
    return seed * 0x9E3779B1u ^ (uint32_t)word * 0x85EBCA77u;
}

static void fill(uint8_t *to, size_t bytes, uint32_t seed)
{
    size_t words = bytes / 4;
    for (size_t at = 0; at < words; at++) {
        uint32_t word = pattern(seed, at);
        __builtin_memcpy(to + 4 * at, &word, sizeof word);
    }
    uint32_t last = pattern(seed, words);
    __builtin_memcpy(to + 4 * words, &last, bytes % 4);
}

static int is_intact(const uint8_t *from, size_t bytes, uint32_t seed)
{
    size_t words = bytes / 4;
    uint32_t wrong = 0;
    for (size_t at = 0; at < words; at++) {
        uint32_t word;
        __builtin_memcpy(&word, from + 4 * at, sizeof word);
        wrong |= word ^ pattern(seed, at);
    }
    uint32_t last = pattern(seed, words);
    return wrong == 0 && __builtin_memcmp(from + 4 * words, &last, bytes % 4) == 0;
}

static int is_zero(const uint8_t *from, size_t bytes)
{
    uint8_t set = 0;
    for (size_t at = 0; at < bytes; at++) {
        set |= from[at];
    }
    return set == 0;
}

/* ---- one call ---- */

static uint8_t header_of(const uint8_t *pointer)
{
    return HAK_LIBRARY ? 0 : pointer[-1];
}

/* A live block whose header is no longer what it was, or -1. */
static long changed_header(void)
{
    for (size_t number = 0; number < blocks_used; number++) {
        const struct block *block = &blocks[number];
        if (block->pointer != NULL && header_of(block->pointer) != block->header) {
            return (long)number;
        }
    }
    return -1;
}

static char *put_cache_fill(char *to)
{
#if !HAK_LIBRARY
    for (int class = 0; class < TINY_CLASSES; class++) {
        const struct unified_cache *cache = &g_unified_cache[class];
        *to++ = ' ';
        to = put_number(to, (size_t)((cache->tail - cache->head) & cache->mask), 10);
    }
    *to++ = ' ';
    return put_number(to, g_tiny_c7_ultra.count, 10);
#else
    return put_text(to, " 0 0 0 0 0 0 0 0 0");
#endif
}

static unsigned long counter(int which, int class)
{
#if !HAK_LIBRARY
    return g_stats[which][class];
#else
    (void)which;
    (void)class;
    return 0;
#endif
}

static void answer(const uint8_t *pointer, size_t usable, int error, const char *contents)
{
    char *start = &answers->text[answers->length];
    char *to = put_number(start, (uintptr_t)pointer, 16);
    *to++ = ' ';
    to = put_number(to, pointer == NULL ? 0 : header_of(pointer), 16);
    *to++ = ' ';
    to = put_number(to, usable, 10);
    *to++ = ' ';
    to = put_number(to, (size_t)error, 10);
    *to++ = ' ';
    to = put_text(to, contents);
    *to++ = ' ';
    long changed = changed_header();
    to = changed < 0 ? put_text(to, "ok") : put_number(to, (size_t)changed, 10);
    to = put_cache_fill(to);
    *to++ = '\n';
    answers->length += (size_t)(to - start);
}

static void answer_statistics(void)
{
    char *start = &answers->text[answers->length];
    char *to = put_text(start, "statistics");
    for (int which = 0; which < STATS_COUNTERS; which++) {
        for (int class = 0; class < TINY_CLASSES; class++) {
            *to++ = ' ';
            to = put_number(to, counter(which, class) - uncounted[which][class], 10);
        }
    }
    *to++ = '\n';
    answers->length += (size_t)(to - start);
}

/* The block is live from now on, with a pattern of its own. */
static void settle(struct block *block, uint8_t *pointer, size_t size, const char *contents)
{
    int error = errno;
    if (pointer == NULL) {
        answer(NULL, 0, error, contents);
        return;
    }
    block->pointer = pointer;
    block->last = pointer;
    block->size = size;
    block->usable = has_usable_size ? malloc_usable_size(pointer) : size;
    block->seed = (uint32_t)next_operation + 1;
    block->header = header_of(pointer);
    fill(pointer, block->usable, block->seed);
    answer(pointer, block->usable, error, contents);
}

static void resize(struct block *block, size_t size)
{
    size_t kept = block->size < size ? block->size : size;
    uint8_t *old = block->pointer;
    block->pointer = NULL;
    uint8_t *pointer = realloc(old, size);
    if (pointer != NULL) {
        settle(block, pointer, size, is_intact(pointer, old == NULL ? 0 : kept, block->seed) ? "ok" : "damaged");
        return;
    }
    int error = errno;
    if (size != 0) {
        block->pointer = old; /* a failed realloc leaves the block as it was */
    }
    int intact = block->pointer == NULL || is_intact(old, block->usable, block->seed);
    answer(NULL, 0, error, intact ? "ok" : "damaged");
}

static void release(struct block *block)
{
    uint8_t *pointer = block->pointer;
    int intact = pointer == NULL || is_intact(pointer, block->usable, block->seed);
    block->pointer = NULL;
    errno = 0;
    free(pointer);
    answer(NULL, 0, errno, intact ? "ok" : "damaged");
}

static void execute(const struct operation *operation)
{
    struct block *block = &blocks[operation->block];
    size_t first = operation->first;
    size_t second = operation->second;
    errno = 0;
    switch (operation->call) {
    case MALLOC:
        settle(block, malloc(first), first, "ok");
        break;
    case CALLOC: {
        uint8_t *pointer = calloc(first, second);
        settle(block, pointer, first * second, pointer == NULL || is_zero(pointer, first * second) ? "ok" : "dirty");
        break;
    }
    case ALIGNED_ALLOC:
        settle(block, aligned_alloc(first, second), second, "ok");
        break;
    case POSIX_MEMALIGN: {
        void *pointer = NULL;
        int error = posix_memalign(&pointer, first, second);
        errno = error;
        settle(block, error == 0 ? pointer : NULL, second, "ok");
        break;
    }
    case REALLOC:
        resize(block, first);
        break;
    case USABLE_SIZE:
        answer(block->pointer, has_usable_size ? malloc_usable_size(block->pointer) : block->size, 0, "ok");
        break;
    case CHECK: {
        int intact = block->pointer == NULL || is_intact(block->pointer, block->usable, block->seed);
        answer(block->pointer, block->usable, 0, intact ? "ok" : "damaged");
        break;
    }
    case FREE:
        release(block);
        break;
    case FREE_AGAIN:
        free(block->last);
        answer(NULL, 0, errno, "ok");
        break;
    case FREE_AT:
        free(block->last + first);
        answer(NULL, 0, errno, "ok");
        break;
    case STATISTICS:
        answer_statistics();
        break;
    default:
        answer(NULL, 0, 0, "ok");
    }
}

/* ---- a sequence ---- */

/* Executes calls for as long as they are this thread's, then hands over to the thread whose turn it is. */
static void take_turn(unsigned self)
{
    const struct operation *operation = &operations[next_operation];
    while (next_operation < operation_count && operation->thread == self && operation->call != EXIT) {
        execute(operation++);
        next_operation++;
    }
    int to_control = next_operation == operation_count || operation->call == EXIT || !workers[operation->thread].runs;
    sem_post(to_control ? &control : &workers[operation->thread].turn);
}

static void *work(void *argument)
{
    struct worker *self = argument;
    while (sem_wait(&self->turn) == 0 && !self->ends) {
        take_turn((unsigned)(self - workers));
    }
    return NULL;
}

/* What starting and joining threads allocates is the C library's, in the controlling thread: it is not counted. */
static void leave_uncounted(unsigned long sign)
{
    for (int which = 0; which < STATS_COUNTERS; which++) {
        for (int class = 0; class < TINY_CLASSES; class++) {
            uncounted[which][class] += sign * counter(which, class);
        }
    }
}

static void start_worker(struct worker *worker)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
    sem_init(&worker->turn, 0, 0);
    worker->ends = 0;
    leave_uncounted(-1ul);
    if (pthread_create(&worker->thread, &attributes, work, worker) != 0) {
        _exit(3);
    }
    leave_uncounted(1);
    worker->runs = 1;
}

static void end_worker(struct worker *worker)
{
    worker->ends = 1;
    leave_uncounted(-1ul);
    sem_post(&worker->turn);
    pthread_join(worker->thread, NULL);
    leave_uncounted(1);
    worker->runs = 0;
}

static void run_on_threads(void)
{
    sem_init(&control, 0, 0);
    while (next_operation < operation_count) {
        const struct operation *operation = &operations[next_operation];
        struct worker *worker = &workers[operation->thread];
        if (operation->call == EXIT) {
            if (worker->runs) {
                end_worker(worker);
            }
            execute(operation);
            next_operation++;
            continue;
        }
        if (!worker->runs) {
            start_worker(worker);
        }
        sem_post(&worker->turn);
        while (sem_wait(&control) != 0) {
        }
    }
}

static int needs_threads(void)
{
    for (size_t at = 0; at < operation_count; at++) {
        if (operations[at].thread != 0 || operations[at].call == EXIT) {
            return 1;
        }
    }
    return 0;
}

static void run_child(void)
{
    alarm(PATIENCE_SECONDS);
    if (!HAK_LIBRARY || variable_count > 0) {
        environ = variables;
    }
    if (needs_threads()) {
        run_on_threads();
    } else {
        take_turn(0);
    }
    for (size_t number = 0; number < blocks_used && !answers->is_damaged; number++) {
        const struct block *block = &blocks[number];
        answers->is_damaged = block->pointer != NULL && !is_intact(block->pointer, block->usable, block->seed);
        answers->damaged_block = number;
    }
    _exit(0);
}

/* The line that says how the child ended; complaint is where its standard error can be read. */
static void put_end(int status, int complaint)
{
    char line[LINE_BYTES / 2];
    char rest[LINE_BYTES];
    ssize_t length = read(complaint, line, sizeof line - 1);
    line[length > 0 ? length : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    while (read(complaint, rest, sizeof rest) > 0) {
    }
    char *start = &answers->text[answers->length];
    char *to = put_text(start, "end ");
    if (WIFSIGNALED(status)) {
        to = put_number(put_text(to, "signal "), (size_t)WTERMSIG(status), 10);
    } else if (WEXITSTATUS(status) != 0) {
        to = put_number(put_text(to, "status "), (size_t)WEXITSTATUS(status), 10);
    } else if (answers->is_damaged) {
        to = put_number(put_text(to, "damaged "), answers->damaged_block, 10);
    } else {
        to = put_text(to, length > 0 ? "printed" : "ok");
    }
    if (length > 0) {
        *to++ = ' ';
        to = put_text(to, line);
    }
    *to++ = '\n';
    answers->length += (size_t)(to - start);
}

static void run_sequence(int complaint)
{
    answers->length = 0;
    answers->is_damaged = 0;
    pid_t child = fork();
    if (child == 0) {
        run_child();
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        refuse(0, "cannot run a child process");
    }
    put_end(status, complaint);
    write_all(STDOUT_FILENO, answers->text, answers->length);
    operation_count = 0;
    blocks_used = 0;
    variable_count = 0;
    variables[0] = NULL;
}

/* ---- the input ---- */

/* Cuts a line into at most WORDS words; returns how many there are. */
static int split(char *line, char **words)
{
    int count = 0;
    while (*line != '\0') {
        while (*line == ' ') {
            *line++ = '\0';
        }
        if (*line != '\0') {
            if (count == WORDS) {
                return WORDS + 1;
            }
            words[count++] = line;
        }
        while (*line != '\0' && *line != ' ') {
            line++;
        }
    }
    return count;
}

static size_t number_in(const char *word, size_t limit, size_t line)
{
    char *end;
    errno = 0;
    size_t number = strtoull(word, &end, 10);
    if (*word < '0' || *word > '9' || *end != '\0' || errno != 0 || number > limit) {
        refuse(line, "a number is missing, malformed or too large");
    }
    return number;
}

static void parse_variable(const char *text, size_t line)
{
    if (variable_count == VARIABLES || strchr(text, '=') == NULL || strlen(text) >= LINE_BYTES) {
        refuse(line, "set takes NAME=VALUE, at most 8 times");
    }
    put_text(variable_text[variable_count], text)[0] = '\0';
    variables[variable_count] = variable_text[variable_count];
    variables[++variable_count] = NULL;
}

static void parse_operation(char **words, int count, size_t line)
{
    int call = 0;
    while (call < CALLS && (count < 2 || strcmp(words[1], grammar[call].name) != 0)) {
        call++;
    }
    if (call == CALLS) {
        refuse(line, "unknown call; a line is THREAD CALL and the numbers that the call takes");
    }
    if (count != 2 + grammar[call].numbers) {
        refuse(line, "the call takes another count of numbers");
    }
    if (operation_count == OPERATIONS) {
        refuse(line, "a sequence has at most 16384 calls");
    }
    struct operation *operation = &operations[operation_count++];
    operation->call = (uint8_t)call;
    operation->thread = (uint8_t)number_in(words[0], THREADS - 1, line);
    operation->block = (uint16_t)(count > 2 ? number_in(words[2], BLOCKS - 1, line) : 0);
    operation->first = count > 3 ? number_in(words[3], SIZE_MAX, line) : 0;
    operation->second = count > 4 ? number_in(words[4], SIZE_MAX, line) : 0;
    if (operation->block >= blocks_used) {
        blocks_used = operation->block + 1u;
    }
}

static void obey(char *line, size_t number, int complaint)
{
    char *words[WORDS];
    int count = split(line, words);
    if (count == 0 || words[0][0] == '#') {
        return;
    }
    if (count == 1 && strcmp(words[0], "run") == 0) {
        run_sequence(complaint);
    } else if (count == 2 && strcmp(words[0], "set") == 0) {
        parse_variable(words[1], number);
    } else {
        parse_operation(words, count, number);
    }
}

/* Reads lines to the end of the input. */
static void read_input(int complaint)
{
    static char input[1 << 16];
    size_t kept = 0;
    size_t number = 0;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, input + kept, sizeof input - 1 - kept);
        if (got <= 0) {
            break;
        }
        kept += (size_t)got;
        size_t start = 0;
        char *end;
        while ((end = memchr(input + start, '\n', kept - start)) != NULL) {
            *end = '\0';
            obey(input + start, ++number, complaint);
            start = (size_t)(end - input) + 1;
        }
        kept -= start;
        memmove(input, input + start, kept);
        if (kept == sizeof input - 1) {
            refuse(number + 1, "the line is too long");
        }
    }
    input[kept] = '\0';
    obey(input, number + 1, complaint);
    if (operation_count > 0) {
        run_sequence(complaint);
    }
}

#if HAK_LIBRARY
/* The file that defines an address. */
static const char *definer(const void *address)
{
    Dl_info info;
    return dladdr(address, &info) != 0 && info.dli_fname != NULL ? info.dli_fname : "";
}

/* Names the file that malloc is from, and the calls that this file has. */
static void introduce(void)
{
    static const struct {
        const char *name;
        const void *address;
    } calls[] = {
        {"free", free}, {"calloc", calloc}, {"realloc", realloc}, {"aligned_alloc", aligned_alloc},
        {"posix_memalign", posix_memalign}, {"malloc_usable_size", malloc_usable_size},
    };
    char text[2 * LINE_BYTES + PATH_MAX];
    const char *library = definer(malloc);
    char *to = put_text(text, "malloc");
    for (size_t at = 0; at < sizeof calls / sizeof calls[0]; at++) {
        if (strcmp(definer(calls[at].address), library) == 0) {
            *to++ = ' ';
            to = put_text(to, calls[at].name);
        }
    }
    has_usable_size = strcmp(definer(malloc_usable_size), library) == 0;
    to = put_text(to, " from ");
    to = put_text(to, library);
    *to++ = '\n';
    write_all(STDOUT_FILENO, text, (size_t)(to - text));
}
#endif

#if !HAK_LIBRARY
/* Starts again without address randomisation where the machine allows it: the same lines then give the same addresses. */
static void fix_addresses(int count, char **arguments)
{
    static char again[] = "fixed";
    int now = personality(0xffffffff);
    if (count > 1 || now < 0 || (now & ADDR_NO_RANDOMIZE) != 0 || personality((unsigned long)(now | ADDR_NO_RANDOMIZE)) < 0) {
        return;
    }
    execv("/proc/self/exe", (char *[]){arguments[0], again, NULL});
}
#endif

int main(int count, char **arguments)
{
    int complaint[2];
    struct rlimit no_core = {0, 0};
#if HAK_LIBRARY
    (void)count;
    (void)arguments;
#else
    fix_addresses(count, arguments);
#endif
    answers = mmap(NULL, sizeof *answers, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    own_errors = dup(STDERR_FILENO);
    if (answers == MAP_FAILED || pipe2(complaint, O_NONBLOCK) != 0 || dup2(complaint[1], STDERR_FILENO) < 0) {
        refuse(0, "no memory or no file left");
    }
    setrlimit(RLIMIT_CORE, &no_core);
#if HAK_LIBRARY
    introduce();
#endif
    read_input(complaint[0]);
    return 0;
}
