package dev.cyclecast.model;

import dev.cyclecast.trace.Flow;
import java.util.List;
import java.util.stream.Stream;

/** The branch prediction of a core: BTB levels, direction and indirect predictors, return stack. */
final class BranchPredictor {
    /** Outcome: predicted rightly. */
    static final int RIGHT = 0;
    /** Outcome: a direct jump or call that the BTB did not know; found at decode. */
    static final int DECODED = 1;
    /** Outcome: mispredicted; found when the branch executes. */
    static final int WRONG = 2;

    /** The constants on which all this depends, besides those of the direction predictor. */
    private static final List<Constant> CONSTANTS = List.of(Constant.BTB_PAIR_ANY_BYTES, Constant.BTB_L1_ENTRIES,
            Constant.BTB_L1_WAYS, Constant.BTB_L1_PAIRS, Constant.BTB_L2_ENTRIES, Constant.BTB_L2_WAYS, Constant.BTB_L2_PAIRS,
            Constant.FAST_BTB_ENTRIES, Constant.INDIRECT_ENTRIES, Constant.RETURN_STACK_ENTRIES);
    private static final int FAST_WAYS = 8;
    private final BranchTargetBuffer first;
    private final BranchTargetBuffer second;
    private final BranchTargetBuffer fast;
    private DirectionPredictor direction;
    private final IndirectPredictor indirect;
    private final ReturnStack returns;

    /** How the last branch was predicted: flags of {@link BranchOutcomes}. */
    private int found;
    long conditional;
    long taken;
    long mispredicted;
    long decodeRedirects;
    long indirectMispredicted;
    long returnMispredicted;

    /** What of a profile all this depends on: profiles of which it is equal predict alike. */
    static List<Integer> dependsOn(CoreProfile profile) {
        return Stream.concat(CONSTANTS.stream(), DirectionPredictor.CONSTANTS.stream()).map(profile::get).toList();
    }

    BranchPredictor(CoreProfile p) {
        int pairAny = p.get(Constant.BTB_PAIR_ANY_BYTES);
        first = new BranchTargetBuffer(p.get(Constant.BTB_L1_ENTRIES), p.get(Constant.BTB_L1_WAYS),
                p.get(Constant.BTB_L1_PAIRS), pairAny, false);
        second = p.get(Constant.BTB_L2_ENTRIES) == 0 ? null : new BranchTargetBuffer(p.get(Constant.BTB_L2_ENTRIES),
                p.get(Constant.BTB_L2_WAYS), p.get(Constant.BTB_L2_PAIRS), pairAny, true);
        fast = p.get(Constant.FAST_BTB_ENTRIES) == 0 ? null
                : new BranchTargetBuffer(p.get(Constant.FAST_BTB_ENTRIES), FAST_WAYS, 0, 0, false);
        direction = new DirectionPredictor(p);
        indirect = new IndirectPredictor(p.get(Constant.INDIRECT_ENTRIES));
        returns = new ReturnStack(p.get(Constant.RETURN_STACK_ENTRIES));
    }

    /**
     * Predicts a branch, learns from its outcome.
     *
     * @param flow    kind of branch
     * @param address its address
     * @param end     address of the instruction behind it
     * @param isTaken whether it was taken
     * @param target  where it went
     * @return {@link #RIGHT}, {@link #DECODED} or {@link #WRONG}
     */
    int predict(Flow flow, long address, long end, boolean isTaken, long target) {
        boolean known = find(flow, end, isTaken);
        int said = flow == Flow.CONDITIONAL && known ? direction(address, isTaken) : RIGHT;
        int[] paths = flow.isIndirect() ? paths() : null;
        if (isTaken) {
            passed(address, target);
        }
        return resolve(flow, address, end, isTaken, target, known, said, paths);
    }

    /** First part of {@link #predict}: whether the BTB knows a branch; one that it should have known it learns. */
    boolean find(Flow flow, long end, boolean isTaken) {
        boolean conditional = flow == Flow.CONDITIONAL;
        return lookup(end, isTaken || !conditional, conditional);
    }

    /** Second part, for a conditional branch that the BTB knows: outcome and flags of its direction. */
    int direction(long address, boolean isTaken) {
        int outcome = direction.predict(address, isTaken) ? RIGHT : WRONG;
        return direction.overridden() ? outcome | BranchOutcomes.DIRECTION_OVERRIDE : outcome;
    }

    /** Second part, for an indirect branch: the paths that lead to it. */
    int[] paths() {
        return direction.paths();
    }

    /** Third part, for a branch that is taken: it becomes part of the path. */
    void passed(long address, long target) {
        direction.taken(address, target);
    }

    /** Begins with the direction predictor of another core as it is now. */
    void directionFrom(BranchPredictor other) {
        direction = new DirectionPredictor(other.direction);
    }

    /**
     * Last part of {@link #predict}.
     *
     * @param known whether the BTB knew the branch
     * @param said  what {@link #direction} said of it
     * @param paths what {@link #paths} said of it
     */
    int resolve(Flow flow, long address, long end, boolean isTaken, long target, boolean known, int said, int[] paths) {
        int outcome = switch (flow) {
            case CONDITIONAL -> conditional(isTaken, known, said);
            case JUMP, CALL -> direct(flow == Flow.CALL, known);
            case INDIRECT_JUMP, INDIRECT_CALL -> indirect(flow == Flow.INDIRECT_CALL, address, target, known, paths);
            case RETURN -> returns(target);
            default -> RIGHT;
        };
        if (flow.isCall()) {
            returns.push(end);
        }
        taken += isTaken ? 1 : 0;
        if (outcome == WRONG) {
            mispredicted++;
        } else if (outcome == DECODED) {
            decodeRedirects++;
        }
        return outcome;
    }

    /** How the last branch was predicted, as flags that say how long prediction waits behind it. */
    int bubbles() {
        return found;
    }

    private int conditional(boolean isTaken, boolean known, int said) {
        conditional++;
        if (!known) {
            // Fetch runs on behind it. The direction predictor learns only once the branch is known.
            return isTaken ? WRONG : RIGHT;
        }
        found |= said & ~BranchOutcomes.KIND;
        return said & BranchOutcomes.KIND;
    }

    private int direct(boolean call, boolean known) {
        if (!known) {
            return DECODED;
        }
        found |= call ? BranchOutcomes.CALL : 0;
        return RIGHT;
    }

    private int indirect(boolean call, long address, long target, boolean known, int[] paths) {
        boolean right = indirect.predict(address, paths, target) && known;
        // The block behind an indirect branch is predicted in another cycle.
        found = found & ~BranchOutcomes.FAST
                | (indirect.overridden() ? BranchOutcomes.TARGET_OVERRIDE : BranchOutcomes.INDIRECT)
                | (call ? BranchOutcomes.CALL : 0);
        if (!right) {
            indirectMispredicted++;
        }
        return right ? RIGHT : WRONG;
    }

    private int returns(long target) {
        found |= BranchOutcomes.CALL;
        if (returns.pop() != target) {
            returnMispredicted++;
            return WRONG;
        }
        return RIGHT;
    }

    /** Whether a BTB level knows a branch; notes which. One that none knows is entered if {@code enter}. */
    private boolean lookup(long end, boolean enter, boolean conditional) {
        long last = end - 1;
        found = 0;
        if (fast != null) {
            if (fast.find(last)) {
                found = BranchOutcomes.FAST;
            } else if (enter) {
                fast.enter(last, conditional);
            }
        }
        if (first.find(last)) {
            return true;
        }
        if (second != null && second.find(last)) {
            found |= BranchOutcomes.SECOND_LEVEL;
            first.enter(last, conditional);
            return true;
        }
        if (enter) {
            first.enter(last, conditional);
            if (second != null) {
                second.enter(last, conditional);
            }
        }
        return false;
    }
}
