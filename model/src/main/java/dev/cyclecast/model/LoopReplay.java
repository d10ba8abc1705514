package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.Arrays;
import java.util.List;

/**
 * Replays the trace of a loop on one profile after the other and counts its cycles, and nothing else: what a calibration asks for
 * thousands of times. Not for use by several threads at once.
 */
public final class LoopReplay {
    private static final int BATCH = 1 << 10;
    /** Traces of so many events are kept in memory: reading one takes longer than replaying it. */
    private static final int MOST_KEPT = 1 << 17;

    private final Turns trace;
    private final Code code;
    private final Placement placement;
    /** All events of a short trace; null of a long one. */
    private final EventBatch kept;
    private String column;
    private InstructionTable table;
    private InstructionTable.Entry[] entries;
    private List<Object> timedFor;
    private CodeTiming timing;
    /** Which instructions are branches. */
    private boolean[] branches;
    private List<Integer> predictedFor;
    private byte[] outcomes;

    /**
     * For a trace with warm-up.
     *
     * @throws ModelException if it does not count two turns of a loop
     */
    public LoopReplay(TraceSource trace) {
        code = Code.of(trace.image());
        this.trace = Turns.of(trace, code);
        kept = this.trace.events() <= MOST_KEPT ? all(trace, (int) this.trace.events()) : null;
        placement = Placement.recorded(code);
    }

    private static EventBatch all(TraceSource trace, int size) {
        EventBatch events = new EventBatch(size);
        EventBatch batch = new EventBatch(BATCH);
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                for (int e = 0; e < batch.size; e++) {
                    events.add(batch.instruction[e], batch.address0[e], batch.address1[e], batch.value[e]);
                }
            }
        }
        return events;
    }

    /** Cycles of a counted turn of the loop, from the end of the first to the end of the last one. */
    public double cyclesPerTurn(CoreProfile profile) {
        Core core = new Core(code, timing(profile), profile, placement, 0, false);
        if (kept != null) {
            int first = (int) trace.untilFirst();
            int last = (int) trace.untilLast();
            core.branchesAre(outcomes(profile, last), branches);
            core.run(kept, 0, first, kept.instruction[first]);
            long begin = core.cycles();
            core.run(kept, first, last, last < kept.size ? kept.instruction[last] : -1);
            BoundCalculator.check(core, timing, profile, trace.header().program());
            return (double) (core.cycles() - begin) / trace.between();
        }
        Ends ends = new Ends(core);
        Feed.run(trace, core, ends);
        BoundCalculator.check(core, timing, profile, trace.header().program());
        return (double) (ends.last - ends.first) / trace.between();
    }

    /** Notes the cycles at which the first and the last turn end. */
    private static final class Ends implements Feed.Listener {
        private final Core core;
        private long first = -1;
        private long last;

        Ends(Core core) {
            this.core = core;
        }

        @Override
        public void events(EventBatch batch, int from, int to) {
            // They are counted by the core.
        }

        @Override
        public void mark(byte kind, int value) {
            if (kind == Turns.TURN) {
                last = core.cycles();
                first = first < 0 ? last : first;
            }
        }
    }

    /** What becomes of each branch of a kept trace, which hangs on few constants: most profiles tried in a row share them. */
    private byte[] outcomes(CoreProfile profile, int end) {
        List<Integer> values = BranchPredictor.dependsOn(profile);
        if (values.equals(predictedFor)) {
            return outcomes;
        }
        BranchPredictor predictor = new BranchPredictor(profile);
        long[] address = placement.addresses();
        branches = new boolean[code.size()];
        byte[] found = new byte[end];
        int n = 0;
        for (int e = 0; e < end && e + 1 < kept.size; e++) {
            int s = kept.instruction[e];
            if ((timing.flags[s] & CodeTiming.BRANCH) != 0) {
                branches[s] = true;
                int next = kept.instruction[e + 1];
                int kind = predictor.predict(timing.flow[s], address[s], address[s] + timing.length[s], code.isTaken(s, next),
                        address[next]);
                found[n++] = (byte) (kind | predictor.bubbles());
            }
        }
        predictedFor = values;
        outcomes = Arrays.copyOf(found, n);
        return outcomes;
    }

    /** Of the constants that timing depends on, most profiles tried in a row share all. */
    private CodeTiming timing(CoreProfile profile) {
        if (!profile.instructions().equals(column)) {
            column = profile.instructions();
            table = InstructionTable.of(column);
            entries = table.entries(code);
            timedFor = null;
        }
        List<Object> values = CodeTiming.dependsOn(profile);
        if (!values.equals(timedFor)) {
            timing = new CodeTiming(code, table, entries, profile);
            timedFor = values;
        }
        return timing;
    }
}
