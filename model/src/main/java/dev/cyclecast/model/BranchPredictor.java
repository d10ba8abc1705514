package dev.cyclecast.model;

import dev.cyclecast.trace.Flow;
import java.util.Arrays;

/** The branch prediction of a core: BTB levels, direction and indirect predictors, return stack. */
final class BranchPredictor {
    /** Outcome: predicted rightly. */
    static final int RIGHT = 0;
    /** Outcome: a direct jump or call that the BTB did not know; found at decode. */
    static final int DECODED = 1;
    /** Outcome: mispredicted; found when the branch executes. */
    static final int WRONG = 2;

    private static final int BTB_WAYS = 8;
    private final Cache first;
    private final Cache second;
    private final Cache fast;
    private final DirectionPredictor direction;
    private final long[] indirectTag;
    private final long[] indirectTarget;
    private final long[] lastTarget;
    private final long[] returns;
    private int top;
    private int depth;

    /** Where the BTB found the last branch: flags of {@link BranchOutcomes}. */
    private int found;
    long conditional;
    long taken;
    long mispredicted;
    long decodeRedirects;
    long indirectMispredicted;
    long returnMispredicted;

    BranchPredictor(CoreProfile p) {
        first = btb(p.get(Constant.BTB_L1_ENTRIES));
        second = p.get(Constant.BTB_L2_ENTRIES) > 0 ? btb(p.get(Constant.BTB_L2_ENTRIES)) : null;
        fast = p.get(Constant.FAST_BTB_ENTRIES) > 0 ? btb(p.get(Constant.FAST_BTB_ENTRIES)) : null;
        direction = new DirectionPredictor(p);
        int entries = Integer.highestOneBit(p.get(Constant.INDIRECT_ENTRIES));
        indirectTag = new long[entries];
        indirectTarget = new long[entries];
        lastTarget = new long[entries];
        returns = new long[p.get(Constant.RETURN_STACK_ENTRIES)];
        Arrays.fill(indirectTag, -1);
    }

    private static Cache btb(int entries) {
        int sets = Integer.highestOneBit(Math.max(1, entries / BTB_WAYS));
        return new Cache(sets, Math.max(1, entries / sets));
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
        int outcome = switch (flow) {
            case CONDITIONAL -> conditional(address, isTaken);
            case JUMP, CALL -> direct(address, flow == Flow.CALL);
            case INDIRECT_JUMP, INDIRECT_CALL -> indirect(address, target);
            case RETURN -> returns(address, target);
            default -> RIGHT;
        };
        if (flow.isCall()) {
            top = (top + 1) % returns.length;
            returns[top] = end;
            depth = Math.min(depth + 1, returns.length);
        }
        if (isTaken) {
            taken++;
            direction.taken(address, target);
        }
        if (outcome == WRONG) {
            mispredicted++;
        } else if (outcome == DECODED) {
            decodeRedirects++;
        }
        return outcome;
    }

    /** Where the last branch was found, as flags that say how long fetch waits if it is taken. */
    int bubbles() {
        return found;
    }

    private int conditional(long address, boolean isTaken) {
        conditional++;
        boolean known = lookup(address, isTaken);
        if (!known) {
            // Unknown to the BTB: fetch runs on behind it. The predictor learns only once the branch is known.
            return isTaken ? WRONG : RIGHT;
        }
        return direction.predict(address, isTaken) ? RIGHT : WRONG;
    }

    private int direct(long address, boolean call) {
        if (!lookup(address, true)) {
            return DECODED;
        }
        found |= call ? BranchOutcomes.CALL : 0;
        return RIGHT;
    }

    private int indirect(long address, long target) {
        boolean known = lookup(address, true);
        found |= BranchOutcomes.CALL;
        int mask = indirectTag.length - 1;
        int last = (int) (address ^ address >>> 9) & mask;
        int k = (int) (address ^ address >>> 7 ^ direction.path()) & mask;
        long tag = address ^ (long) direction.path() << 40;
        long predicted = indirectTag[k] == tag ? indirectTarget[k] : lastTarget[last];
        boolean right = known && predicted == target;
        indirectTag[k] = tag;
        indirectTarget[k] = target;
        lastTarget[last] = target;
        if (!right) {
            indirectMispredicted++;
        }
        return right ? RIGHT : WRONG;
    }

    private int returns(long address, long target) {
        lookup(address, true);
        found |= BranchOutcomes.CALL;
        long predicted = depth > 0 ? returns[top] : 0;
        if (depth > 0) {
            top = (top + returns.length - 1) % returns.length;
            depth--;
        }
        if (predicted != target) {
            returnMispredicted++;
            return WRONG;
        }
        return RIGHT;
    }

    /** Whether a BTB level knows a branch; sets the bubble of the level. A taken branch that none knows is entered. */
    private boolean lookup(long address, boolean enter) {
        // Sets are chosen by address bits from 5 up, as measured on Zen 3 (source J3).
        long key = address >>> 5 | (address & 31) << 50;
        found = 0;
        if (fast != null) {
            if (fast.access(key) >= 0) {
                found = BranchOutcomes.FAST;
            } else if (enter) {
                fast.fill(key, 0);
            }
        }
        if (first.access(key) >= 0) {
            return true;
        }
        if (second != null && second.access(key) >= 0) {
            found |= BranchOutcomes.SECOND_LEVEL;
            first.fill(key, 0);
            return true;
        }
        if (enter) {
            first.fill(key, 0);
            if (second != null) {
                second.fill(key, 0);
            }
        }
        return false;
    }
}
