package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.SessionFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/** What the model says that each program takes by itself; each replayed once. */
final class ModelledCycles {
    private final SessionFolder folder;
    private final Traces traces;
    private final Forecasts model;
    private final Spent spent;

    /**
     * A result as it is kept.
     *
     * @param cyclesPerOperation modelled core cycles
     * @param sha256             hash of the trace
     */
    record Kept(double cyclesPerOperation, String sha256) {
    }

    ModelledCycles(SessionFolder folder, Traces traces, Forecasts model, Spent spent) {
        this.folder = folder;
        this.traces = traces;
        this.model = model;
        this.spent = spent;
    }

    /** Cycles per operation of all programs of rows, in the default layout; rows whose traces are recorded. */
    Map<ProgramSet.Key, Double> of(List<Row> rows) {
        SequencedSet<ProgramSet.Key> programs = new LinkedHashSet<>();
        for (Row row : rows) {
            programs.add(new ProgramSet.Key(row.base(), row.shape(), row.load(), 0));
            programs.add(new ProgramSet.Key(row.variant(), row.shape(), row.load(), 0));
        }
        Map<ProgramSet.Key, Double> all = new LinkedHashMap<>();
        for (ProgramSet.Key program : programs) {
            spent.progress("modelling the cycles of %s: %d of %d".formatted(program.label(), all.size() + 1, programs.size()));
            Path trace = traces.of(program.variant(), program.shape(), program.load());
            Kept kept = folder.keep("cycles/" + program.label() + ".json", Kept.class, () ->
                    new Kept(model.cyclesPerOperation(trace), SessionFolder.sha256(trace)));
            Traces.requireUnchanged(trace, kept.sha256());
            all.put(program, kept.cyclesPerOperation());
        }
        return all;
    }
}
