package dev.cyclecast.model;

/** Commit of stores to L1D, in order: so many a cycle, to so many lines; stores to one line that follow each other go together. */
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

    StoreCommit(CoreProfile p) {
        storesPerCycle = p.get(Constant.STORE_COMMITS);
        linesPerCycle = p.get(Constant.STORE_COMMIT_LINES);
        pageCross = p.get(Constant.STORE_PAGE_CROSS);
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
    }

    private void turn(long to) {
        cycle = to;
        stores = 0;
        lines = 0;
    }
}
