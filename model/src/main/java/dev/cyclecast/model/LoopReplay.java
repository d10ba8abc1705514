package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.List;

/**
 * Replays the trace of a loop on one profile after the other and counts its cycles, and nothing else: what a calibration asks for
 * thousands of times. Not for use by several threads at once.
 */
public final class LoopReplay {
    private static final int BATCH = 1 << 14;
    /** Traces of so many events are kept in memory: reading one takes longer than replaying it. */
    private static final int MOST_KEPT = 1 << 16;

    private final Turns trace;
    private final Code code;
    private final Placement placement;
    /** All events of a short trace; null of a long one. */
    private final Events kept;
    private String column;
    private InstructionTable table;
    private InstructionTable.Entry[] entries;
    private List<Object> timedFor;
    private CodeTiming timing;

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

    /** Cycles of a counted turn of the loop, from the end of the first to the end of the last one. */
    public double cyclesPerTurn(CoreProfile profile) {
        Core core = new Core(code, timing(profile), profile, placement, 0, false);
        if (kept != null) {
            core.run(kept, 0, (int) trace.untilFirst());
            long begin = core.cycles();
            core.run(kept, (int) trace.untilFirst(), (int) trace.untilLast());
            return (double) (core.cycles() - begin) / trace.between();
        }
        return fromTrace(core);
    }

    private static Events all(TraceSource trace, int size) {
        Events events = new Events(size);
        EventBatch batch = new EventBatch(BATCH);
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                events.add(batch, 0, batch.size);
            }
        }
        return events;
    }

    private double fromTrace(Core core) {
        Events events = new Events(BATCH + 1);
        EventBatch batch = new EventBatch(BATCH);
        long first = -1;
        long last = -1;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                int from = 0;
                for (int m = 0; m < batch.marks; m++) {
                    if (batch.markKind[m] == Turns.TURN) {
                        run(core, events, batch, from, batch.markAt[m]);
                        from = batch.markAt[m];
                        last = core.cycles();
                        first = first < 0 ? last : first;
                    }
                }
                run(core, events, batch, from, batch.size);
            }
        }
        return (double) (last - first) / trace.between();
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
        List<Object> values = CodeTiming.dependsOn(profile);
        if (!values.equals(timedFor)) {
            timing = new CodeTiming(code, table, entries, profile);
            timedFor = values;
        }
        return timing;
    }
}
