/* Slabs, their free lists, and the heaps that own them. */
#include "slab.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "superslab.h"
#include "thread_exit.h"

/*
 * How many slabs a refill looks at for remote blocks before it makes do with fresh ones: one in so many of a heap's slabs
 * may be missed, and no refill takes long, however many slabs a heap has.
 */
enum { SLABS_LOOKED_AT = 8 };

/* What a heap has of one class. */
struct tiny_heap_class {
    struct slab *slabs;
    struct slab *with_free; /* those whose free list is not empty */
    struct slab *fresh;     /* the one that has fresh blocks; there is one at most */
    struct slab *look;      /* where the next look for remote blocks begins */
};

/* Slabs that wait to be adopted: first those that had blocks to give when they were abandoned. */
struct slab_queue {
    struct slab *first;
    struct slab *last;
};

/* The slabs of one thread. Its lock is taken by that thread and, so that a child finds lists whole, by a fork. */
struct tiny_heap {
    pthread_mutex_t lock;
    struct tiny_heap *next; /* among all heaps ever made */
    int in_use;
    struct tiny_heap_class classes[TINY_CLASSES];
};

/* Every heap; those of threads that have ended are used again. */
static pthread_mutex_t g_heaps_lock = PTHREAD_MUTEX_INITIALIZER;
static struct tiny_heap *g_heaps;
static _Thread_local struct tiny_heap *g_tiny_heap;

/*
 * Slabs without owner. A lock will do: it is taken once in a slab's worth of blocks, and popping single slabs without one
 * would need a guard against slabs that come back between look and exchange.
 */
static pthread_mutex_t g_slabs_lock = PTHREAD_MUTEX_INITIALIZER;
static struct slab_queue g_abandoned_slabs[TINY_CLASSES];
/* Slabs without a block in use, and what is left of the last superslab. C7 has superslabs of its own. */
static struct slab *g_empty_slabs[2];
static struct slab *g_unused_slabs[2];
static int g_unused_slab_count[2];

/* A link lies in the seven bytes behind the header: the smallest block has no more, and user addresses no more bits. */
static uint8_t *link_of(const uint8_t *base)
{
    uint8_t *next = NULL;
    memcpy(&next, base + 1, 7);
    return next;
}

static void link_to(uint8_t *base, const uint8_t *next)
{
    memcpy(base + 1, &next, 7);
}

/* The first header has offset 15 (C0: 7), so that user pointers are aligned. */
static size_t first_offset(int class)
{
    if (HAK_BUG(ALIGNMENT) && class <= 2) {
        return 7;
    }
    return class == 0 ? 7 : 15;
}

/* The bytes between fresh blocks. */
static size_t fresh_step(int class)
{
    size_t stride = tiny_block_spacing(class);
    return HAK_BUG(OVERLAP) && stride > 16 ? stride - 16 : stride;
}

/* The heap of the calling thread, made if there is none; NULL if there is no memory. */
static struct tiny_heap *heap_mine(void)
{
    if (g_tiny_heap != NULL) {
        return g_tiny_heap;
    }
    pthread_mutex_lock(&g_heaps_lock);
    struct tiny_heap *heap = g_heaps;
    while (heap != NULL && heap->in_use) {
        heap = heap->next;
    }
    if (heap == NULL) {
        heap = hak_map(sizeof *heap);
        if (heap != NULL) {
            pthread_mutex_init(&heap->lock, NULL);
            heap->next = g_heaps;
            g_heaps = heap;
        }
    }
    if (heap != NULL) {
        heap->in_use = 1;
    }
    pthread_mutex_unlock(&g_heaps_lock);
    g_tiny_heap = heap;
    return heap;
}

/* Puts a free chain of blocks, first to last, before the slab's free list. */
static void slab_add_free(struct tiny_heap_class *mine, struct slab *slab, uint8_t *first, uint8_t *last, uint32_t count)
{
    if (slab->free == NULL) {
        slab->next_with_free = mine->with_free;
        mine->with_free = slab;
    }
    link_to(last, slab->free);
    slab->free = first;
    slab->in_use -= count;
}

/* Lock-free, and safe from reuse: blocks are added one chain at a time and only ever taken all together. */
static void slab_add_remote(struct slab *slab, uint8_t *first, uint8_t *last)
{
    uint8_t *seen = atomic_load_explicit(&slab->remote, memory_order_relaxed);
    do {
        link_to(last, seen);
    } while (!atomic_compare_exchange_weak_explicit(&slab->remote, &seen, first, memory_order_release, memory_order_relaxed));
}

/* Moves the remote blocks to the free list; whether there were any. */
static int slab_collect_remote(struct tiny_heap_class *mine, struct slab *slab)
{
    if (atomic_load_explicit(&slab->remote, memory_order_relaxed) == NULL) {
        return 0;
    }
    uint8_t *first = atomic_exchange_explicit(&slab->remote, NULL, memory_order_acquire);
    uint8_t *last = first;
    uint32_t count = 1;
    for (uint8_t *next = link_of(last); next != NULL; next = link_of(last)) {
        last = next;
        count++;
    }
    slab_add_free(mine, slab, first, last, count);
    return 1;
}

/* Looks at the next few slabs of the class for remote blocks, until one has some. */
static void heap_look_for_remote(struct tiny_heap_class *mine)
{
    for (int looks = 0; looks < SLABS_LOOKED_AT && mine->with_free == NULL; looks++) {
        struct slab *slab = mine->look != NULL ? mine->look : mine->slabs;
        if (slab == NULL) {
            return;
        }
        mine->look = slab->next;
        slab_collect_remote(mine, slab);
    }
}

static void heap_add_slab(struct tiny_heap *heap, struct slab *slab, int class)
{
    struct tiny_heap_class *mine = &heap->classes[class];
    slab->next = mine->slabs;
    mine->slabs = slab;
    if (slab->free != NULL) {
        slab->next_with_free = mine->with_free;
        mine->with_free = slab;
    }
    if (slab->fresh != NULL) {
        mine->fresh = slab;
    }
    atomic_store_explicit(&slab->owner, heap, memory_order_relaxed);
    slab_collect_remote(mine, slab);
}

/* Makes slabs that nobody owns the heap's own, until one has blocks or a few had none. */
static void heap_adopt(struct tiny_heap *heap, int class)
{
    struct tiny_heap_class *mine = &heap->classes[class];
    pthread_mutex_lock(&g_slabs_lock);
    for (int looks = 0; looks < SLABS_LOOKED_AT && mine->with_free == NULL && mine->fresh == NULL; looks++) {
        struct slab *slab = g_abandoned_slabs[class].first;
        if (slab == NULL) {
            break;
        }
        g_abandoned_slabs[class].first = slab->next;
        heap_add_slab(heap, slab, class);
    }
    pthread_mutex_unlock(&g_slabs_lock);
}

/* A slab without blocks in use: one that was emptied, or the next of a superslab; NULL if memory is out. */
static struct slab *slab_create(int kind)
{
    struct slab *slab = g_empty_slabs[kind];
    if (slab != NULL) {
        g_empty_slabs[kind] = slab->next;
        return slab;
    }
    if (g_unused_slab_count[kind] == 0) {
        g_unused_slabs[kind] = superslab_create();
        if (g_unused_slabs[kind] == NULL) {
            return NULL;
        }
        g_unused_slab_count[kind] = SUPERSLAB_SLABS;
    }
    g_unused_slab_count[kind]--;
    return g_unused_slabs[kind]++;
}

static void heap_create_slab(struct tiny_heap *heap, int class)
{
    pthread_mutex_lock(&g_slabs_lock);
    struct slab *slab = slab_create(class == TINY_C7);
    pthread_mutex_unlock(&g_slabs_lock);
    if (slab != NULL) {
        slab->class = (uint8_t)class;
        slab->free = NULL;
        slab->fresh = slab->memory + first_offset(class);
        slab->in_use = 0;
        heap_add_slab(heap, slab, class);
    }
}

/* Takes blocks from the free list of the first slab that has one. */
static size_t take_free(struct tiny_heap_class *mine, void **bases, size_t count)
{
    struct slab *slab = mine->with_free;
    uint8_t *base = slab->free;
    size_t taken = 0;
    while (taken < count && base != NULL) {
        bases[taken++] = base;
        base = link_of(base);
    }
    slab->free = base;
    slab->in_use += (uint32_t)taken;
    if (base == NULL) {
        mine->with_free = slab->next_with_free;
    }
    return taken;
}

/* Takes the next blocks of the slab that has fresh ones. */
static size_t take_fresh(struct tiny_heap_class *mine, int class, void **bases, size_t count)
{
    struct slab *slab = mine->fresh;
    uint8_t *end = slab->memory + SLAB_BYTES;
    size_t taken = 0;
    while (taken < count && slab->fresh != NULL) {
        bases[taken++] = slab->fresh;
        slab->fresh += fresh_step(class);
        if ((size_t)(end - slab->fresh) < tiny_block_spacing(class)) {
            slab->fresh = NULL;
            mine->fresh = NULL;
        }
    }
    slab->in_use += (uint32_t)taken;
    return taken;
}

/* Takes some blocks: own ones that are free, then remote, then fresh, then those of adopted slabs, then of a new one. */
static size_t heap_take(struct tiny_heap *heap, int class, void **bases, size_t count)
{
    struct tiny_heap_class *mine = &heap->classes[class];
    if (mine->with_free == NULL) {
        heap_look_for_remote(mine);
    }
    if (mine->with_free == NULL && mine->fresh == NULL) {
        heap_adopt(heap, class);
    }
    if (mine->with_free == NULL && mine->fresh == NULL) {
        heap_create_slab(heap, class);
    }
    if (mine->with_free != NULL) {
        return take_free(mine, bases, count);
    }
    return mine->fresh != NULL ? take_fresh(mine, class, bases, count) : 0;
}

HAK_COLD_FN size_t slab_take(int class, void **bases, size_t count)
{
    int lasting = thread_exit_register();
    struct tiny_heap *heap = heap_mine();
    if (heap == NULL) {
        return 0;
    }
    size_t taken = 0;
    size_t more;
    pthread_mutex_lock(&heap->lock);
    do {
        more = heap_take(heap, class, &bases[taken], count - taken);
        taken += more;
    } while (more != 0 && taken < count);
    pthread_mutex_unlock(&heap->lock);
    for (size_t i = 0; i < taken; i++) {
        *(uint8_t *)bases[i] = (uint8_t)(TINY_HEADER_MAGIC | class);
    }
    if (!lasting) {
        slab_abandon_all();
    }
    return taken;
}

HAK_COLD_FN void slab_check(const void *base, int class, const char *call)
{
    const uint8_t *pointer = (const uint8_t *)base + 1;
    const struct slab *slab = superslab_slab(base);
    if (slab == NULL || slab->class == SLAB_UNUSED) {
        hak_die(call, pointer, "not a block of this allocator (the header byte is that of a tiny block, but no slab holds it)");
    }
    if (slab->class != class) {
        hak_die(call, pointer, "the header byte is damaged (its class is not that of the slab)");
    }
    size_t offset = (size_t)((const uint8_t *)base - slab->memory) - first_offset(class);
    size_t stride = fresh_step(class);
    if (offset % stride != 0 || offset > SLAB_BYTES - first_offset(class) - stride) {
        hak_die(call, pointer, "not a block of this allocator (no block of the slab starts here)");
    }
}

/* Marks blocks as free, or dies if they are no blocks, or are marked. */
static void mark_free(int class, void *const *bases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t *base = bases[i];
        slab_check(base, class, "free");
        if (!HAK_FREEMARKS && *base == (TINY_HEADER_FREED | class)) {
            hak_die("free", base + 1, "the block is free already");
        }
        *base = (uint8_t)(TINY_HEADER_FREED | class);
    }
}

/* Links the bases at the front of an array that lie in one slab; returns how many they are. */
static size_t link_run(const struct slab *slab, void *const *bases, size_t count)
{
    size_t linked = 1;
    while (linked < count && superslab_slab(bases[linked]) == slab) {
        link_to(bases[linked - 1], bases[linked]);
        linked++;
    }
    return linked;
}

/* Only the owner itself makes a slab its own or gives it up, so what it sees here stays true. */
static int is_mine(const struct slab *slab)
{
    struct tiny_heap *owner = atomic_load_explicit(&slab->owner, memory_order_relaxed);
    return g_tiny_heap != NULL && (owner == g_tiny_heap || HAK_BUG(NO_OWNER));
}

HAK_COLD_FN int slab_is_foreign(const void *base)
{
    const struct slab *slab = superslab_slab(base);
    return slab == NULL || !is_mine(slab);
}

HAK_COLD_FN void slab_give(int class, void *const *bases, size_t count)
{
    mark_free(class, bases, count);
    while (count > 0) {
        struct slab *slab = superslab_slab(bases[0]);
        size_t run = link_run(slab, bases, count);
        if (is_mine(slab)) {
            struct tiny_heap *heap = g_tiny_heap;
            pthread_mutex_lock(&heap->lock);
            slab_add_free(&heap->classes[class], slab, bases[0], bases[run - 1], (uint32_t)run);
            pthread_mutex_unlock(&heap->lock);
        } else {
            slab_add_remote(slab, bases[0], bases[run - 1]);
        }
        bases += run;
        count -= run;
    }
}

/* A slab that is full goes to the end: by the time it comes to be looked at again, other threads may have freed some of it. */
static void queue_for_adoption(struct slab_queue *queue, struct slab *slab)
{
    if (queue->first == NULL) {
        slab->next = NULL;
        queue->first = slab;
        queue->last = slab;
    } else if (slab->free != NULL || slab->fresh != NULL) {
        slab->next = queue->first;
        queue->first = slab;
    } else {
        slab->next = NULL;
        queue->last->next = slab;
        queue->last = slab;
    }
}

/* Puts every slab of the heap where others find it. Both locks are held. */
static void heap_abandon(struct tiny_heap *heap)
{
    for (int class = 0; class < TINY_CLASSES; class++) {
        struct tiny_heap_class *mine = &heap->classes[class];
        for (struct slab *slab = mine->slabs, *next; slab != NULL; slab = next) {
            next = slab->next;
            slab_collect_remote(mine, slab);
            atomic_store_explicit(&slab->owner, NULL, memory_order_relaxed);
            if (slab->in_use == 0 || HAK_BUG(THREAD_EXIT)) {
                slab->next = g_empty_slabs[class == TINY_C7];
                g_empty_slabs[class == TINY_C7] = slab;
            } else {
                queue_for_adoption(&g_abandoned_slabs[class], slab);
            }
        }
        *mine = (struct tiny_heap_class){0};
    }
    heap->in_use = 0;
}

HAK_COLD_FN void slab_abandon_all(void)
{
    struct tiny_heap *heap = g_tiny_heap;
    if (heap == NULL) {
        return;
    }
    g_tiny_heap = NULL;
    pthread_mutex_lock(&g_heaps_lock);
    pthread_mutex_lock(&heap->lock);
    pthread_mutex_lock(&g_slabs_lock);
    heap_abandon(heap);
    pthread_mutex_unlock(&g_slabs_lock);
    pthread_mutex_unlock(&heap->lock);
    pthread_mutex_unlock(&g_heaps_lock);
}

HAK_COLD_FN void slab_lock_all(void)
{
    pthread_mutex_lock(&g_heaps_lock);
    for (struct tiny_heap *heap = g_heaps; heap != NULL; heap = heap->next) {
        pthread_mutex_lock(&heap->lock);
    }
    pthread_mutex_lock(&g_slabs_lock);
}

HAK_COLD_FN void slab_unlock_all(void)
{
    pthread_mutex_unlock(&g_slabs_lock);
    for (struct tiny_heap *heap = g_heaps; heap != NULL; heap = heap->next) {
        pthread_mutex_unlock(&heap->lock);
    }
    pthread_mutex_unlock(&g_heaps_lock);
}

HAK_COLD_FN void slab_abandon_others(void)
{
    for (struct tiny_heap *heap = g_heaps; heap != NULL; heap = heap->next) {
        if (heap != g_tiny_heap) {
            heap_abandon(heap);
        }
    }
}
