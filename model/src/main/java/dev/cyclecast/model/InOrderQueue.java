package dev.cyclecast.model;

/** A hardware queue whose entries are taken and freed in program order: for each entry, the cycle at which it is free again. */
final class InOrderQueue {
    private final long[] freeAt;
    private int head;

    InOrderQueue(int entries) {
        freeAt = new long[entries];
    }

    /** Cycle at which the entry that is taken next is free. */
    long free() {
        return freeAt[head];
    }

    /** Takes the next entry until a cycle. */
    void take(long until) {
        int h = head;
        freeAt[h] = until;
        head = ++h == freeAt.length ? 0 : h;
    }

    /** Takes entries until a cycle; one at least. */
    void take(long until, int entries) {
        take(until);
        for (int left = entries - 1; left > 0; left--) {
            take(until);
        }
    }
}
