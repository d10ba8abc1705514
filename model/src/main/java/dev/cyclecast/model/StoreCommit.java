package dev.cyclecast.model;

import java.util.Arrays;

/**
 * Commit of stores to L1D, in order: so many a cycle, to so many lines; stores to one line that follow each other go together.
 *
 * <p>On some cores they go through a coalescing buffer of so many lines, the oldest of which makes room for a new one. In a cycle as many
 * lines are taken up or written to L1D as stores commit. A store to a line of one of the last few is combined with it: it costs nothing, and
 * lines are written meanwhile.
 */
final class StoreCommit {
    private static final int LINE_BITS = 6;
    private static final int PAGE_BITS = 12;
    private final int storesPerCycle;
    private final int linesPerCycle;
    private final int pageCross;
    private long cycle;
    private int stores;
    private int lines;
    private long line = -1;
    /** Lines of the coalescing buffer, and where the oldest is. */
    private final long[] coalesced;
    private int oldest;
    /** Lines that are not written to L1D yet. */
    private int unwritten;
    /** Lines that were written while stores were combined, ahead of need. */
    private int ahead;
    private final int aheadPerStore;
    /** Lines of the last stores, and where the oldest is. */
    private final long[] last;
    private int lastAt;
    private int moves;

    StoreCommit(CoreProfile p) {
        coalesced = new long[p.get(Constant.STORE_COALESCE_LINES)];
        last = new long[p.get(Constant.STORE_COALESCE_NEAR)];
        Arrays.fill(coalesced, -1);
        Arrays.fill(last, -1);
        aheadPerStore = p.get(Constant.STORE_COALESCE_AHEAD);
        storesPerCycle = p.get(Constant.STORE_COMMITS);
        linesPerCycle = p.get(Constant.STORE_COMMIT_LINES);
        pageCross = p.get(Constant.STORE_PAGE_CROSS);
    }

    /** The cycle at which a store commits that may at a cycle or later. */
    long commit(long address, int bytes, long earliest) {
        if (earliest > cycle) {
            turn(earliest);
        }
        long end = address + bytes - 1 >>> LINE_BITS;
        long first = address >>> LINE_BITS;
        if (stores == storesPerCycle) {
            turn(cycle + 1);
        }
        if (coalesced.length > 0) {
            coalesce(first);
        }
        take(first);
        if (end != first) {
            // The second part takes a store's place, and a page of its own takes further cycles.
            if (address >>> PAGE_BITS != address + bytes - 1 >>> PAGE_BITS) {
                turn(cycle + pageCross);
            } else if (stores + 1 == storesPerCycle) {
                turn(cycle + 1);
            } else {
                stores++;
            }
            take(end);
        }
        stores++;
        return cycle;
    }

    private void take(long next) {
        if (next != line || lines == 0) {
            if (lines == linesPerCycle) {
                turn(cycle + 1);
            }
            line = next;
            lines++;
        }
    }

    /** Takes a store into the coalescing buffer, in a later cycle if that has no time for it. */
    private void coalesce(long next) {
        boolean near = false;
        for (int k = 0; k < last.length; k++) {
            near |= last[k] == next;
        }
        int needs = near ? 0 : 1;
        if (!holds(next)) {
            if (unwritten < coalesced.length) {
                unwritten++;
            } else if (ahead > 0) {
                ahead--;
            } else {
                needs++;
            }
            coalesced[oldest] = next;
            oldest = oldest + 1 == coalesced.length ? 0 : oldest + 1;
        }
        if (near) {
            ahead = Math.max(ahead, aheadPerStore);
        }
        if (moves + needs > storesPerCycle) {
            turn(cycle + 1);
        }
        moves += needs;
        last[lastAt] = next;
        lastAt = lastAt + 1 == last.length ? 0 : lastAt + 1;
    }

    private boolean holds(long next) {
        for (long held : coalesced) {
            if (held == next) {
                return true;
            }
        }
        return false;
    }

    private void turn(long to) {
        // In a cycle without stores lines are written.
        unwritten = (int) Math.max(0, unwritten - (to - cycle - 1) * storesPerCycle);
        moves = 0;
        cycle = to;
        stores = 0;
        lines = 0;
    }
}
