package dev.cyclecast.model;

import java.util.List;

/**
 * What the predictors of one core make of every branch of a trace under one layout: found in one pass over the branches
 * that the segments keep, so that the timed parts see trained predictors.
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

    /** Runs the predictors over segments of a code, in order. */
    static BranchOutcomes of(Code code, CodeTiming timing, CoreProfile profile, Placement placement, List<Window> segments) {
        BranchPredictor predictor = new BranchPredictor(profile);
        long[] address = placement.addresses();
        byte[][] timed = new byte[segments.size()][];
        long replayed = 0;
        for (int w = 0; w < timed.length; w++) {
            Window.Branches branches = segments.get(w).branches();
            replayed += branches.size();
            timed[w] = new byte[branches.size() - branches.timedFrom()];
            for (int k = 0; k < branches.size(); k++) {
                int s = branches.site()[k];
                int next = branches.next()[k];
                int outcome = predictor.predict(timing.flow[s], address[s], address[s] + timing.length[s],
                        code.isTaken(s, next), address[next]);
                if (k >= branches.timedFrom()) {
                    timed[w][k - branches.timedFrom()] = (byte) (outcome | predictor.bubbles());
                }
            }
        }
        return new BranchOutcomes(timed, (double) predictor.mispredicted / Math.max(1, replayed));
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
