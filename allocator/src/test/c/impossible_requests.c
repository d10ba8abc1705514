/* Requests that cannot be met fail with the error code of the standard, and leave everything else as it was. */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void expect_error(const char *call, const void *result, int expected)
{
    if (result != NULL || errno != expected) {
        printf("%s: result %p, errno %d instead of %d\n", call, result, errno, expected);
        failures++;
    }
    errno = 0;
}

static void expect(const char *what, int holds)
{
    if (!holds) {
        printf("%s\n", what);
        failures++;
    }
}

/* Hidden from the compiler, which knows that no object is larger than PTRDIFF_MAX. */
static size_t absurd(size_t less)
{
    volatile size_t size = SIZE_MAX;
    return size - less;
}

static void absurd_sizes(size_t less)
{
    size_t size = absurd(less);
    expect_error("malloc", malloc(size), ENOMEM);
    expect_error("calloc", calloc(1, size), ENOMEM);
    expect_error("calloc", calloc(size, 1), ENOMEM);
    expect_error("aligned_alloc to 8", aligned_alloc(8, size), ENOMEM);
    expect_error("aligned_alloc to 64", aligned_alloc(64, size), ENOMEM);
    expect_error("aligned_alloc to 2^62", aligned_alloc((size_t)1 << 62, size), ENOMEM);
    expect_error("valloc", valloc(size), ENOMEM);
    expect_error("pvalloc", pvalloc(size), ENOMEM);
    void *result = &failures;
    expect("posix_memalign gives ENOMEM", posix_memalign(&result, 64, size) == ENOMEM);
    expect("posix_memalign leaves the result and errno", result == &failures && errno == 0);
}

static void realloc_keeps_the_block(size_t size, size_t less)
{
    unsigned char *block = malloc(size);
    memset(block, 0x5A, size);
    expect_error("realloc", realloc(block, absurd(less)), ENOMEM);
    for (size_t at = 0; at < size; at++) {
        if (block[at] != 0x5A) {
            expect("realloc that fails keeps the contents", 0);
            break;
        }
    }
    free(block);
}

static void products_overflow(void)
{
    expect_error("calloc, product 0", calloc(absurd(SIZE_MAX / 2), 2), ENOMEM);
    expect_error("calloc, product 2^66", calloc(absurd(0) >> 31, absurd(0) >> 31), ENOMEM);
    expect_error("calloc, both largest", calloc(absurd(0), absurd(0)), ENOMEM);
}

static void bad_alignments(void)
{
    const size_t no_powers[] = {0, 3, 24, 48, 100, SIZE_MAX, (size_t)PTRDIFF_MAX};
    for (size_t i = 0; i < sizeof no_powers / sizeof *no_powers; i++) {
        void *result = &failures;
        expect_error("aligned_alloc to no power of two", aligned_alloc(no_powers[i], 10), EINVAL);
        expect("posix_memalign gives EINVAL", posix_memalign(&result, no_powers[i], 10) == EINVAL);
        expect("posix_memalign leaves the result and errno", result == &failures && errno == 0);
    }
    for (size_t alignment = 1; alignment < sizeof(void *); alignment *= 2) {
        void *result = &failures;
        expect("posix_memalign wants the size of a pointer", posix_memalign(&result, alignment, 10) == EINVAL);
    }
    for (int shift = 48; shift < 64; shift++) {
        void *result = &failures;
        expect_error("aligned_alloc to more than there is", aligned_alloc((size_t)1 << shift, 10), ENOMEM);
        expect("posix_memalign to more than there is", posix_memalign(&result, (size_t)1 << shift, 10) == ENOMEM);
    }
}

int main(void)
{
    const size_t less[] = {0, 1, 7, 15, 16, 17, 63, 64, 4094, 4095, 4096, 8191, 8192, 1 << 20, PTRDIFF_MAX,
                           (size_t)3 << 62, (size_t)15 << 60};
    for (size_t i = 0; i < sizeof less / sizeof *less; i++) {
        errno = 0;
        absurd_sizes(less[i]);
        realloc_keeps_the_block(1, less[i]);
        realloc_keeps_the_block(2000, less[i]);
        realloc_keeps_the_block(100000, less[i]);
        realloc_keeps_the_block(3 << 20, less[i]);
    }
    products_overflow();
    bad_alignments();
    void *block = malloc(100);
    expect("the allocator still works", block != NULL);
    free(block);
    return failures != 0;
}
