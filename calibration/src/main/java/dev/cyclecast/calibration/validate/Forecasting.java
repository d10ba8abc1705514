package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.host.CoreMatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * The first half of a validation: what proposals start from is built and recorded, and the forecasts are written to disk
 * and sealed with their hash. It cannot open a variant: its programs are {@link BasesOnly}.
 */
final class Forecasting {
    static final String FORECASTS = "forecasts.json";
    private static final String SEAL = "forecasts-seal.json";

    private final SessionFolder folder;
    private final Forecasts model;
    private final BasesOnly programs;
    private final ValidationStart start;
    private final CoreMatch core;
    private final InstantSource clock;
    private final SequencedSet<String> bases;
    private final Spent spent;

    /**
     * The forecasts as they were sealed.
     *
     * @param sha256 hash of {@code forecasts.json}
     */
    record Seal(String sha256) {
    }

    Forecasting(SessionFolder folder, Programs programs, Forecasts model, ValidationStart start, CoreMatch core, InstantSource clock,
                Spent spent) {
        this.folder = folder;
        this.model = model;
        this.start = start;
        this.core = core;
        this.clock = clock;
        this.spent = spent;
        bases = new LinkedHashSet<>(model.candidates().stream().map(Forecasts.Candidate::base).toList());
        this.programs = new BasesOnly(programs, bases);
    }

    /** The forecasts, as they were written; made and written if they were not yet. */
    ForecastRecord make() {
        List<Load> loads = start.request().workloads();
        spent.progress("building " + String.join(", ", bases) + " in both shapes");
        ProgramSet set = new ProgramSet(programs, folder, loads);
        set.build(bases, 0);
        spent.progress("recording " + String.join(", ", bases));
        Traces traces = new Traces(folder, programs, set, loads, start.request().recordedOperations());
        traces.record(bases);
        if (!Files.exists(folder.file(SEAL))) {
            List<ForecastRecord.OfTrace> all = forecastAll(set, traces);
            requireSitesSomewhere(all);
            String hash = folder.write(FORECASTS,
                    new ForecastRecord(clock.instant().toString(), core, start.inputs(), Transfer.addedTo(all)));
            folder.write(SEAL, new Seal(hash));
            spent.news("forecasts written before any variant is compiled: " + folder.file(FORECASTS) + ", SHA-256 " + hash);
        }
        ForecastRecord record = folder.read(FORECASTS, ForecastRecord.class);
        record.traces().forEach(t -> requireUnchanged(t, set, traces));
        requireSealed(folder);
        return record;
    }

    private List<ForecastRecord.OfTrace> forecastAll(ProgramSet set, Traces traces) {
        List<ForecastRecord.OfTrace> all = new ArrayList<>();
        int count = bases.size() * Shape.values().length * start.request().workloads().size();
        for (String base : bases) {
            for (Load load : start.request().workloads()) {
                for (Shape shape : Shape.values()) {
                    spent.progress("forecasting for %s from %s, %s, %s: trace %d of %d".formatted(core.core(), base, shape.label(), load,
                            all.size() + 1, count));
                    String name = "forecasts/" + base + "-" + shape.label() + "-" + load + ".json";
                    all.add(folder.keep(name, ForecastRecord.OfTrace.class, () -> {
                        Path trace = traces.of(base, shape, load);
                        Forecasts.FromTrace said = model.forecast(base, trace, shape);
                        return new ForecastRecord.OfTrace(base, shape, load, set.hash(base, shape, load, 0), SessionFolder.sha256(trace),
                                said.forecasts(), said.absent());
                    }));
                }
            }
        }
        return all;
    }

    /** A proposal that can be applied to no trace of its own base is a mistake, not a result. */
    private void requireSitesSomewhere(List<ForecastRecord.OfTrace> all) {
        for (Forecasts.Candidate candidate : model.candidates()) {
            Map<Shape, String> why = new LinkedHashMap<>();
            boolean found = false;
            for (ForecastRecord.OfTrace trace : all) {
                found |= trace.of(candidate.proposal()) != null;
                if (trace.absent().containsKey(candidate.proposal())) {
                    why.putIfAbsent(trace.shape(), trace.absent().get(candidate.proposal()));
                }
            }
            if (!found) {
                throw new CalibrationException(candidate.proposal() + " can be applied to none of the recorded traces: "
                        + why.getOrDefault(Shape.REFERENCE, "no trace of " + candidate.base()));
            }
        }
    }

    private void requireUnchanged(ForecastRecord.OfTrace forecast, ProgramSet set, Traces traces) {
        Path trace = traces.of(forecast.variant(), forecast.shape(), forecast.workload());
        if (!SessionFolder.sha256(trace).equals(forecast.traceSha256())
                || !set.hash(forecast.variant(), forecast.shape(), forecast.workload(), 0).equals(forecast.programSha256())) {
            throw new CalibrationException(trace + ": it or its program is not what the forecasts were made from; start another session");
        }
    }

    /** Refuses a session whose forecasts are not those that were sealed; returns their hash. */
    static String requireSealed(SessionFolder folder) {
        String hash = folder.read(SEAL, Seal.class).sha256();
        if (!SessionFolder.sha256(folder.file(FORECASTS)).equals(hash)) {
            throw new CalibrationException(folder.file(FORECASTS)
                    + ": changed since it was written; this session proves nothing, start another");
        }
        return hash;
    }
}
