package dev.cyclecast.model;

import java.util.Arrays;

/**
 * Cycles by cause and by site; both sum to the cycles that passed, exactly.
 *
 * <p>Retirement is in order, so a cycle in which it stood still belongs to the macro-op that it waited for. Of the cycles
 * before a retirement, as many as dispatch had moved on since the last one belong to what held dispatch up in those
 * cycles, the latest first; the rest to what made this macro-op take longer from dispatch to retirement.
 */
final class CpiStack {
    private static final int CAUSES = Cause.values().length;
    private static final Cause[] CAUSE = Cause.values();
    private static final int DEPTH = 32;
    /** Cycles by site and cause; null where sites are not asked for. */
    private final long[] bySite;
    private final long[] byCause = new long[CAUSES];
    private final int[] cause = new int[DEPTH];
    private final long[] cycles = new long[DEPTH];
    private final int[] site = new int[DEPTH];
    private int size;

    /** Accounts of so many sites; of causes alone for 0. */
    CpiStack(int sites) {
        bySite = sites == 0 ? null : new long[sites * CAUSES];
    }

    /** Dispatch moved on by some cycles; a null cause means that it waited for the back end. */
    void dispatch(Cause why, int where, long count) {
        int c = why == null ? -1 : why.ordinal();
        if (size > 0 && cause[size - 1] == c && (c < 0 || !CAUSE[c].isRedirect() || site[size - 1] == where)) {
            cycles[size - 1] += count;
            return;
        }
        if (size == DEPTH) {
            System.arraycopy(cause, 1, cause, 0, DEPTH - 1);
            System.arraycopy(cycles, 1, cycles, 0, DEPTH - 1);
            System.arraycopy(site, 1, site, 0, DEPTH - 1);
            size--;
        }
        cause[size] = c;
        cycles[size] = count;
        site[size++] = where;
    }

    /** Retirement moved on by some cycles to an operation of a site. */
    void retire(int where, long count, Cause back) {
        long left = count;
        while (size > 0 && left > 0) {
            size--;
            long part = Math.min(left, cycles[size]);
            int c = cause[size];
            if (c < 0) {
                charge(where, back.ordinal(), part);
            } else {
                charge(CAUSE[c].isRedirect() ? site[size] : where, c, part);
            }
            left -= part;
        }
        size = 0;
        if (left > 0) {
            charge(where, back.ordinal(), left);
        }
    }

    private void charge(int where, int why, long count) {
        byCause[why] += count;
        if (bySite != null) {
            bySite[where * CAUSES + why] += count;
        }
    }

    /** Forgets what was counted so far. */
    void clear() {
        Arrays.fill(byCause, 0);
        if (bySite != null) {
            Arrays.fill(bySite, 0);
        }
    }

    /**
     * Fails where causes, or sites if they are kept, do not sum to the cycles that passed.
     *
     * @param what what was replayed, for the message
     * @throws ModelException with both sums
     */
    void balance(long passed, String what) {
        long causes = Arrays.stream(byCause).sum();
        long sites = bySite == null ? passed : Arrays.stream(bySite).sum();
        if (causes != passed || sites != passed) {
            throw new ModelException(what + ": causes sum to " + causes + " cycles and sites to " + sites + ", but " + passed
                    + " passed; the simulator is at fault: report it with the trace and the profile");
        }
    }

    /** Cycles by cause. */
    long[] byCause() {
        return byCause.clone();
    }

    /** Cycles of a site for a cause. */
    long cycles(int where, Cause why) {
        return bySite[where * CAUSES + why.ordinal()];
    }

    /** Cycles of a site. */
    long cycles(int where) {
        long sum = 0;
        for (Cause c : CAUSE) {
            sum += cycles(where, c);
        }
        return sum;
    }
}
