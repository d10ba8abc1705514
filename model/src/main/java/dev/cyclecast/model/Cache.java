package dev.cyclecast.model;

import java.util.Arrays;

/** A set-associative cache of 64-byte lines (or of pages) with LRU replacement, and the cycle at which each line arrives. */
final class Cache {
    private final long[] tag;
    private final long[] arrival;
    private final int ways;
    private final int setMask;

    /** A cache of {@code sets} (a power of two) by {@code ways}. */
    Cache(int sets, int ways) {
        if (Integer.bitCount(sets) != 1) {
            throw new ModelException("a cache of " + sets + " sets: sets must be a power of two; change size or ways");
        }
        this.ways = ways;
        setMask = sets - 1;
        tag = new long[sets * ways];
        arrival = new long[sets * ways];
        Arrays.fill(tag, -1);
    }

    /** A cache of 64-byte lines of a size in KiB; sets are rounded down to a power of two. */
    static Cache ofKib(int kib, int ways) {
        return new Cache(Math.max(1, Integer.highestOneBit(kib * 16 / ways)), ways);
    }

    /**
     * Looks a line up and makes it the most recently used.
     *
     * @return the cycle at which the line is (or was) there; -1 on a miss
     */
    long access(long line) {
        int base = ((int) line & setMask) * ways;
        if (tag[base] == line) {
            return arrival[base];
        }
        for (int w = base + 1, end = base + ways; w < end; w++) {
            if (tag[w] == line) {
                long at = arrival[w];
                System.arraycopy(tag, base, tag, base + 1, w - base);
                System.arraycopy(arrival, base, arrival, base + 1, w - base);
                tag[base] = line;
                arrival[base] = at;
                return at;
            }
        }
        return -1;
    }

    /** Brings a line in as the most recently used, in place of the least recently used. */
    void fill(long line, long at) {
        int base = ((int) line & setMask) * ways;
        System.arraycopy(tag, base, tag, base + 1, ways - 1);
        System.arraycopy(arrival, base, arrival, base + 1, ways - 1);
        tag[base] = line;
        arrival[base] = at;
    }
}
