package dev.cyclecast.model;

import dev.cyclecast.trace.Flow;
import java.util.Arrays;
import java.util.List;

/**
 * The branch prediction of several cores over the same branches.
 *
 * <p>A direction predictor takes most of the time. It sees the branches that the BTB knows, so cores with equal ones share
 * one until their BTBs disagree about a conditional branch; from then on each has a copy of its own. The outcomes are those
 * that each core would have alone.
 */
final class BranchPass {
    private final BranchPredictor[] cores;
    /** By core, the one whose direction predictor serves it. */
    private final int[] leader;
    private final boolean[] known;
    private final int[] said;
    private final int[][] paths;
    private final int[] outcome;

    /** Untrained predictors. */
    BranchPass(List<CoreProfile> profiles) {
        cores = profiles.stream().map(BranchPredictor::new).toArray(BranchPredictor[]::new);
        List<List<Integer>> kinds = profiles.stream().map(DirectionPredictor::dependsOn).toList();
        leader = kinds.stream().mapToInt(kinds::indexOf).toArray();
        known = new boolean[cores.length];
        said = new int[cores.length];
        paths = new int[cores.length][];
        outcome = new int[cores.length];
    }

    /** Predicts a branch on each core, as {@link BranchPredictor#predict} does. */
    void predict(Flow flow, long address, long end, boolean isTaken, long target) {
        boolean conditional = flow == Flow.CONDITIONAL;
        boolean agreed = true;
        for (int c = 0; c < cores.length; c++) {
            known[c] = cores[c].find(flow, end, isTaken);
            agreed &= known[c] == known[leader[c]];
        }
        if (conditional && !agreed) {
            part();
        }
        for (int c = 0; c < cores.length; c++) {
            int by = leader[c];
            if (by == c) {
                said[c] = conditional && known[c] ? cores[c].direction(address, isTaken) : BranchPredictor.RIGHT;
                paths[c] = flow.isIndirect() ? cores[c].paths() : null;
                if (isTaken) {
                    cores[c].passed(address, target);
                }
            }
            outcome[c] = cores[c].resolve(flow, address, end, isTaken, target, known[c], said[by], paths[by])
                    | cores[c].bubbles();
        }
    }

    /** Gives cores whose BTBs say otherwise than their leader's one of their own. */
    private void part() {
        int[] before = leader.clone();
        int[] other = new int[cores.length];
        Arrays.fill(other, -1);
        for (int c = 0; c < cores.length; c++) {
            int by = before[c];
            if (known[c] != known[by]) {
                if (other[by] < 0) {
                    other[by] = c;
                    cores[c].directionFrom(cores[by]);
                }
                leader[c] = other[by];
            }
        }
    }

    /** Outcome of the last branch on a core, and flags of {@link BranchOutcomes}. */
    int outcome(int core) {
        return outcome[core];
    }

    /** Branches mispredicted on a core so far. */
    long mispredicted(int core) {
        return cores[core].mispredicted;
    }
}
