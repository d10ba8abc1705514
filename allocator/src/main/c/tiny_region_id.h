/* The header byte: written in front of every tiny block that is handed out. */
#ifndef HAK_TINY_REGION_ID_H
#define HAK_TINY_REGION_ID_H

#include "options.h"

#if HAK_INLINEHEADER
#define HAK_HEADER_FN HAK_INLINE
#else
#define HAK_HEADER_FN HAK_SHAPE_FN
#endif

/* Writes 0xA0 | class at base and returns the user pointer, base + 1; NULL stays NULL. */
HAK_HEADER_FN void *tiny_region_id_write_header(void *base, int class);

#endif
