package dev.cyclecast.cli;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;

/** What a pass over a trace's events counts: instructions and operations, in all and after warm-up. */
final class TraceCounts {
    private final long[] operations = new long[256];
    private long instructions;
    private long warmUp;
    private boolean counting;

    private TraceCounts() {
    }

    /** Those of a whole trace. */
    static TraceCounts of(TraceSource trace) {
        TraceCounts counts = new TraceCounts();
        EventBatch batch = new EventBatch(1 << 14);
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                counts.add(batch);
            }
        }
        return counts;
    }

    private void add(EventBatch batch) {
        for (int m = 0; m < batch.marks; m++) {
            switch (batch.markKind[m]) {
                case EventBatch.COUNT -> {
                    if (!counting) {
                        counting = true;
                        warmUp = instructions + batch.markAt[m];
                    }
                }
                case EventBatch.END -> operations[batch.markValue[m] & 0xff] += counting ? 1 : 0;
                default -> {
                }
            }
        }
        instructions += batch.size;
    }

    /** Executed instructions. */
    long instructions() {
        return instructions;
    }

    /** Of them, those before counting begins; all if it never does. */
    long warmUp() {
        return counting ? warmUp : instructions;
    }

    /** Operations of one kind that ended after warm-up. */
    long operation(int kind) {
        return operations[kind];
    }

    /** Operations of any kind that ended after warm-up. */
    long countedOperations() {
        long sum = 0;
        for (long count : operations) {
            sum += count;
        }
        return sum;
    }
}
