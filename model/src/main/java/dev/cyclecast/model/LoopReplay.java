package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.List;

/**
 * Replays one trace on one profile after the other and counts its cycles, and nothing else: what a calibration asks for
 * thousands of times. Not for use by several threads at once.
 */
public final class LoopReplay {
    private static final int BATCH = 1 << 14;

    private final TraceSource trace;
    private final Code code;
    private final Placement placement;
    private String column;
    private InstructionTable table;
    private InstructionTable.Entry[] entries;
    private List<Integer> timedFor;
    private CodeTiming timing;

    /** For a trace with warm-up. */
    public LoopReplay(TraceSource trace) {
        this.trace = trace;
        code = Code.of(trace.image());
        placement = Placement.recorded(code);
    }

    /**
     * Cycles from the end of warm-up to the end of the trace.
     *
     * @throws ModelException if the trace counts nothing
     */
    public long cycles(CoreProfile profile) {
        Core core = new Core(code, timing(profile), profile, placement, 0, false);
        Events events = new Events(BATCH + 1);
        EventBatch batch = new EventBatch(BATCH);
        long atCount = -1;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                int from = 0;
                for (int m = 0; m < batch.marks; m++) {
                    if (batch.markKind[m] == EventBatch.COUNT && atCount < 0) {
                        run(core, events, batch, from, batch.markAt[m]);
                        from = batch.markAt[m];
                        atCount = core.cycles();
                    }
                }
                run(core, events, batch, from, batch.size);
            }
        }
        core.run(events, 0, events.size);
        if (atCount < 0) {
            throw new ModelException(trace.header().program() + ": the trace counts nothing; record it again");
        }
        core.stack.balance(core.cycles(), trace.header().program());
        new BoundCalculator(timing, profile).of(core.executed, core.branches.taken, core.wrong, 0)
                .hold(core.cycles(), trace.header().program());
        return core.cycles() - atCount;
    }

    /** Runs all but the last event, which waits for the one that says where its branch went. */
    private static void run(Core core, Events events, EventBatch batch, int from, int to) {
        if (to > from) {
            events.add(batch, from, to);
            core.run(events, 0, events.size - 1);
            events.keepLast();
        }
    }

    /** Of the constants that timing depends on, most profiles tried in a row share all. */
    private CodeTiming timing(CoreProfile profile) {
        if (!profile.instructions().equals(column)) {
            column = profile.instructions();
            table = InstructionTable.of(column);
            entries = table.entries(code);
            timedFor = null;
        }
        List<Integer> values = CodeTiming.CONSTANTS.stream().map(profile::get).toList();
        if (!values.equals(timedFor)) {
            timing = new CodeTiming(code, table, entries, profile);
            timedFor = values;
        }
        return timing;
    }
}
