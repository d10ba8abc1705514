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

/* 1: the named functions stay apart as symbols. 0: the compiler may inline and merge as it likes. */
#ifndef HAK_REFERENCE_SHAPE
#define HAK_REFERENCE_SHAPE 1
#endif

/* 1: free overwrites the header, so that a second free of the same block is caught. Costs a store per free. */
#ifndef HAK_FREE_MARKS
#define HAK_FREE_MARKS 0
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

/* Planted faults, for the tests that show that the properties notice them. */
#ifndef HAK_BUG_CLASS_TOO_SMALL
#define HAK_BUG_CLASS_TOO_SMALL 0
#endif
#ifndef HAK_BUG_OVERLAP
#define HAK_BUG_OVERLAP 0
#endif
#ifndef HAK_BUG_FREE_CLASS
#define HAK_BUG_FREE_CLASS 0
#endif

#if HAK_REFERENCE_SHAPE
#define HAK_SHAPE_FN __attribute__((noipa))
#define HAK_SHAPE_COLD_FN __attribute__((noipa, cold))
#define HAK_SHAPE_API __attribute__((noipa, visibility("default")))
#else
#define HAK_SHAPE_FN static inline
#define HAK_SHAPE_COLD_FN static __attribute__((noinline, cold))
#define HAK_SHAPE_API __attribute__((visibility("default")))
#endif

#define HAK_API __attribute__((visibility("default")))
#define HAK_COLD_FN static __attribute__((noinline, cold))
#define HAK_INLINE static inline __attribute__((always_inline))
#define HAK_LIKELY(x) __builtin_expect(!!(x), 1)
#define HAK_UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif
