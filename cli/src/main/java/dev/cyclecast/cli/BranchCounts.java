package dev.cyclecast.cli;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.TraceSource;
import java.util.List;

/** How often the conditional branches of a trace are taken, its warm-up included. */
final class BranchCounts {
    private static final int BATCH = 1 << 14;

    private final long[] executed;
    private final long[] taken;

    private BranchCounts(int instructions) {
        executed = new long[instructions];
        taken = new long[instructions];
    }

    /** Counts a trace. */
    static BranchCounts of(TraceSource trace) {
        List<Instruction> code = trace.image().instructions();
        BranchCounts counts = new BranchCounts(code.size());
        EventBatch batch = new EventBatch(BATCH);
        int last = -1;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                for (int e = 0; e < batch.size; e++) {
                    int next = batch.instruction[e];
                    if (last >= 0 && code.get(last).flow() == Flow.CONDITIONAL) {
                        counts.executed[last]++;
                        counts.taken[last] += code.get(next).address() == code.get(last).end() ? 0 : 1;
                    }
                    last = next;
                }
            }
        }
        return counts;
    }

    /** Share of a branch's executions in percent in which it is taken; NaN of what is no conditional branch. */
    double takenPercent(int instruction) {
        return executed[instruction] == 0 ? Double.NaN : 100.0 * taken[instruction] / executed[instruction];
    }
}
