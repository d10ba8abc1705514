/* Free lists and fresh slabs of the tiny classes. */
#include "slab.h"

#include <pthread.h>
#include <string.h>

#include "superslab.h"

struct tiny_central {
    _Alignas(64) pthread_mutex_t lock;
    void *free_list;
    struct hak_span slab;
};

static struct tiny_central g_tiny_central[TINY_CLASSES] = {
    {.lock = PTHREAD_MUTEX_INITIALIZER}, {.lock = PTHREAD_MUTEX_INITIALIZER},
    {.lock = PTHREAD_MUTEX_INITIALIZER}, {.lock = PTHREAD_MUTEX_INITIALIZER},
    {.lock = PTHREAD_MUTEX_INITIALIZER}, {.lock = PTHREAD_MUTEX_INITIALIZER},
    {.lock = PTHREAD_MUTEX_INITIALIZER}, {.lock = PTHREAD_MUTEX_INITIALIZER},
};

/* What is left of the superslab that C0 to C6 cut their slabs from, and of C7's own segment. */
static pthread_mutex_t g_superslab_lock = PTHREAD_MUTEX_INITIALIZER;
static struct hak_span g_mixed_superslab;
static struct hak_span g_c7_segment;

/* A link lies at the user pointer, beside the header; in a C0 block, which is too small for both, over it. */
static size_t link_offset(int class)
{
    return class == 0 ? 0 : 1;
}

static struct hak_span slab_create(int class)
{
    struct hak_span *from = class == TINY_C7 ? &g_c7_segment : &g_mixed_superslab;
    struct hak_span slab = {NULL, NULL};
    pthread_mutex_lock(&g_superslab_lock);
    if (from->from == from->to) {
        *from = superslab_create();
    }
    if (from->from != NULL) {
        slab.from = from->from;
        slab.to = from->from + SLAB_BYTES;
        from->from = slab.to;
    }
    pthread_mutex_unlock(&g_superslab_lock);
    return slab;
}

/* The next block of the class's current slab. The first header has offset 15 (C0: 7), so user pointers are aligned. */
static void *carve(struct tiny_central *central, int class)
{
    size_t stride = tiny_block_spacing(class);
    size_t first = class == 0 ? 7 : 15;
    if (central->slab.from == NULL || (size_t)(central->slab.to - central->slab.from) < stride) {
        central->slab = slab_create(class);
        if (central->slab.from == NULL) {
            return NULL;
        }
        central->slab.from += first;
    }
    uint8_t *base = central->slab.from;
    central->slab.from += HAK_BUG_OVERLAP && stride > 16 ? stride - 16 : stride;
    return base;
}

HAK_COLD_FN size_t slab_take(int class, void **bases, size_t count)
{
    struct tiny_central *central = &g_tiny_central[class];
    size_t taken = 0;
    pthread_mutex_lock(&central->lock);
    while (taken < count) {
        uint8_t *base = central->free_list;
        if (base != NULL) {
            memcpy(&central->free_list, base + link_offset(class), sizeof(void *));
        } else {
            base = carve(central, class);
            if (base == NULL) {
                break;
            }
        }
        *base = (uint8_t)(TINY_HEADER_MAGIC | class);
        bases[taken++] = base;
    }
    pthread_mutex_unlock(&central->lock);
    return taken;
}

HAK_COLD_FN void slab_give(int class, void *const *bases, size_t count)
{
    struct tiny_central *central = &g_tiny_central[class];
    pthread_mutex_lock(&central->lock);
    for (size_t i = 0; i < count; i++) {
        uint8_t *base = bases[i];
        *base = (uint8_t)(TINY_HEADER_FREED | class);
        memcpy(base + link_offset(class), &central->free_list, sizeof(void *));
        central->free_list = base;
    }
    pthread_mutex_unlock(&central->lock);
}

HAK_COLD_FN void slab_lock_all(void)
{
    for (int class = 0; class < TINY_CLASSES; class++) {
        pthread_mutex_lock(&g_tiny_central[class].lock);
    }
    pthread_mutex_lock(&g_superslab_lock);
}

HAK_COLD_FN void slab_unlock_all(void)
{
    pthread_mutex_unlock(&g_superslab_lock);
    for (int class = 0; class < TINY_CLASSES; class++) {
        pthread_mutex_unlock(&g_tiny_central[class].lock);
    }
}
