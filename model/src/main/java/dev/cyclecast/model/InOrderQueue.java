package dev.cyclecast.model;

/** A hardware queue whose entries are taken and freed in program order: for each entry, the cycle at which it is free again. */
final class InOrderQueue {
    /** Entries written each time, needed or not: most instructions take no more, and a loop costs more than a further write. */
    private static final int AT_ONCE = 2;
    private final int entries;
    /** By number of the entry, in a ring that is longer than the queue, a power of two. */
    private final long[] freeAt;
    private int taken;

    InOrderQueue(int entries) {
        this.entries = entries;
        freeAt = new long[2 * Integer.highestOneBit(entries + AT_ONCE)];
    }

    /** Cycle at which the entry that is taken next is free. */
    long free() {
        return freeAt[taken - entries & freeAt.length - 1];
    }

    /** Takes the next entry until a cycle. */
    void take(long until) {
        freeAt[taken++ & freeAt.length - 1] = until;
    }

    /** Takes entries, none to many, until a cycle. */
    void take(long until, int count) {
        int from = taken;
        freeAt[from & freeAt.length - 1] = until;
        freeAt[from + 1 & freeAt.length - 1] = until;
        for (int n = AT_ONCE; n < count; n++) {
            freeAt[from + n & freeAt.length - 1] = until;
        }
        taken = from + count;
    }
}
