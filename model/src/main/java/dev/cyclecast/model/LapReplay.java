package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Replays a trace lap by lap: a lap is what is executed from one entry of a function to the next, as a program that times its
 * own work in stretches does it. For each, its cycles and its operations by kind and size class are told.
 */
public final class LapReplay {
    private static final int BATCH = 1 << 14;

    /**
     * Operations of one name and size class.
     *
     * @param operation name of the operation
     * @param sizeClass the size class; -1 where it is not known
     */
    public record Kind(String operation, int sizeClass) {
    }

    /**
     * One lap.
     *
     * @param cycles     modelled core cycles
     * @param operations operations that ended in it, by kind
     */
    public record Lap(long cycles, Map<Kind, Integer> operations) {
    }

    private final TraceSource trace;
    private final Code code;
    private final Core core;
    private final SizeClass sizeClass;
    private final List<Lap> laps = new ArrayList<>();
    private final int landmark;
    private Map<Kind, Integer> operations = new LinkedHashMap<>();
    private boolean begun;
    private long cyclesAtStart;

    private LapReplay(TraceSource trace, CoreProfile profile, String function) {
        this.trace = trace;
        code = Code.of(trace.image());
        landmark = entry(trace.image(), function);
        InstructionTable table = InstructionTable.of(profile.instructions());
        core = new Core(code, new CodeTiming(code, table, table.entries(code), profile), profile, Placement.recorded(code), 0,
                false);
        sizeClass = new SizeClass(code, trace);
    }

    private static int entry(ProgramImage image, String function) {
        for (int i = 0; i < image.instructions().size(); i++) {
            if (image.functionName(i).equals(function)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Replays as recorded.
     *
     * @param function name of the function that ends a lap and begins the next
     * @throws ModelException if the trace has no whole lap
     */
    public static List<Lap> run(TraceSource trace, CoreProfile profile, String function) {
        LapReplay replay = new LapReplay(trace, profile, function);
        replay.read();
        if (replay.laps.isEmpty()) {
            throw new ModelException(trace.header().program() + ": the trace has no whole lap between calls of " + function
                    + "; record a program that times laps");
        }
        return replay.laps;
    }

    private void read() {
        EventBatch batch = new EventBatch(BATCH);
        EventBatch next = new EventBatch(BATCH);
        try (TraceSource.Cursor cursor = trace.cursor()) {
            boolean more = cursor.read(batch);
            while (more) {
                // Where the last branch went is known from the first event of the next batch.
                more = cursor.read(next);
                read(batch, more && next.size > 0 ? next.instruction[0] : -1);
                EventBatch swap = batch;
                batch = next;
                next = swap;
            }
        }
    }

    private void read(EventBatch batch, int after) {
        int from = 0;
        int mark = 0;
        for (int e = 0; e < batch.size; e++) {
            mark = pass(batch, mark, e);
            sizeClass.see(batch, e, e + 1);
            if (batch.instruction[e] == landmark) {
                core.run(batch, from, e + 1, e + 1 < batch.size ? batch.instruction[e + 1] : after);
                from = e + 1;
                lap();
            }
        }
        pass(batch, mark, batch.size);
        if (from < batch.size) {
            core.run(batch, from, batch.size, after);
        }
    }

    /** Passes the marks that stand before an event. */
    private int pass(EventBatch batch, int from, int event) {
        int mark = from;
        for (; mark < batch.marks && batch.markAt[mark] <= event; mark++) {
            if (batch.markKind[mark] == EventBatch.BEGIN) {
                sizeClass.entered();
            } else if (batch.markKind[mark] == EventBatch.END) {
                operations.merge(new Kind(name(batch.markValue[mark] & 0xff), sizeClass.left()), 1, Integer::sum);
            }
        }
        return mark;
    }

    private String name(int operation) {
        List<String> names = trace.header().operations();
        return operation < names.size() ? names.get(operation) : "operation " + operation;
    }

    private void lap() {
        if (begun) {
            laps.add(new Lap(core.cycles() - cyclesAtStart, operations));
        }
        begun = true;
        cyclesAtStart = core.cycles();
        operations = new LinkedHashMap<>();
    }
}
