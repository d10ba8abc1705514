/*
 * The back end of the tiny classes. A slab of 64 KiB holds blocks of one class and belongs to the heap of one thread, which
 * takes blocks from it and gives them back without asking anybody; other threads leave blocks on the slab's remote list.
 */
#ifndef HAK_SLAB_H
#define HAK_SLAB_H

#include <stddef.h>

#include "options.h"
#include "tiny_class.h"

/* Takes up to count block bases of the class; returns how many there were. Headers are written. */
HAK_COLD_FN size_t slab_take(int class, void **bases, size_t count);

/* Gives back block bases of the class, whichever thread took them; dies if one is no such block, or is free already. */
HAK_COLD_FN void slab_give(int class, void *const *bases, size_t count);

/* Dies, naming the call, unless a block of the class starts at base. */
HAK_COLD_FN void slab_check(const void *base, int class, const char *call);

/* Whether base lies in a slab of another thread, or of none. */
HAK_COLD_FN int slab_is_foreign(const void *base);

/* Hands the slabs of the calling thread back, for other threads to adopt. */
HAK_COLD_FN void slab_abandon_all(void);

HAK_COLD_FN void slab_lock_all(void);
HAK_COLD_FN void slab_unlock_all(void);

/* In the child of a fork, with all locked: hands back the slabs of the threads that did not come along. */
HAK_COLD_FN void slab_abandon_others(void);

#endif
