/* What can be built differently: the optimisations under study, the shape, and the checks. */
#ifndef HAK_OPTIONS_H
#define HAK_OPTIONS_H

/* E1: one thread-local snapshot for the six gates that the hot paths share. */
#ifndef HAK_E1
#define HAK_E1 0
#endif

/* E2: one allocation gate per size class, reached by a switch; no route lookup. */
#ifndef HAK_E2
#define HAK_E2 0
#endif

/* E3: one thread-local snapshot for every gate of the free path. */
#ifndef HAK_E3
#define HAK_E3 0
#endif

/* E4: the allocation gate no longer asks whether the C7 route is to be logged. */
#ifndef HAK_E4
#define HAK_E4 0
#endif

/* A2: the allocation gate asks whether the static route table is ready, and looks up no policy of its own. */
#ifndef HAK_A2
#define HAK_A2 0
#endif

/* B2: one cold free path per size class from C4 on; no route lookup. */
#ifndef HAK_B2
#define HAK_B2 0
#endif

/* B3: allocation tests for the legacy route first, behind a gate of its own; without it, a switch over the routes. */
#ifndef HAK_B3
#define HAK_B3 1
#endif

/* C3: allocation reads its route from a static table, behind a gate of its own; without it, from the policy. */
#ifndef HAK_C3
#define HAK_C3 1
#endif

/* D1: free's cold part reads its route from a static table, behind a gate of its own; without it, by a call. */
#ifndef HAK_D1
#define HAK_D1 1
#endif

/* HOTCOLD: free is split into a hot and a cold part, behind a gate of its own; without it, one undivided function. */
#ifndef HAK_HOTCOLD
#define HAK_HOTCOLD 1
#endif

/* D3: the shape of the allocation gate is on: its policy comes straight from the table. */
#ifndef HAK_D3
#define HAK_D3 0
#endif

/* INLINEHEADER: the header is written in line wherever a block is handed out. */
#ifndef HAK_INLINEHEADER
#define HAK_INLINEHEADER 0
#endif

/* PREFETCH: a pop fetches the header of the block that the next pop of its class will return. */
#ifndef HAK_PREFETCH
#define HAK_PREFETCH 0
#endif

/* COLOUR: C7 blocks lie 2112 bytes apart instead of 2048, so that their headers spread over all sets of the L1D. */
#ifndef HAK_COLOUR
#define HAK_COLOUR 0
#endif

/* INDIRECT: the thread's caches are reached through a thread-local pointer to their addresses. */
#ifndef HAK_INDIRECT
#define HAK_INDIRECT 0
#endif

/* FREEMARKS: free overwrites the header, so that a second free of the same block is caught. */
#ifndef HAK_FREEMARKS
#define HAK_FREEMARKS 0
#endif

/* ARITH: the class is computed from the size instead of looked up. */
#ifndef HAK_ARITH
#define HAK_ARITH 0
#endif

/* HINTS: the common side of the hot paths' branches is marked as the unlikely one. */
#ifndef HAK_HINTS
#define HAK_HINTS 0
#endif

/* WIDERING: both ends of a ring are read by one 32-bit load, though each is written by a 16-bit store. */
#ifndef HAK_WIDERING
#define HAK_WIDERING 0
#endif

/* GATELINES: every gate has a cache line of its own. */
#ifndef HAK_GATELINES
#define HAK_GATELINES 0
#endif

/* 1: the named functions stay apart as symbols. 0: the compiler may inline and merge as it likes. */
#ifndef HAK_REFERENCE_SHAPE
#define HAK_REFERENCE_SHAPE 1
#endif

/*
 * Where defined, malloc and free begin with a chain of so many dependent adds, fenced off so that nothing overlaps with it:
 * a difference of known cost, for the test of what measures differences.
 */
#ifdef HAK_PLANTED_CYCLES
#define HAK_STRING(x) #x
#define HAK_REPEATED(n) ".rept " HAK_STRING(n) "\n\tadd %0, %0\n\t.endr\n\t"
#define HAK_PLANT()                                                                                            \
    do {                                                                                                       \
        unsigned long planted = 1;                                                                             \
        __asm__ volatile("lfence\n\t" HAK_REPEATED(HAK_PLANTED_CYCLES) "lfence" : "+r"(planted) : : "cc", "memory"); \
    } while (0)
#else
#define HAK_PLANT() ((void)0)
#endif

/* Under HINTS few functions are cold: that would overrule the hint of every branch that leads to one. */
#if HAK_HINTS
#define HAK_COLD
#else
#define HAK_COLD __attribute__((cold))
#endif

#if HAK_REFERENCE_SHAPE
#define HAK_SHAPE_FN __attribute__((noipa))
#define HAK_SHAPE_COLD_FN __attribute__((noipa)) HAK_COLD
#define HAK_SHAPE_API __attribute__((noipa, visibility("default")))
#else
#define HAK_SHAPE_FN static inline
#define HAK_SHAPE_COLD_FN static __attribute__((noinline)) HAK_COLD
#define HAK_SHAPE_API __attribute__((visibility("default")))
#endif

#define HAK_API __attribute__((visibility("default")))
#define HAK_COLD_FN static __attribute__((noinline)) HAK_COLD
#define HAK_INLINE static inline __attribute__((always_inline))
#define HAK_LIKELY(x) __builtin_expect(!!(x), 1)
#define HAK_UNLIKELY(x) __builtin_expect(!!(x), 0)
/* The hints that HINTS turns round. */
#define HAK_USUALLY(x) __builtin_expect(!!(x), !HAK_HINTS)
#define HAK_RARELY(x) __builtin_expect(!!(x), HAK_HINTS)

/*
 * Planted bugs, one at a time, for the tests that show that each law of the allocator notices when it is broken:
 * -DHAK_PLANTED_BUG=HAK_BUG_OVERLAP. Plain code asks HAK_BUG(OVERLAP).
 */
enum hak_planted_bug {
    HAK_BUG_NONE,
    HAK_BUG_CLASS_TOO_SMALL,  /* the header byte is forgotten when a size finds its class */
    HAK_BUG_CLASS_MISSING,    /* 1000 bytes have no class */
    HAK_BUG_CLASS_CHANGES,    /* 127 bytes have another class once C4 was refilled */
    HAK_BUG_CLASS_WASTES,     /* 63 bytes have a larger class than they need */
    HAK_BUG_CLASS_DROPS,      /* 40 bytes have a larger class than 100 */
    HAK_BUG_ALIGNMENT,        /* slabs of C1 and C2 start 8 bytes early */
    HAK_BUG_OVERLAP,          /* blocks of a slab lie too close */
    HAK_BUG_NO_OWNER,         /* every slab counts as the calling thread's own: a data race */
    HAK_BUG_THREAD_EXIT,      /* the slabs of a thread that ends count as empty */
    HAK_BUG_NEIGHBOUR,        /* a free touches the byte before the block's header */
    HAK_BUG_HEADER,           /* calloc writes one zero too many */
    HAK_BUG_FREE_CLASS,       /* C5 blocks are freed as C6 */
    HAK_BUG_MALLOC_ROUTE,     /* C6 blocks are taken past their ring */
    HAK_BUG_RING_ORDER,       /* a ring gives back first what was freed last */
    HAK_BUG_RING_CAPACITY,    /* the ring of C4 is twice as large as specified */
    HAK_BUG_STACK_ORDER,      /* C7's stack gives back first what was freed first */
    HAK_BUG_STACK_OVERFLOW,   /* C7's stack keeps one of the blocks that it gives back */
    HAK_BUG_CALLOC,           /* calloc clears no C3 block */
    HAK_BUG_CALLOC_OVERFLOW,  /* calloc multiplies without looking */
    HAK_BUG_REALLOC,          /* realloc forgets the last byte when it moves a block */
    HAK_BUG_REALLOC_MOVES,    /* realloc moves a block of which half is wanted */
    HAK_BUG_REALLOC_DIES,     /* realloc of a middle block to a large one ends the process */
    HAK_BUG_ERRNO,            /* a free of a middle block sets errno */
    HAK_BUG_STATISTICS        /* frees of C6 are not counted */
};

#ifndef HAK_PLANTED_BUG
#define HAK_PLANTED_BUG HAK_BUG_NONE
#endif
#define HAK_BUG(NAME) (HAK_PLANTED_BUG == HAK_BUG_##NAME)

#endif
