package dev.cyclecast.model;

import dev.cyclecast.trace.Instruction;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the predictors of one core make of every branch of a trace under one layout: found in one pass over the branches
 * that the segments keep, so that the timed parts see trained predictors. One pass serves several cores.
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
    private final byte[][] timed;
    private final double mispredictRate;

    private BranchOutcomes(byte[][] timed, double mispredictRate) {
        this.timed = timed;
        this.mispredictRate = mispredictRate;
    }

    /**
     * Runs the predictors of cores over the branches of segments, in order.
     *
     * @param code      the program
     * @param cores     the cores
     * @param placement the layout
     * @param segments  the segments of the trace, compacted
     * @return what each core's predictors make of them
     */
    public static List<BranchOutcomes> of(Code code, List<CoreProfile> cores, Placement placement, List<Window> segments) {
        BranchPass pass = new BranchPass(cores);
        long[] address = placement.addresses();
        byte[][][] timed = new byte[cores.size()][segments.size()][];
        long replayed = 0;
        for (int w = 0; w < segments.size(); w++) {
            Window.Branches branches = segments.get(w).branches();
            replayed += branches.size();
            for (int c = 0; c < timed.length; c++) {
                timed[c][w] = new byte[branches.size() - branches.timedFrom()];
            }
            for (int k = 0; k < branches.size(); k++) {
                int s = branches.site()[k];
                int next = branches.next()[k];
                Instruction branch = code.instruction(s);
                pass.predict(branch.flow(), address[s], address[s] + branch.length(), code.isTaken(s, next), address[next]);
                if (k >= branches.timedFrom()) {
                    for (int c = 0; c < timed.length; c++) {
                        timed[c][w][k - branches.timedFrom()] = (byte) pass.outcome(c);
                    }
                }
            }
        }
        long all = Math.max(1, replayed);
        return IntStream.range(0, timed.length)
                .mapToObj(c -> new BranchOutcomes(timed[c], (double) pass.mispredicted(c) / all)).toList();
    }

    /** Outcomes of the branches in the timed part of a segment. */
    byte[] timed(int segment) {
        return timed[segment];
    }

    /** Share of all branches replayed that were mispredicted. */
    public double mispredictRate() {
        return mispredictRate;
    }
}
