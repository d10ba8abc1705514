/* The back end of the tiny classes: free blocks of each class, shared by all threads under one lock per class. */
#ifndef HAK_SLAB_H
#define HAK_SLAB_H

#include <stddef.h>

#include "options.h"
#include "tiny_class.h"

/* Takes up to count block bases of the class; returns how many there were. Headers are written. */
HAK_COLD_FN size_t slab_take(int class, void **bases, size_t count);

/* Gives back block bases of the class. */
HAK_COLD_FN void slab_give(int class, void *const *bases, size_t count);

HAK_COLD_FN void slab_lock_all(void);
HAK_COLD_FN void slab_unlock_all(void);

#endif
