package dev.cyclecast.model;

import java.util.Arrays;

/** A two-level TLB of 4-KiB pages: a fully associative first level (LRU), an 8-way second level. */
final class Tlb {
    private static final int HINTS = 1 << 8;
    private final long[] page;
    private final long[] used;
    private final short[] hint = new short[HINTS];
    private final Cache second;
    private final int secondExtra;
    private final int walkExtra;
    private long clock;
    /** Lookups that missed the first level. */
    long misses;

    Tlb(int entries, int secondEntries, int secondExtra, int walkExtra) {
        page = new long[Math.min(entries, Short.MAX_VALUE)];
        used = new long[page.length];
        Arrays.fill(page, -1);
        second = new Cache(Math.max(1, Integer.highestOneBit(secondEntries / 8)), 8);
        this.secondExtra = secondExtra;
        this.walkExtra = walkExtra;
    }

    /** Extra cycles of translating a page number. */
    int access(long number) {
        int h = (int) (number ^ number >>> 8) & HINTS - 1;
        int entry = hint[h];
        if (page[entry] == number) {
            used[entry] = ++clock;
            return 0;
        }
        return search(number, h);
    }

    private int search(long number, int h) {
        int oldest = 0;
        for (int e = 0; e < page.length; e++) {
            if (page[e] == number) {
                used[e] = ++clock;
                hint[h] = (short) e;
                return 0;
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
            return secondExtra;
        }
        second.fill(number, 0);
        return walkExtra;
    }
}
