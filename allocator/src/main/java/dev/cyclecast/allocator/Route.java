package dev.cyclecast.allocator;

/** The front end that serves a size class, by the cache that it keeps for each thread. */
public enum Route {
    /** A ring for each class: first in, first out. */
    LEGACY,
    /** The stack of C7 blocks: last in, first out. */
    ULTRA
}
