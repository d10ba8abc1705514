/*
 * A preload library that writes the calls of the malloc family as an operation trace (operation_trace.h reads them):
 *
 *     LD_PRELOAD=./librecordallocs.so CYCLECAST_ALLOCS_FILE=out.txt program
 *
 * One lock is held around each call and its line, so the order of the lines is the order in which the allocator did the
 * operations: an address that another thread gets again stands behind its free. Tickets drawn before a free and after a
 * malloc would order these too without a lock, but a realloc is both at once and has no single place then.
 *
 * Calls that the allocator makes of itself are not written, nor are calls that failed. The lines go through a buffer of
 * the library's own. A forked child stops recording, since blocks of its parent are unknown to its file; a program that
 * it executes records into FILE.PID while FILE is in use by the first.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum {
    BUFFER_BYTES = 1 << 16,
    LINE_BYTES = 128, /* the longest line has a thread, a name and three numbers */
    PATH_BYTES = 4096,
    EARLY_BYTES = 1 << 14,
    HIGH_FILE = 500
};

/* The allocator that is recorded. */
static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
    void *(*memalign)(size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
} next;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t found = PTHREAD_ONCE_INIT;
static pthread_key_t end_of_thread;
static int recording;
static int unbuffered;
static int file = -1;
static char path[PATH_BYTES];
static struct stat opened;
static off_t written;
static char buffer[BUFFER_BYTES];
static size_t buffered;

/* Serves what is asked for while the allocator is looked up. Never reused. */
static _Alignas(16) uint8_t early[EARLY_BYTES];
static size_t early_used;

static _Thread_local int inside; /* a call of the allocator, or the look-up */
static _Thread_local int thread;
static _Thread_local int end_is_awaited;

static char *put_text(char *at, const char *text)
{
    while (*text != '\0') {
        *at++ = *text++;
    }
    return at;
}

static void complain(void)
{
    char line[PATH_BYTES + 256];
    char *at = put_text(line, "record_allocs: cannot write ");
    at = put_text(at, path);
    at = put_text(at, ": ");
    at = put_text(at, strerrordesc_np(errno));
    at = put_text(at, "; the program goes on unrecorded\n");
    ssize_t ignored = write(STDERR_FILENO, line, (size_t)(at - line));
    (void)ignored;
}

/* Whether the file is still ours: a program may close it, and open another one under its number. */
static int is_ours(void)
{
    struct stat now;
    if (fstat(file, &now) == 0 && now.st_dev == opened.st_dev && now.st_ino == opened.st_ino) {
        return 1;
    }
    errno = EBADF;
    return 0;
}

static int write_buffer(void)
{
    size_t done = 0;
    while (done < buffered) {
        ssize_t wrote = write(file, buffer + done, buffered - done);
        if (wrote >= 0) {
            done += (size_t)wrote;
        } else if (errno != EINTR) {
            int saved = errno;
            int ignored = ftruncate(file, written);
            (void)ignored;
            errno = saved;
            return 0;
        }
    }
    written += (off_t)done;
    return 1;
}

/* A file that cannot be written any more keeps the lines that it has. */
static void flush(void)
{
    if (recording && buffered != 0 && !(is_ours() && write_buffer())) {
        complain();
        recording = 0;
    }
    buffered = 0;
}

static char *put_decimal(char *at, uint64_t value)
{
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count != 0) {
        *at++ = digits[--count];
    }
    return at;
}

static char *put_address(char *at, const void *pointer)
{
    at = put_text(at, " 0x");
    uintptr_t value = (uintptr_t)pointer;
    int shift = 0;
    while (shift < 60 && value >> shift >> 4 != 0) {
        shift += 4;
    }
    for (; shift >= 0; shift -= 4) {
        *at++ = "0123456789abcdef"[value >> shift & 15];
    }
    return at;
}

static char *put_size(char *at, size_t size)
{
    *at++ = ' ';
    return put_decimal(at, size);
}

/* The start of a line for the present thread; the lock is held. */
static char *begin_line(const char *verb, const void *address)
{
    if (buffered + LINE_BYTES > BUFFER_BYTES) {
        flush();
    }
    char *at = put_decimal(buffer + buffered, (uint64_t)thread);
    at = put_text(at, ": ");
    at = put_text(at, verb);
    return put_address(at, address);
}

static void end_line(char *at)
{
    *at++ = '\n';
    buffered = (size_t)(at - buffer);
    if (unbuffered) {
        flush();
    }
}

static void write_sized(const char *verb, const void *address, size_t size)
{
    if (recording && address != NULL) {
        end_line(put_size(begin_line(verb, address), size));
    }
}

static void write_two_sizes(const char *verb, const void *address, size_t first, size_t second)
{
    if (recording && address != NULL) {
        end_line(put_size(put_size(begin_line(verb, address), first), second));
    }
}

static void write_realloc(const void *address, const void *old, size_t size)
{
    int freed = size == 0 && old != NULL;
    if (recording && (address != NULL || freed)) {
        end_line(put_size(put_address(begin_line("realloc", address), old), size));
    }
}

static void write_bare(const char *verb, const void *address)
{
    if (recording) {
        end_line(begin_line(verb, address));
    }
}

/* Runs again while there are rounds left: destructors of other keys may free until then. */
static void thread_ends(void *rounds)
{
    uintptr_t left = (uintptr_t)rounds - 1;
    if (left != 0) {
        pthread_setspecific(end_of_thread, (void *)left);
        return;
    }
    inside = 1;
    pthread_mutex_lock(&lock);
    write_bare("thread_done", NULL);
    pthread_mutex_unlock(&lock);
    inside = 0;
}

static int open_high(void)
{
    int low = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (low < 0) {
        return -1;
    }
    /* Out of the way of programs that close or count the first files. */
    int high = fcntl(low, F_DUPFD_CLOEXEC, HIGH_FILE);
    if (high < 0) {
        return low;
    }
    close(low);
    return high;
}

/* Opens the file that the environment names, or FILE.PID beside it if another process is writing to it. */
static void open_file(const char *named)
{
    if (strlen(named) > sizeof path - 32) {
        errno = ENAMETOOLONG;
        complain();
        return;
    }
    char *end = put_text(path, named);
    file = open_high();
    if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) != 0) {
        close(file);
        *put_decimal(put_text(end, "."), (uint64_t)getpid()) = '\0';
        file = open_high();
    }
    if (file < 0 || ftruncate(file, 0) != 0 || fstat(file, &opened) != 0) {
        complain();
        return;
    }
    recording = 1;
}

static void *find(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL) {
        static const char message[] = "record_allocs: the program has no malloc that can be recorded\n";
        ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
        (void)ignored;
        _exit(127);
    }
    return function;
}

static void find_allocator(void)
{
    *(void **)&next.calloc = find("calloc");
    *(void **)&next.realloc = find("realloc");
    *(void **)&next.free = find("free");
    *(void **)&next.memalign = find("memalign");
    *(void **)&next.aligned_alloc = find("aligned_alloc");
    *(void **)&next.posix_memalign = find("posix_memalign");
    *(void **)&next.valloc = find("valloc");
    *(void **)&next.pvalloc = find("pvalloc");
    *(void **)&next.malloc = find("malloc");
    const char *named = getenv("CYCLECAST_ALLOCS_FILE");
    if (named != NULL && pthread_key_create(&end_of_thread, thread_ends) == 0) {
        open_file(named);
    }
}

/* Before each call: whether it is the program's own, so that it is to be written; the lock is held then. */
static int enter(void)
{
    if (inside) {
        return 0;
    }
    int saved = errno;
    inside = 1;
    pthread_once(&found, find_allocator);
    if (thread == 0) {
        thread = gettid();
        if (recording && thread != getpid()) {
            end_is_awaited = 1;
        }
    }
    inside = 0;
    if (end_is_awaited) {
        end_is_awaited = 0;
        /* This may allocate, which is the program's as much as the thread itself. */
        pthread_setspecific(end_of_thread, (void *)(uintptr_t)PTHREAD_DESTRUCTOR_ITERATIONS);
    }
    errno = saved;
    inside = 1;
    pthread_mutex_lock(&lock);
    return 1;
}

/* After each call that was entered; what went on in between is no business of the program's. */
static void leave(int saved)
{
    pthread_mutex_unlock(&lock);
    inside = 0;
    errno = saved;
}

static int is_early(const void *pointer)
{
    return (const uint8_t *)pointer >= early && (const uint8_t *)pointer < early + sizeof early;
}

/* Zeroed, as nothing is reused. Each block is preceded by its size. */
static void *early_alloc(size_t size)
{
    size_t bytes = (size + 31) & ~(size_t)15;
    size_t at = __atomic_fetch_add(&early_used, bytes, __ATOMIC_RELAXED);
    if (size > sizeof early || at + bytes > sizeof early) {
        errno = ENOMEM;
        return NULL;
    }
    memcpy(early + at, &size, sizeof size);
    return early + at + 16;
}

API void *malloc(size_t size)
{
    if (!enter()) {
        return next.malloc == NULL ? early_alloc(size) : next.malloc(size);
    }
    void *block = next.malloc(size);
    int saved = errno;
    write_sized("malloc", block, size);
    leave(saved);
    return block;
}

API void *calloc(size_t count, size_t size)
{
    if (!enter()) {
        size_t bytes;
        if (next.malloc != NULL) {
            return next.calloc(count, size);
        }
        return __builtin_mul_overflow(count, size, &bytes) ? NULL : early_alloc(bytes);
    }
    void *block = next.calloc(count, size);
    int saved = errno;
    write_two_sizes("calloc", block, count, size);
    leave(saved);
    return block;
}

API void free(void *block)
{
    if (is_early(block)) {
        return;
    }
    if (!enter()) {
        if (next.malloc != NULL) {
            next.free(block);
        }
        return;
    }
    int saved = errno;
    write_bare("free", block);
    next.free(block);
    leave(saved);
}

API void *realloc(void *old, size_t size)
{
    if (is_early(old)) {
        size_t old_size;
        memcpy(&old_size, (uint8_t *)old - 16, sizeof old_size);
        void *block = malloc(size);
        return block == NULL ? NULL : memcpy(block, old, old_size < size ? old_size : size);
    }
    if (!enter()) {
        return next.malloc == NULL ? early_alloc(size) : next.realloc(old, size);
    }
    void *block = next.realloc(old, size);
    int saved = errno;
    write_realloc(block, old, size);
    leave(saved);
    return block;
}

/* As allocators take it that are given no power of two. */
static size_t power_of_two(size_t alignment)
{
    size_t power = 1;
    while (power < alignment && power != 0) {
        power *= 2;
    }
    return power;
}

API void *memalign(size_t alignment, size_t size)
{
    if (!enter()) {
        return next.malloc == NULL ? NULL : next.memalign(alignment, size);
    }
    void *block = next.memalign(alignment, size);
    int saved = errno;
    write_two_sizes("memalign", block, power_of_two(alignment), size);
    leave(saved);
    return block;
}

API void *aligned_alloc(size_t alignment, size_t size)
{
    if (!enter()) {
        return next.malloc == NULL ? NULL : next.aligned_alloc(alignment, size);
    }
    void *block = next.aligned_alloc(alignment, size);
    int saved = errno;
    write_two_sizes("memalign", block, power_of_two(alignment), size);
    leave(saved);
    return block;
}

API int posix_memalign(void **result, size_t alignment, size_t size)
{
    if (!enter()) {
        return next.malloc == NULL ? ENOMEM : next.posix_memalign(result, alignment, size);
    }
    int status = next.posix_memalign(result, alignment, size);
    int saved = errno;
    if (status == 0) {
        write_two_sizes("memalign", *result, alignment, size);
    }
    leave(saved);
    return status;
}

API void *valloc(size_t size)
{
    if (!enter()) {
        return next.malloc == NULL ? NULL : next.valloc(size);
    }
    void *block = next.valloc(size);
    int saved = errno;
    write_two_sizes("memalign", block, (size_t)sysconf(_SC_PAGESIZE), size);
    leave(saved);
    return block;
}

API void *pvalloc(size_t size)
{
    if (!enter()) {
        return next.malloc == NULL ? NULL : next.pvalloc(size);
    }
    void *block = next.pvalloc(size);
    int saved = errno;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    write_two_sizes("memalign", block, page, (size + page - 1) & ~(page - 1));
    leave(saved);
    return block;
}

static void flush_at_end(void)
{
    inside = 1;
    pthread_mutex_lock(&lock);
    flush();
    pthread_mutex_unlock(&lock);
    inside = 0;
}

/* Programs that end here run no destructors. */
API __attribute__((noreturn)) void _exit(int status)
{
    flush_at_end();
    for (;;) {
        syscall(SYS_exit_group, status);
    }
}

API __attribute__((noreturn)) void _Exit(int status)
{
    _exit(status);
}

static void fork_prepare(void)
{
    pthread_mutex_lock(&lock);
}

static void fork_in_parent(void)
{
    pthread_mutex_unlock(&lock);
}

static void fork_in_child(void)
{
    recording = 0;
    buffered = 0;
    close(file);
    file = -1;
    thread = 0;
    pthread_mutex_unlock(&lock);
}

/* Registered late, so that this lock is taken before those of the allocator, as in every other call. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(fork_prepare, fork_in_parent, fork_in_child);
}

__attribute__((destructor)) static void end(void)
{
    /* Other destructors may follow. */
    unbuffered = 1;
    flush_at_end();
}
