package dev.cyclecast.model;

import dev.cyclecast.trace.Instruction;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the predictors of one core make of every branch of a trace under one layout: found in one pass over the branches
 * that its windows keep, so that the timed ones meet trained predictors. One pass serves several cores.
 */
public final class BranchOutcomes {
    static final int KIND = 3;
    /** Found in the second BTB level. */
    static final int SECOND_LEVEL = 1 << 2;
    /** A call or a return. */
    static final int CALL = 1 << 3;
    /** Among the branches of which two may be taken in a cycle. */
    static final int FAST = 1 << 4;
    /** An indirect branch whose target the BTB had. */
    static final int INDIRECT = 1 << 5;
    /** An indirect branch whose target the indirect predictor had, against the BTB. */
    static final int TARGET_OVERRIDE = 1 << 6;
    /** A conditional branch on which the direction predictor's slow level overrode the fast one. */
    static final int DIRECTION_OVERRIDE = 1 << 7;
    /** Branches before a window that are replayed where an earlier one has trained the predictors. */
    private static final int BRANCHES_BETWEEN = 12_000;
    private final byte[][] timed;
    private final Rate rate;

    /**
     * How often branches are mispredicted.
     *
     * @param branches     number of branches
     * @param mispredicted those of them that were mispredicted
     */
    public record Rate(long branches, long mispredicted) {
        /** Mispredictions to expect among so many branches. */
        public double of(long others) {
            return branches == 0 ? 0 : (double) mispredicted / branches * others;
        }
    }

    private BranchOutcomes(byte[][] timed, Rate rate) {
        this.timed = timed;
        this.rate = rate;
    }

    /**
     * Runs the predictors of cores over the branches of windows: of the first one all that it keeps, of the others the last
     * of those before them.
     *
     * @param code      the program
     * @param cores     the cores
     * @param placement the layout
     * @param windows   windows of the trace, in order
     * @return what each core's predictors make of them
     */
    public static List<BranchOutcomes> of(Code code, List<CoreProfile> cores, Placement placement, List<Window> windows) {
        BranchPass pass = new BranchPass(cores);
        long[] address = placement.addresses();
        byte[][][] timed = new byte[cores.size()][windows.size()][];
        long[] untrained = new long[timed.length];
        long trained = 0;
        for (int w = 0; w < windows.size(); w++) {
            Window.Branches branches = windows.get(w).branches();
            int timedFrom = branches.timedFrom();
            for (int c = 0; c < timed.length; c++) {
                timed[c][w] = new byte[branches.size() - timedFrom];
            }
            int from = Math.max(0, w == 0 ? 0 : timedFrom - BRANCHES_BETWEEN);
            trained += branches.size() - (w == 0 ? timedFrom : from);
            for (int k = from; k < branches.size(); k++) {
                if (w == 0 && k == timedFrom) {
                    Arrays.setAll(untrained, pass::mispredicted);
                }
                int s = branches.site()[k];
                int next = branches.next()[k];
                Instruction branch = code.instruction(s);
                pass.predict(branch.flow(), address[s], address[s] + branch.length(), code.isTaken(s, next), address[next]);
                for (int c = 0; k >= timedFrom && c < timed.length; c++) {
                    timed[c][w][k - timedFrom] = (byte) pass.outcome(c);
                }
            }
        }
        long all = trained;
        return IntStream.range(0, timed.length)
                .mapToObj(c -> new BranchOutcomes(timed[c], new Rate(all, pass.mispredicted(c) - untrained[c]))).toList();
    }

    /** Outcomes of the branches in a window. */
    byte[] timed(int window) {
        return timed[window];
    }

    /** How often branches were mispredicted, of all that were replayed once the predictors were trained. */
    public Rate rate() {
        return rate;
    }
}
