package dev.cyclecast.model;

/** Cycles that branch prediction loses after a branch that it predicted rightly, by the flags of {@link BranchOutcomes}. */
final class BranchBubbles {
    private final int[] taken = new int[1 << 8];
    private final int override;

    /** The bubbles of a core. */
    BranchBubbles(CoreProfile p) {
        override = p.get(Constant.DIRECTION_OVERRIDE_BUBBLE);
        for (int flags = 0; flags < taken.length; flags++) {
            // What overrides the first level comes at the same stage, from whichever structure.
            int late = Math.max(bubble(p, flags, BranchOutcomes.SECOND_LEVEL, Constant.BTB_L2_BUBBLE), Math.max(
                    bubble(p, flags, BranchOutcomes.TARGET_OVERRIDE, Constant.INDIRECT_OVERRIDE_BUBBLE),
                    bubble(p, flags, BranchOutcomes.DIRECTION_OVERRIDE, Constant.DIRECTION_OVERRIDE_BUBBLE)));
            taken[flags] = late + Math.max(bubble(p, flags, BranchOutcomes.CALL, Constant.BTB_CALL_BUBBLE),
                    bubble(p, flags, BranchOutcomes.INDIRECT, Constant.BTB_INDIRECT_BUBBLE));
        }
    }

    private static int bubble(CoreProfile p, int flags, int flag, Constant cycles) {
        return (flags & flag) != 0 ? p.get(cycles) : 0;
    }

    /** Cycles behind a taken branch. */
    int taken(int found) {
        return taken[found & 0xFF];
    }

    /** Cycles behind a branch that falls through. */
    int notTaken(int found) {
        return (found & BranchOutcomes.DIRECTION_OVERRIDE) != 0 ? override : 0;
    }
}
