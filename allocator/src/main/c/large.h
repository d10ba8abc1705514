/* What is not tiny: middle sizes from free lists, large ones each in a mapping of its own, and alignment. */
#ifndef HAK_LARGE_H
#define HAK_LARGE_H

#include <stddef.h>

#include "options.h"

/* 16-byte aligned memory of at least size bytes, or NULL. */
HAK_COLD_FN void *large_alloc(size_t size);

/* The same, aligned to a power of two above 16. */
HAK_COLD_FN void *large_alloc_aligned(size_t alignment, size_t size);

/* Frees what large_alloc or large_alloc_aligned gave; dies if it was not theirs. */
HAK_COLD_FN void large_free(void *pointer);

/* The bytes usable at pointer; dies if it is not ours. */
HAK_COLD_FN size_t large_usable_size(void *pointer, const char *call);

/* Grows or shrinks without copying by the caller; NULL if that cannot be done (pointer stays valid). */
HAK_COLD_FN void *large_resize(void *pointer, size_t size);

/* Whether memory just handed out, tiny or not, is fresh from the system, hence zero. */
HAK_COLD_FN int large_is_zeroed(void *pointer);

HAK_COLD_FN void large_lock_all(void);
HAK_COLD_FN void large_unlock_all(void);

#endif
