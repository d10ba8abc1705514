package dev.cyclecast.allocator;

/** The front end that serves a block. */
public enum Route {
    /** The stack of C7 blocks. */
    ULTRA,
    /** The ring of the class in the unified cache. */
    LEGACY,
    /** A tiny block straight from or to the slabs. */
    SLAB,
    /** Not tiny: middle and large sizes. */
    POOL
}
