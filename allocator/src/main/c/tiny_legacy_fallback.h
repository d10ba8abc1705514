/* The legacy end of free: the block goes into the unified cache of its class. */
#ifndef HAK_TINY_LEGACY_FALLBACK_H
#define HAK_TINY_LEGACY_FALLBACK_H

#include "options.h"

HAK_SHAPE_FN void tiny_legacy_fallback_free_base(void *base, int class);

#endif
