package dev.cyclecast.model;

/** Retirement: macro-ops leave the reorder buffer in program order, so many a cycle, once they are complete. */
final class Retirement {
    private final CpiStack stack;
    private final int width;
    private long cycle;
    private int retiredNow;

    Retirement(CoreProfile p, CpiStack stack) {
        this.stack = stack;
        width = p.get(Constant.RETIRE_WIDTH);
    }

    /** Cycle of the last retirement. */
    long cycle() {
        return cycle;
    }

    /**
     * Retires an instruction.
     *
     * @param complete cycle of completion
     * @param back     what completion waited for
     */
    void retire(int s, int ops, long complete, Cause back) {
        long at = Math.max(complete + 1, cycle);
        Cause why = back;
        if (at == cycle && retiredNow + ops > width && retiredNow > 0) {
            at++;
            why = Cause.RETIRE;
        }
        int last = ops;
        if (ops > width) {
            // Microcode: it takes further cycles, of which some may pass while its last macro-op is executed.
            int further = (ops - 1) / width;
            long earliest = cycle + further + (retiredNow > 0 ? 1 : 0);
            if (earliest > at) {
                at = earliest;
                why = Cause.RETIRE;
            }
            last = ops - further * width;
        }
        if (at > cycle) {
            stack.retire(s, at - cycle, why);
            cycle = at;
            retiredNow = 0;
        }
        retiredNow += last;
    }
}
