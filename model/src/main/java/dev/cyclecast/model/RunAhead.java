package dev.cyclecast.model;

/**
 * Loads that come before an older store's address is known, of which a core keeps so many. Where there are more, the others wait for
 * the address; and a load whose own address comes late finds no place, as those behind it were there first, and looks again later
 * (kernels {@code ahead-*}).
 *
 * <p>As loads are timed in program order, a load is timed before those behind it that keep it waiting. The next one with a late
 * address bears its delay.
 */
final class RunAhead {
    private static final int RING = 1 << 8;
    /** Delays that are not borne soon are forgotten. */
    private static final int MOST_KEPT = 16;
    private final int most;
    private final int retry;
    /** Of stores whose address came late: when it was known, and how many loads were before them. */
    private final long[] known = new long[RING];
    private final long[] before = new long[RING];
    private int first;
    private int next;
    private long loads;
    /** Cycle at which the addresses of all stores so far are known. */
    private long addressed;
    /** Cycle up to which loads beyond the limit wait for an address. */
    private long until;
    /** Loads that were kept waiting and whose delay nothing bears yet. */
    private int kept;

    RunAhead(CoreProfile p) {
        most = p.get(Constant.LOADS_AHEAD);
        retry = p.get(Constant.LOADS_AHEAD_RETRY);
    }

    /** A store's address is known at a cycle. */
    void store(long dispatched, long address) {
        addressed = Math.max(addressed, address);
        // Sooner than that, no such number of loads can have come.
        if (most > 0 && address > dispatched + retry && next - first < RING) {
            known[next & RING - 1] = address;
            before[next++ & RING - 1] = loads;
        }
    }

    /** A load whose address comes at a cycle; returns the cycle at which it looks for its data. */
    long load(long dispatched, long address) {
        loads++;
        while (first != next && loads - before[first & RING - 1] > most) {
            long store = known[first++ & RING - 1];
            if (dispatched < store) {
                until = Math.max(until, store);
                kept = Math.min(kept + 1, MOST_KEPT);
            }
        }
        if (address < until) {
            return until + retry;
        }
        if (kept > 0 && address > dispatched + retry && addressed >= address - retry) {
            kept--;
            return address + retry;
        }
        return address;
    }
}
