/* The allocation gate: from a size to its class, its policy, and a block. */
#ifndef HAK_TINY_ALLOC_GATE_H
#define HAK_TINY_ALLOC_GATE_H

#include <stddef.h>

#include "options.h"
#include "tiny_class.h"

/* A block for a request of at most tiny_get_max_size() bytes; NULL sends the request to the pool. */
HAK_SHAPE_FN void *tiny_alloc_gate_fast(size_t size);

#if HAK_E2
/* Calls MACRO(0) to MACRO(7). */
#define HAK_FOR_EACH_CLASS(MACRO) MACRO(0) MACRO(1) MACRO(2) MACRO(3) MACRO(4) MACRO(5) MACRO(6) MACRO(7)

#define HAK_DECLARE_GATE_OF_CLASS(N) HAK_SHAPE_FN void *tiny_alloc_gate_fast_c##N(size_t size);
HAK_FOR_EACH_CLASS(HAK_DECLARE_GATE_OF_CLASS)
#endif

#if HAK_E2
#define HAK_CASE_OF_CLASS(N) \
    case N:                  \
        return tiny_alloc_gate_fast_c##N(size);
#endif

/* The gate as malloc calls it. */
HAK_INLINE void *tiny_alloc(size_t size)
{
#if HAK_E2
    switch (hak_tiny_size_to_class(size)) {
        HAK_FOR_EACH_CLASS(HAK_CASE_OF_CLASS)
    default:
        return NULL;
    }
#else
    return tiny_alloc_gate_fast(size);
#endif
}

#endif
