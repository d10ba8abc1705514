/* One mistake in the use of malloc, chosen by name; a sound allocator ends the program. */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Alignas(4096) unsigned char foreign[8192];

static void *free_twice_and_end(void *block)
{
    free(block);
    free(block);
    return NULL;
}

int main(int count, char **arguments)
{
    const char *name = count > 1 ? arguments[1] : "";
    size_t size = count > 2 ? strtoul(arguments[2], NULL, 10) : 0;
    unsigned char *volatile block = malloc(size);
    if (strcmp(name, "foreign") == 0) {
        foreign[31] = (unsigned char)size;
        free(&foreign[32]);
    } else if (strcmp(name, "foreign-realloc") == 0) {
        foreign[31] = (unsigned char)size;
        block = realloc(&foreign[32], 10);
    } else if (strcmp(name, "foreign-size") == 0) {
        foreign[31] = (unsigned char)size;
        printf("%zu\n", malloc_usable_size(&foreign[32]));
    } else if (strcmp(name, "inside") == 0) {
        block[31] = block[-1];
        free(&block[32]);
    } else if (strcmp(name, "inside-bare") == 0) {
        memset(block, 0, size);
        free(&block[32]);
    } else if (strcmp(name, "class") == 0) {
        block[-1] = 0xA7;
        free(block);
    } else if (strcmp(name, "twice") == 0) {
        free(block);
        free(block);
    } else if (strcmp(name, "twice-realloc") == 0) {
        free(block);
        block = realloc(block, 2 * size);
    } else if (strcmp(name, "twice-cached") == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, free_twice_and_end, block);
        pthread_join(thread, NULL);
    }
    puts("survived");
    return 0;
}
