package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Host;
import dev.cyclecast.calibration.ab.Listener;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.RunLog;
import dev.cyclecast.calibration.ab.Runner;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import dev.cyclecast.calibration.methods.Guess;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * A validation: forecasts from what the proposals start from are written to disk, then the variants are compiled, replayed and
 * run, and all is put side by side.
 *
 * <p>The order is the point. Nothing of a variant exists when the forecasts are written, unless it is what another proposal
 * starts from; their hash is told at once and stands in the result. Each step keeps in the session's folder what it made, and a
 * session that was interrupted goes on from there: {@code session.json}, programs, traces, {@code forecasts.json}, replays,
 * {@code runs.jsonl} with every raw run, {@code result.json}.
 */
public final class Validation {
    /** What a session of this kind holds. */
    public static final String START = "session.json";
    /** What it found. */
    public static final String RESULT = "result.json";

    private final Programs programs;
    private final Forecasts forecasts;
    private final Rivals rivals;
    private final CoreMatch core;
    private final Runner runner;
    private final Pinning pinning;
    private final InstantSource clock;
    private final Listener listener;

    /**
     * With what it needs of the other modules.
     *
     * @param rivals  other ways of guessing gains, to be scored beside the forecasts; null for none
     * @param core    the core that the forecasts are for
     * @param runner  what makes timed runs
     * @param pinning how it pins them
     */
    public Validation(Programs programs, Forecasts forecasts, Rivals rivals, CoreMatch core, Runner runner, Pinning pinning,
                      InstantSource clock, Listener listener) {
        this.programs = programs;
        this.forecasts = forecasts;
        this.rivals = rivals;
        this.core = core;
        this.runner = runner;
        this.pinning = pinning;
        this.clock = clock;
        this.listener = listener;
    }

    /** A new session in a folder of its own; one that fails before it has made anything leaves nothing behind. */
    public Scorecard begin(ValidationRequest request, Path parent) {
        if (request.phase4() && !request.workloads().containsAll(List.of(Phase4.MIXED, Phase4.C6_HEAVY))) {
            throw new CalibrationException("the protocol phase4 runs mixed and c6-heavy; both must be among the workloads");
        }
        SessionFolder folder = SessionFolder.create(parent, clock.instant());
        ValidationStart start = new ValidationStart(request, clock.instant().toString(), inputs());
        try {
            folder.write(START, start);
            listener.began(folder.path());
            return run(folder, start);
        } finally {
            // What a session keeps first is what it built; without that there is nothing to go on from.
            folder.discardUnlessHolding(ProgramSet.HASHES);
        }
    }

    /** What the session in a folder validates. */
    public static ValidationRequest requestOf(Path folder) {
        ValidationRequest request = SessionFolder.open(folder, START).read(START, ValidationStart.class).request();
        if (request == null || request.proposals().isEmpty() || request.workloads().isEmpty() || request.core() == null) {
            throw new CalibrationException(folder.resolve(START) + ": this is no beginning of a validation; start another");
        }
        return request;
    }

    /**
     * Goes on with the session in a folder, from all that it has made.
     *
     * @param budgetSeconds how long to go on; null for what is left of the session's own budget
     */
    public Scorecard resume(Path path, Double budgetSeconds) {
        requestOf(path);
        SessionFolder folder = SessionFolder.open(path, START);
        ValidationStart start = folder.read(START, ValidationStart.class);
        start.requireUnchanged(path, inputs());
        if (budgetSeconds != null) {
            ValidationRequest longer = start.request().withBudget(Spent.seconds(folder) + budgetSeconds);
            start = new ValidationStart(longer, start.startedAt(), start.inputs());
            folder.write(START, start);
        }
        listener.began(path);
        return run(folder, start);
    }

    private Map<String, String> inputs() {
        Map<String, String> inputs = new TreeMap<>(programs.inputs());
        inputs.putAll(forecasts.inputs());
        return inputs;
    }

    private Scorecard run(SessionFolder folder, ValidationStart start) {
        ValidationRequest request = start.request();
        Spent spent = new Spent(folder, clock, listener, request.budgetSeconds());
        try {
            ForecastRecord record = new Forecasting(folder, programs, forecasts, start, core, clock, spent).make();
            List<Forecasts.Candidate> candidates = forecasts.candidates();
            List<Row> rows = Row.matrix(candidates, request.workloads());
            SequencedSet<String> variants = new LinkedHashSet<>(candidates.stream().map(Forecasts.Candidate::base).toList());
            candidates.forEach(c -> variants.add(c.variant()));
            ProgramSet set = new ProgramSet(programs, folder, request.workloads());
            spent.progress("building the variants");
            set.build(variants, 0);
            Traces traces = new Traces(folder, programs, set, request.workloads(), request.recordedOperations());
            Map<Row, Replayed> replayed = new Replays(folder, traces, forecasts, spent).of(rows);
            Map<ProgramSet.Key, Double> modelled = new ModelledCycles(folder, traces, forecasts, spent).of(rows);
            HostNoise.Reading before = HostNoise.Reading.now();
            try (RunLog log = RunLog.resume(folder.file(Measuring.RUNS))) {
                Measuring.Found found = new Measuring(folder, programs, set, request, rows, runner, clock, spent)
                        .measure(candidates, variants, record, log);
                Host host = Host.of(HostCpu.detect(), core, pinning, HostNoise.between(before, HostNoise.Reading.now()));
                List<ScoreRow> scored = scored(rows, record, replayed, found,
                        new KeptGuesses(folder, rivals, programs, set, traces, spent).of(rows));
                String hash = Forecasting.requireSealed(folder);
                Map<String, Long> operations = new LinkedHashMap<>();
                found.operations().forEach((load, count) -> operations.put(load.id(), count));
                spent.write();
                Scorecard card = new Scorecard(start.startedAt(), spent.seconds(), request.budgetSeconds(), folder.path().toString(),
                        request, hash, operations, Versions.of(programs.compiler()), host,
                        Warnings.of(host, log.runs(), found.control(), scored), found.control(), scored, Summary.of(scored),
                        GroupSummary.of(scored), AbsoluteCycles.of(modelled, log.runs()), found.phase4());
                folder.write(RESULT, card);
                return card;
            }
        } finally {
            spent.write();
        }
    }

    private List<ScoreRow> scored(List<Row> rows, ForecastRecord record, Map<Row, Replayed> replayed, Measuring.Found found,
                                  Map<Row, Map<String, Guess>> others) {
        Map<String, List<Double>> stated = new LinkedHashMap<>();
        forecasts.candidates().forEach(c -> stated.put(c.proposal(), c.statedGain()));
        List<ScoreRow> scored = new ArrayList<>();
        for (Row row : rows) {
            scored.add(new ScoreRow(row.proposal(), row.base(), row.variant(), row.shape(), row.load(), stated.get(row.proposal()),
                    record.find(row), record.whyNone(row), replayed.get(row), others.get(row), found.measured().get(row)));
        }
        return scored;
    }
}
