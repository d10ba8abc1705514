/*
 * The allocator as one translation unit. In the reference shape the functions that the profile names are kept apart by
 * an attribute; in the free shape the compiler sees them all.
 */
#define _GNU_SOURCE
#include "superslab.c"
#include "tiny_class.c"
#include "gates.c"
#include "stats.c"
#include "tiny_route.c"
#include "slab.c"
#include "unified_cache.c"
#include "tiny_c7_ultra.c"
#include "thread_exit.c"
#include "tiny_region_id.c"
#include "large.c"
#include "malloc_tiny_fast.c"
#include "tiny_alloc_gate.c"
#include "tiny_legacy_fallback.c"
#include "free_tiny_fast.c"
#include "hak_wrappers.c"
