package dev.cyclecast.allocator;

/** What a {@link Scenario} does next; {@code pick} chooses among the live blocks, modulo their number. */
sealed interface Action {
    /** From here on another thread calls, modulo the number of threads. */
    record Switch(int thread) implements Action {}

    record Allocate(long size) implements Action {}

    record AllocateZeroed(long count, long size) implements Action {}

    record AllocateAligned(boolean posix, long alignment, long size) implements Action {}

    record Resize(int pick, long size) implements Action {}

    record Release(int pick) implements Action {}

    record Look(int pick, boolean usable) implements Action {}

    /** Many blocks of one size. */
    record Flood(int size, int blocks) implements Action {}

    /** Frees many blocks, the newest or the oldest first. */
    record Drain(int blocks, boolean newestFirst) implements Action {}

    /** A flood, and a drain of as many blocks. */
    record Tide(int size, int blocks, boolean newestFirst) implements Action {}

    /** The calling thread ends. */
    record Exit() implements Action {}

    record Statistics() implements Action {}
}
