package dev.cyclecast.model;

import java.util.Arrays;

/** A two-level TLB of pages of one size: a fully associative first level (LRU), a set-associative second level. */
final class Tlb {
    /** Levels that a translation is found at; {@link #WALK} if at none. */
    static final int FIRST = 0;
    static final int SECOND = 1;
    static final int WALK = 2;

    private static final int HINTS = 1 << 8;
    private static final int CODE_WAYS = 8;
    private static final long DIRECTORY = 1L << 56;
    private final long[] page;
    private final long[] used;
    private final short[] hint = new short[HINTS];
    private final Cache second;
    private final int secondExtra;
    private final int walkExtra;
    private long clock;
    /** Lookups that missed the first level. */
    long misses;

    /** An instruction TLB, whose misses take fixed numbers of cycles. */
    Tlb(int entries, int secondEntries, int secondExtra, int walkExtra) {
        this(entries, secondEntries, CODE_WAYS, secondExtra, walkExtra);
    }

    /** A data TLB, of whose translations {@link #level} tells where they are. */
    Tlb(int entries, int secondEntries, int secondWays) {
        this(entries, secondEntries, secondWays, 0, 0);
    }

    private Tlb(int entries, int secondEntries, int secondWays, int secondExtra, int walkExtra) {
        page = new long[Math.min(entries, Short.MAX_VALUE)];
        used = new long[page.length];
        Arrays.fill(page, -1);
        second = new Cache(Math.max(1, Integer.highestOneBit(secondEntries / secondWays)), secondWays);
        this.secondExtra = secondExtra;
        this.walkExtra = walkExtra;
    }

    /** Extra cycles of translating a page number. */
    int access(long number) {
        return switch (level(number)) {
            case FIRST -> 0;
            case SECOND -> secondExtra;
            default -> walkExtra;
        };
    }

    /** The level that has the translation of a page number; from now on the first has it. */
    int level(long number) {
        int h = (int) (number ^ number >>> 8) & HINTS - 1;
        int entry = hint[h];
        if (page[entry] == number) {
            used[entry] = ++clock;
            return FIRST;
        }
        return search(number, h);
    }

    private int search(long number, int h) {
        int oldest = 0;
        for (int e = 0; e < page.length; e++) {
            if (page[e] == number) {
                used[e] = ++clock;
                hint[h] = (short) e;
                return FIRST;
            }
            if (used[e] < used[oldest]) {
                oldest = e;
            }
        }
        misses++;
        page[oldest] = number;
        used[oldest] = ++clock;
        hint[h] = (short) oldest;
        if (second.access(number) >= 0) {
            return SECOND;
        }
        second.fill(number, 0);
        return WALK;
    }

    /** Whether the second level holds a page directory entry; from now on it does. */
    boolean holdsDirectory(long number) {
        if (second.access(number | DIRECTORY) >= 0) {
            return true;
        }
        second.fill(number | DIRECTORY, 0);
        return false;
    }
}
