package dev.cyclecast.calibration.methods;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.Arrays;

/**
 * How often a trace executes each instruction behind its warm-up.
 *
 * @param counts     executions by number of the instruction
 * @param operations allocator operations that end meanwhile
 */
record Executions(long[] counts, long operations) {
    private static final int BATCH = 1 << 14;

    /**
     * Counts a trace.
     *
     * @throws CalibrationException if it counts no operation
     */
    static Executions of(TraceSource trace) {
        long[] counts = new long[trace.image().instructions().size()];
        long operations = 0;
        boolean counting = false;
        EventBatch batch = new EventBatch(BATCH);
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                int from = counting ? 0 : batch.size;
                for (int m = 0; m < batch.marks; m++) {
                    if (!counting && batch.markKind[m] == EventBatch.COUNT) {
                        counting = true;
                        from = batch.markAt[m];
                    } else if (counting && batch.markKind[m] == EventBatch.END) {
                        operations++;
                    }
                }
                for (int e = from; e < batch.size; e++) {
                    counts[batch.instruction[e]]++;
                }
            }
        }
        if (operations == 0) {
            throw new CalibrationException(trace.header().program() + ": the trace counts no operation; record a longer one");
        }
        return new Executions(counts, operations);
    }

    /** Instructions per operation. */
    double instructionsPerOperation() {
        return (double) Arrays.stream(counts).sum() / operations;
    }
}
