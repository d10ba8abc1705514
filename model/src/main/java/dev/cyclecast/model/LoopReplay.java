package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.List;

/**
 * Replays one trace on one profile after the other and counts its cycles, and nothing else: what a calibration asks for
 * thousands of times. Not for use by several threads at once.
 */
public final class LoopReplay {
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
        CountFrom count = new CountFrom(core);
        Feed.run(trace, core, count);
        if (count.cycles < 0) {
            throw new ModelException(trace.header().program() + ": the trace counts nothing; record it again");
        }
        core.stack.balance(core.cycles(), trace.header().program());
        new BoundCalculator(timing, profile).of(core.executed, core.branches.taken, core.wrong, 0)
                .hold(core.cycles(), trace.header().program());
        return core.cycles() - count.cycles;
    }

    /** Notes the cycle at which counting begins. */
    private static final class CountFrom implements Feed.Listener {
        private final Core core;
        private long cycles = -1;

        CountFrom(Core core) {
            this.core = core;
        }

        @Override
        public void events(EventBatch batch, int from, int to) {
            // They are counted by the core.
        }

        @Override
        public void mark(byte kind, int value) {
            if (kind == EventBatch.COUNT && cycles < 0) {
                cycles = core.cycles();
            }
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
