package dev.cyclecast.model;

import java.util.Arrays;

/**
 * A set-associative cache of 64-byte lines (or pages, or branches) with LRU replacement, and the cycle at which each line
 * arrives. A set takes memory once it is touched.
 */
final class Cache {
    /** Each set: its tags, most recently used first, then the arrivals in the same order. */
    private final long[][] rows;
    private final int ways;
    private final int setMask;

    /** A cache of {@code sets} (a power of two) by {@code ways}. */
    Cache(int sets, int ways) {
        if (Integer.bitCount(sets) != 1) {
            throw new ModelException("a cache of " + sets + " sets: sets must be a power of two; change size or ways");
        }
        this.ways = ways;
        setMask = sets - 1;
        rows = new long[sets][];
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
        long[] row = rows[(int) line & setMask];
        if (row == null) {
            return -1;
        }
        if (row[0] == line) {
            return row[ways];
        }
        for (int w = 1; w < ways; w++) {
            if (row[w] == line) {
                long at = row[ways + w];
                push(row, w, line, at);
                return at;
            }
        }
        return -1;
    }

    /** Brings a line in as the most recently used, in place of the least recently used. */
    void fill(long line, long at) {
        int set = (int) line & setMask;
        long[] row = rows[set];
        if (row == null) {
            row = new long[2 * ways];
            Arrays.fill(row, 0, ways, -1);
            rows[set] = row;
        }
        push(row, ways - 1, line, at);
    }

    /** Puts a line first, over the one at a position. */
    private void push(long[] row, int over, long line, long at) {
        for (int w = over; w > 0; w--) {
            row[w] = row[w - 1];
            row[ways + w] = row[ways + w - 1];
        }
        row[0] = line;
        row[ways] = at;
    }
}
