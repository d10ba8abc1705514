package dev.cyclecast.model;

import java.util.Arrays;

/**
 * A set-associative cache of 64-byte lines (or pages, or branches) with LRU replacement, and the cycle at which each line
 * arrives (or another number that is kept with it). A set takes memory once it is touched.
 */
final class Cache {
    /** Each set: its tags, most recently used first, then (if kept) the arrivals in the same order. */
    private final long[][] rows;
    private final int ways;
    private final int setMask;
    private final boolean timed;
    private final boolean wayPredicted;

    /** A cache of {@code sets} (a power of two) by {@code ways} in which all that is there arrived at cycle 0. */
    Cache(int sets, int ways) {
        this(sets, ways, false, false);
    }

    private Cache(int sets, int ways, boolean timed, boolean wayPredicted) {
        this.timed = timed;
        this.wayPredicted = wayPredicted;
        if (Integer.bitCount(sets) != 1) {
            throw new ModelException("a cache of " + sets + " sets: sets must be a power of two; change size or ways");
        }
        this.ways = ways;
        setMask = sets - 1;
        rows = new long[sets][];
    }

    /** A cache of 64-byte lines of a size in KiB; sets are rounded down to a power of two. */
    static Cache ofKib(int kib, int ways) {
        return new Cache(sets(kib, ways), ways);
    }

    /** The same with arrivals, and with or without a {@link WayPredictor}. */
    static Cache timedOfKib(int kib, int ways, boolean wayPredicted) {
        return new Cache(sets(kib, ways), ways, true, wayPredicted);
    }

    private static int sets(int kib, int ways) {
        return Math.max(1, Integer.highestOneBit(kib * 16 / ways));
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
            return timed ? row[ways] : 0;
        }
        for (int w = 1; w < ways; w++) {
            if (row[w] == line) {
                long at = timed ? row[ways + w] : 0;
                push(row, w, line, at);
                return at;
            }
        }
        return -1;
    }

    /** Whether a line is there; changes nothing. */
    boolean contains(long line) {
        long[] row = rows[(int) line & setMask];
        if (row != null) {
            for (int w = 0; w < ways; w++) {
                if (row[w] == line) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Changes the arrival of the line that was looked up last in its set. */
    void arrives(long line, long at) {
        rows[(int) line & setMask][ways] = at;
    }

    /** Brings a line in as the most recently used, in place of the least recently used or of one that cannot stay beside it. */
    void fill(long line, long at) {
        int set = (int) line & setMask;
        long[] row = rows[set];
        if (row == null) {
            row = new long[timed ? 2 * ways : ways];
            Arrays.fill(row, 0, ways, -1);
            rows[set] = row;
        }
        push(row, wayPredicted ? WayPredictor.conflict(row, ways, line) : ways - 1, line, at);
    }

    /** Puts a line first, over the one at a position. */
    private void push(long[] row, int over, long line, long at) {
        // Lines move by few places, for which a loop is faster than a call that copies.
        for (int w = over; w > 0; w--) {
            row[w] = row[w - 1];
        }
        row[0] = line;
        if (timed) {
            for (int w = ways + over; w > ways; w--) {
                row[w] = row[w - 1];
            }
            row[ways] = at;
        }
    }
}
