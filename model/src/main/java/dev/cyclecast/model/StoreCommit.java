package dev.cyclecast.model;

import java.util.Arrays;

/**
 * Commit of stores to L1D, in order: so many a cycle, to so many lines; stores to one line that follow each other go together.
 *
 * <p>On a core that keeps few lines open for them ({@link Constant#STORE_OPEN_LINES}), a store takes one of two slots a cycle, and one
 * that opens a line takes both; where one line more is needed than can be open, all are closed. A store to a line
 * that one of the last four went to goes with that one: it takes no slot, and saves one for the next that opens a line (kernels
 * {@code store-open-*}).
 */
final class StoreCommit {
    /** Stores so close to one to the same line that they go with it. */
    private static final int NEAR = 4;
    private static final int SLOTS = 2;
    /** Cycles by which what takes slots may be behind commit. */
    private static final int BEHIND = 2;
    private static final int LINE_BITS = 6;
    private static final int PAGE_BITS = 12;
    private final int storesPerCycle;
    private final int linesPerCycle;
    private final int pageCross;
    private long cycle;
    private int stores;
    private int lines;
    private long line = -1;
    private final long[] open;
    private int opened;
    private final long[] near = new long[NEAR];
    private int nearest;
    /** Slots saved. */
    private int saved;
    /** Slots taken, counted from the first cycle. */
    private long slot;

    StoreCommit(CoreProfile p) {
        storesPerCycle = p.get(Constant.STORE_COMMITS);
        linesPerCycle = p.get(Constant.STORE_COMMIT_LINES);
        pageCross = p.get(Constant.STORE_PAGE_CROSS);
        open = new long[p.get(Constant.STORE_OPEN_LINES)];
        Arrays.fill(near, -1);
    }

    /** The cycle at which a store commits that may at a cycle or later. */
    long commit(long address, int bytes, long earliest) {
        if (earliest > cycle) {
            turn(earliest);
        }
        long last = address + bytes - 1 >>> LINE_BITS;
        long first = address >>> LINE_BITS;
        if (stores == storesPerCycle) {
            turn(cycle + 1);
        }
        take(first);
        if (last != first) {
            // The second part takes a store's place, and a page of its own takes further cycles.
            if (address >>> PAGE_BITS != address + bytes - 1 >>> PAGE_BITS) {
                turn(cycle + pageCross);
            } else if (stores + 1 == storesPerCycle) {
                turn(cycle + 1);
            } else {
                stores++;
            }
            take(last);
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
        if (open.length > 0) {
            slot = Math.max(slot, SLOTS * (cycle - BEHIND)) + slots(next);
            if (slot >= SLOTS * (cycle + 1)) {
                turn(slot / SLOTS);
            }
        }
    }

    private int slots(long next) {
        boolean close = contains(near, NEAR, next);
        near[nearest] = next;
        nearest = (nearest + 1) % NEAR;
        boolean known = contains(open, opened, next);
        if (!known) {
            opened = opened == open.length ? 0 : opened;
            open[opened++] = next;
        }
        if (close) {
            saved = Math.min(open.length, saved + 1);
            return 0;
        }
        if (!known && saved > 0) {
            saved--;
            return 1;
        }
        return known ? 1 : SLOTS;
    }

    private static boolean contains(long[] lines, int count, long line) {
        for (int k = 0; k < count; k++) {
            if (lines[k] == line) {
                return true;
            }
        }
        return false;
    }

    private void turn(long to) {
        cycle = to;
        stores = 0;
        lines = 0;
    }
}
