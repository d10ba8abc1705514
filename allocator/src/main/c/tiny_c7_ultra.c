/* The C7 ULTRA stack. */
#include "tiny_c7_ultra.h"

#include "slab.h"
#include "superslab.h"
#include "thread_exit.h"

enum { C7_REFILL = 31 /* the blocks of one slab */ };

_Thread_local struct tiny_c7_ultra g_tiny_c7_ultra;

#if HAK_INDIRECT
static struct unified_cache g_no_rings[TINY_CLASSES];
static struct tiny_c7_ultra g_no_c7_ultra;
static struct tiny_caches g_no_caches = {g_no_rings, &g_no_c7_ultra};
_Thread_local struct tiny_caches *g_tiny_caches = &g_no_caches;
_Thread_local struct tiny_caches g_tiny_caches_own;
#endif

/* The stack is empty: take as many blocks as a slab has. */
HAK_COLD_FN void *tiny_c7_ultra_refill(void)
{
    struct tiny_c7_ultra *ultra = &g_tiny_c7_ultra;
    if (!thread_exit_register()) {
        void *base = NULL;
        return slab_take(TINY_C7, &base, 1) != 0 ? (uint8_t *)base + 1 : NULL;
    }
    tiny_caches_attach();
    ultra->count = (uint32_t)slab_take(TINY_C7, ultra->bases, C7_REFILL);
    if (ultra->count == 0) {
        return NULL;
    }
    return (uint8_t *)ultra->bases[--ultra->count] + 1;
}

HAK_SHAPE_FN void *tiny_c7_ultra_alloc(size_t size)
{
    (void)size;
    struct tiny_c7_ultra *ultra = tiny_c7_ultra();
    if (HAK_USUALLY(ultra->count > 0)) {
        uint8_t *base = ultra->bases[--ultra->count];
        if (HAK_BUG(STACK_ORDER)) {
            uint8_t *first = ultra->bases[0];
            ultra->bases[0] = base;
            base = first;
        }
        if (HAK_PREFETCH) {
            tiny_prefetch_header(ultra->bases[(ultra->count - 1) % TINY_C7_ULTRA_CAPACITY]);
        }
        if (!tiny_c7_header_light_enabled() || HAK_FREEMARKS) {
            *base = TINY_HEADER_MAGIC | TINY_C7;
        }
        return base + 1;
    }
    return tiny_c7_ultra_refill();
}

/* The block lies outside the segment last seen, or the stack is full, or every free is to ask for the block's owner. */
HAK_COLD_FN void tiny_c7_ultra_free_slow(void *base)
{
    struct tiny_c7_ultra *ultra = &g_tiny_c7_ultra;
    slab_check(base, TINY_C7, "free");
    int ask_owner = tiny_larson_fix_enabled();
    if (!thread_exit_register() || (ask_owner && slab_is_foreign(base))) {
        slab_give(TINY_C7, &base, 1);
        return;
    }
    if (!ask_owner) {
        ultra->seg_base = (uintptr_t)base & ~(uintptr_t)(SUPERSLAB_BYTES - 1);
        ultra->seg_end = ultra->seg_base + SUPERSLAB_BYTES;
    }
    if (ultra->count == TINY_C7_ULTRA_CAPACITY) {
        ultra->count -= C7_REFILL;
        slab_give(TINY_C7, &ultra->bases[ultra->count], C7_REFILL);
        ultra->count += HAK_BUG(STACK_OVERFLOW);
    }
    tiny_caches_attach();
    ultra->bases[ultra->count++] = base;
}

HAK_SHAPE_FN void tiny_c7_ultra_free(void *base)
{
    struct tiny_c7_ultra *ultra = tiny_c7_ultra();
    uintptr_t address = (uintptr_t)base;
    if (HAK_USUALLY(address >= ultra->seg_base && address < ultra->seg_end)
        && HAK_USUALLY(ultra->count < TINY_C7_ULTRA_CAPACITY)) {
        ultra->bases[ultra->count++] = base;
        return;
    }
    tiny_c7_ultra_free_slow(base);
}

HAK_COLD_FN void tiny_c7_ultra_flush(void)
{
    struct tiny_c7_ultra *ultra = &g_tiny_c7_ultra;
    slab_give(TINY_C7, ultra->bases, ultra->count);
    ultra->count = 0;
    ultra->seg_base = 0;
    ultra->seg_end = 0;
}
