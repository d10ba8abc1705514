package dev.cyclecast.model;

/**
 * One level of a branch target buffer: sets of entries with LRU replacement, each of one branch or, in some of them, of
 * two whose last bytes lie in one 64-byte line. A set takes memory once a branch is entered in it.
 *
 * <p>A branch is known by the address of its last byte. The first level takes its set from the address bits from 5 up, so
 * branches at a stride above 32 bytes share fewer sets; the second mixes higher bits in and shows no such conflicts (both
 * as measured on Zen 3, source J3).
 */
final class BranchTargetBuffer {
    private static final int FRESH = -1;
    private static final int HINTS = 1 << 10;
    /** In place of a second branch: there is none, and the first is unconditional, or conditional. */
    private static final long ALONE = -2;
    private static final long ALONE_CONDITIONAL = -3;

    /** Each set: the branches of its entries, their second branches, and when each was used last. */
    private final long[][] rows;
    private final int ways;
    private final int setMask;
    private final int hashShift;
    private final int pairWays;
    private final int pairAnyBytes;
    /** By low address bits: the entry of its set in which a branch was found last. */
    private final byte[] hint = new byte[HINTS];
    private long clock;

    /**
     * An empty level.
     *
     * @param entries entries, rounded down to a power of two of sets
     * @param ways    entries in a set
     * @param pairs   entries that may hold two branches
     * @param pairAny aligned bytes, a power of two, in which the first branch of two may be unconditional; 0 for none
     * @param hashed  whether higher address bits are mixed into the set
     */
    BranchTargetBuffer(int entries, int ways, int pairs, int pairAny, boolean hashed) {
        int sets = Integer.highestOneBit(Math.max(1, entries / ways));
        this.ways = Math.max(1, entries / sets);
        pairAnyBytes = pairAny;
        rows = new long[sets][];
        setMask = sets - 1;
        hashShift = hashed ? Math.max(1, Integer.numberOfTrailingZeros(sets)) : 0;
        pairWays = Math.min(this.ways, pairs / sets);
    }

    private int set(long last) {
        long block = last >>> 5;
        return (int) (hashShift == 0 ? block : block ^ block >>> hashShift) & setMask;
    }

    /** Whether a branch is known; makes its entry the most recently used. */
    boolean find(long last) {
        long[] row = rows[set(last)];
        if (row == null) {
            return false;
        }
        int w = hint[(int) last & HINTS - 1];
        if (row[w] != last && row[ways + w] != last) {
            w = search(row, last);
        }
        if (w < 0) {
            return false;
        }
        row[2 * ways + w] = ++clock;
        return true;
    }

    private int search(long[] row, long last) {
        for (int w = 0; w < ways; w++) {
            if (row[w] == last || row[ways + w] == last) {
                hint[(int) last & HINTS - 1] = (byte) w;
                return w;
            }
        }
        return -1;
    }

    /** Enters a branch that is not known: beside another one of its line where that may be, else in place of the oldest entry. */
    void enter(long last, boolean conditional) {
        int set = set(last);
        long[] row = rows[set];
        if (row == null) {
            row = new long[3 * ways];
            java.util.Arrays.fill(row, 0, 2 * ways, FRESH);
            rows[set] = row;
        }
        int oldest = 0;
        for (int w = 0; w < ways; w++) {
            if (w < pairWays && pairs(row[w], row[ways + w], last, conditional)) {
                row[ways + w] = last;
                row[2 * ways + w] = ++clock;
                return;
            }
            if (row[2 * ways + w] < row[2 * ways + oldest]) {
                oldest = w;
            }
        }
        row[oldest] = last;
        row[ways + oldest] = conditional ? ALONE_CONDITIONAL : ALONE;
        row[2 * ways + oldest] = ++clock;
    }

    private boolean pairs(long first, long second, long last, boolean conditional) {
        if (second > ALONE || first >>> 6 != last >>> 6) {
            return false;
        }
        boolean close = (first ^ last) < pairAnyBytes;
        return close || (first < last ? second == ALONE_CONDITIONAL : conditional);
    }
}
