/* Prints where blocks go that other threads free, and what becomes of the slabs of a thread that ends. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SLAB_SHIFT = 16, MANY = 1000 };

static void in_thread(void *(*work)(void *), void *argument)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, argument);
    pthread_join(thread, NULL);
}

static void *free_and_print_header(void *argument)
{
    unsigned char *volatile block = argument;
    free(block);
    printf(" %02x", block[-1]);
    return NULL;
}

static void *free_only(void *argument)
{
    free(argument);
    return NULL;
}

static void *allocate(void *argument)
{
    void **result = argument;
    *result = malloc((size_t)(uintptr_t)*result);
    return NULL;
}

static void *allocate_and_free(void *argument)
{
    allocate(argument);
    free(*(void **)argument);
    return NULL;
}

static void *malloc_in_thread(size_t size)
{
    void *result = (void *)(uintptr_t)size;
    in_thread(allocate, &result);
    return result;
}

static int is_in_slab_of(const void *one, const void *other)
{
    return (uintptr_t)one >> SLAB_SHIFT == (uintptr_t)other >> SLAB_SHIFT;
}

/* Whether a block that another thread has freed is handed out again here before long. */
static int comes_back(size_t size)
{
    void *block = malloc(size);
    in_thread(free_only, block);
    for (int i = 0; i < MANY; i++) {
        if (malloc(size) == block) {
            return 1;
        }
    }
    return 0;
}

int main(void)
{
    printf("headers:");
    in_thread(free_and_print_header, malloc(1));
    in_thread(free_and_print_header, malloc(100));
    in_thread(free_and_print_header, malloc(2000));
    void *left = malloc_in_thread(200);
    void *adopted = malloc_in_thread(200);
    void *freed = (void *)400;
    in_thread(allocate_and_free, &freed);
    void *reused = malloc_in_thread(50);
    printf("\nadopted: %d reused: %d back: %d %d\n", is_in_slab_of(left, adopted), is_in_slab_of(freed, reused),
           comes_back(100), comes_back(2000));
    return 0;
}
