package dev.cyclecast.model;

/** Equal buffers, each held from one cycle to another: miss buffers, page-table walkers. */
final class Buffers {
    /** The cycles at which they become free, as a heap: the earliest first. */
    private final long[] free;

    Buffers(int count) {
        free = new long[count];
    }

    /** The first cycle at or after another at which one is free. */
    long available(long from) {
        return Math.max(from, free[0]);
    }

    /** Holds the one that becomes free first until a cycle. */
    void hold(long until) {
        int at = 0;
        int child = 1;
        while (child < free.length) {
            if (child + 1 < free.length && free[child + 1] < free[child]) {
                child++;
            }
            if (free[child] >= until) {
                break;
            }
            free[at] = free[child];
            at = child;
            child = 2 * at + 1;
        }
        free[at] = until;
    }
}
