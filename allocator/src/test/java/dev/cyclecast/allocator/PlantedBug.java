package dev.cyclecast.allocator;

import java.util.Set;

/** A bug that {@code options.h} can plant, and the laws that it breaks. */
enum PlantedBug {
    CLASS_TOO_SMALL(Law.CAPACITY_COVERS_SIZE),
    CLASS_MISSING(Law.CLASS_TOTAL),
    CLASS_CHANGES(Law.CLASS_UNIQUE),
    CLASS_WASTES(Law.CLASS_SMALLEST),
    CLASS_DROPS(Law.CLASS_MONOTONE),
    ALIGNMENT(Law.ALIGNED, Law.CLASS_ALIGNED),
    OVERLAP(Law.NO_OVERLAP),
    THREAD_EXIT(Law.NO_OVERLAP, Law.FREE_BLOCK_IN_ONE_PLACE),
    NEIGHBOUR(Law.CONTENTS_SURVIVE),
    HEADER(Law.HEADER_NAMES_CLASS),
    FREE_CLASS(Law.ROUTE_AT_FREE),
    MALLOC_ROUTE(Law.ROUTE_AT_MALLOC),
    RING_ORDER(Law.RING_IS_FIFO),
    RING_CAPACITY(Law.CACHE_CAPACITY),
    STACK_ORDER(Law.STACK_IS_LIFO),
    STACK_OVERFLOW(Law.CACHE_COUNT),
    CALLOC(Law.CALLOC_ZEROES),
    CALLOC_OVERFLOW(Law.REQUESTS_SUCCEED_OR_FAIL),
    REALLOC(Law.REALLOC_KEEPS),
    REALLOC_MOVES(Law.REALLOC_STAYS, Law.SAME_AS_REFERENCE),
    REALLOC_DIES(Law.ENDS_WELL),
    ERRNO(Law.FREE_KEEPS_ERRNO),
    STATISTICS(Law.STATISTICS_BALANCE);

    private final Set<Law> laws;

    PlantedBug(Law... laws) {
        this.laws = Set.of(laws);
    }

    Set<Law> laws() {
        return laws;
    }

    /** The name in {@code options.h}. */
    String constant() {
        return "HAK_BUG_" + name();
    }
}
