package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.BlockRunner;
import dev.cyclecast.calibration.ab.Comparison;
import dev.cyclecast.calibration.ab.GainEstimate;
import dev.cyclecast.calibration.ab.HierarchicalBootstrap;
import dev.cyclecast.calibration.ab.Host;
import dev.cyclecast.calibration.ab.LayoutBudget;
import dev.cyclecast.calibration.ab.LayoutPair;
import dev.cyclecast.calibration.ab.Measurement;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.PrecisionRule;
import dev.cyclecast.calibration.ab.ProgramRunner;
import dev.cyclecast.calibration.ab.Run;
import dev.cyclecast.calibration.ab.RunLog;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.calibration.ab.Work;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;

/**
 * A validation: forecasts from what the proposals start from are written to disk, then the variants are compiled and run,
 * and the two are put side by side.
 *
 * <p>The order is the point. Nothing of a variant exists when the forecasts are written, unless it is what another proposal
 * starts from; their hash is told at once and stands in the result. What is kept in the session folder: programs, traces, {@code forecasts.json}, {@code
 * runs.jsonl} with every raw run, {@code result.json}.
 */
public final class Validation {
    /** Longest that one run may take: some hundred times what is planned. */
    private static final Duration RUN_LIMIT = Duration.ofSeconds(60);
    private static final long PILOT_OPERATIONS = 200_000;
    private static final long WORK_CHECK_OPERATIONS = 50_000;
    private static final String AA = "A/A";
    private static final String FORECASTS = "forecasts.json";
    /** Share of the time left that the control may take. */
    private static final double AA_SHARE = 0.12;
    private static final Duration LEAST_AA = Duration.ofSeconds(1);
    /** Share of the time behind the forecasts that is kept free for replaying the real variants, at most. */
    private static final double MOST_REPLAYING = 0.4;
    /** Share of the budget that is measured, however long everything before took. */
    private static final double LEAST_MEASURING = 0.15;

    private final ValidationSettings settings;
    private final Programs programs;
    private final Forecasts forecasts;
    private final Pinning pinning;
    private final InstantSource clock;
    private final Consumer<String> progress;

    /** With what it needs of the other modules, and a listener for its progress. */
    public Validation(ValidationSettings settings, Programs programs, Forecasts forecasts, Pinning pinning,
                      InstantSource clock, Consumer<String> progress) {
        this.settings = settings;
        this.programs = programs;
        this.forecasts = forecasts;
        this.pinning = pinning;
        this.clock = clock;
        this.progress = progress;
    }

    /** Makes the validation; one that fails before its forecasts are written leaves nothing behind. */
    public Scorecard run() {
        Instant start = clock.instant();
        SessionFolder folder = SessionFolder.create(settings.folder(), start);
        try {
            return run(start, folder);
        } finally {
            folder.discardUnlessHolding(FORECASTS);
        }
    }

    private Scorecard run(Instant start, SessionFolder folder) {
        Instant deadline = start.plus(settings.budget());
        HostCpu cpu = HostCpu.detect();
        String core = cpu.core().core();
        List<Forecasts.Candidate> candidates = forecasts.candidates();
        SequencedSet<String> bases = new LinkedHashSet<>();
        candidates.forEach(c -> bases.add(c.base()));
        SequencedSet<String> variants = new LinkedHashSet<>(bases);
        candidates.forEach(c -> variants.add(c.variant()));
        progress.accept("building and recording " + String.join(", ", bases) + " in both shapes");
        ProgramSet set = new ProgramSet(programs, folder);
        set.build(bases, 0);
        Instant recording = clock.instant();
        Map<String, Map<Shape, Path>> traces = new LinkedHashMap<>();
        bases.forEach(base -> traces.put(base, recordAll(folder, set, base)));
        progress.accept("forecasting for " + core);
        Instant forecasting = clock.instant();
        ForecastRecord record = forecast(cpu, set, traces);
        String hash = folder.write(FORECASTS, record);
        progress.accept("forecasts written before any variant is compiled: " + folder.file(FORECASTS)
                + ", SHA-256 " + hash);

        Instant building = clock.instant();
        // The real variants are still to be recorded, each as its base was, and replayed, all as the forecasts
        // were.
        Duration replaying = Duration.between(recording, forecasting).multipliedBy(variants.size()).dividedBy(bases.size())
                .plus(Duration.between(forecasting, building));
        Instant measuredBy = deadline.minus(
                least(replaying, part(MOST_REPLAYING, Duration.between(building, deadline))));
        buildLayouts(set, variants, candidates.size(), building, measuredBy);
        ProgramRunner runner = new ProgramRunner(pinning, RUN_LIMIT);
        requireEqualWork(runner, set, bases.getFirst());
        long operations = operationsPerRun(runner, set, bases.getFirst());
        HostNoise.Reading before = HostNoise.Reading.now();
        try (RunLog log = new RunLog(folder.file("runs.jsonl"))) {
            BlockRunner blocks = new BlockRunner(runner, log);
            Instant latest = later(measuredBy, clock.instant().plus(part(LEAST_MEASURING, settings.budget())));
            AaControl aa = control(blocks, set, bases.getFirst(), operations, latest);
            Map<String, Measured> measured = measure(blocks, set, operations, latest, record);
            HostNoise noise = HostNoise.between(before, HostNoise.Reading.now());
            Map<String, Double> replayed = replayVariants(folder, set, candidates, traces, core);
            List<ScoreRow> rows = rows(candidates, record, replayed, measured);
            if (!SessionFolder.sha256(folder.file(FORECASTS)).equals(hash)) {
                throw new CalibrationException(folder.file(FORECASTS)
                        + ": changed since it was written; this session proves nothing, start another");
            }
            Host host = Host.of(cpu, pinning, noise);
            Scorecard card = new Scorecard(start.toString(), seconds(Duration.between(start, clock.instant())),
                    seconds(settings.budget()), folder.path().toString(), hash, operations, host,
                    Warnings.of(host, aa, rows), aa, rows, Summary.of(rows));
            folder.write("result.json", card);
            return card;
        }
    }

    private Map<Shape, Path> recordAll(SessionFolder folder, ProgramSet set, String variant) {
        Map<Shape, Path> traces = new LinkedHashMap<>();
        for (Shape shape : Shape.values()) {
            Arm arm = set.arm(variant, shape, 0);
            Path trace = folder.folder("traces").resolve(arm.name() + ".cct");
            programs.record(arm.program(), settings.recordedOperations(), trace);
            traces.put(shape, trace);
        }
        return traces;
    }

    /**
     * Forecasts from each shape's own trace; where a proposal's sites are not in the free one, from the reference's.
     */
    private ForecastRecord forecast(HostCpu cpu, ProgramSet set, Map<String, Map<Shape, Path>> traces) {
        List<ForecastRecord.Base> bases = new ArrayList<>();
        List<Forecast> all = new ArrayList<>();
        traces.forEach((base, byShape) -> byShape.forEach((shape, trace) -> {
            bases.add(new ForecastRecord.Base(base, shape, SessionFolder.sha256(set.arm(base, shape, 0).program()),
                    SessionFolder.sha256(trace)));
            all.addAll(forecasts.forecast(base, trace, shape, cpu.core().core()));
        }));
        return new ForecastRecord(clock.instant().toString(), cpu.core(), bases, all);
    }

    private void buildLayouts(ProgramSet set, Collection<String> variants, int candidates, Instant start,
                              Instant deadline) {
        LayoutBudget budget = new LayoutBudget(start, deadline, candidates * Shape.values().length,
                settings.runLength(), settings.mostLayouts());
        Instant lastStart;
        do {
            lastStart = clock.instant();
            progress.accept("building code layout " + set.layouts() + " of all variants");
            set.buildNextLayout(variants);
        } while (budget.allowsAnother(set.layouts(), Duration.between(lastStart, clock.instant()), clock.instant()));
    }

    private void requireEqualWork(ProgramRunner runner, ProgramSet set, String base) {
        progress.accept("checking that all programs do the same work");
        List<String> arguments = programs.arguments(WORK_CHECK_OPERATIONS);
        Arm reference = set.arm(base, Shape.REFERENCE, 0);
        Work expected = runner.run(reference.withArguments(arguments), 0).work();
        for (Arm arm : set.arms()) {
            BlockRunner.requireEqual(reference, expected, arm, runner.run(arm.withArguments(arguments), 0).work());
        }
    }

    private Map<String, Double> replayVariants(SessionFolder folder, ProgramSet set,
                                               List<Forecasts.Candidate> candidates, Map<String, Map<Shape, Path>> traces,
                                               String core) {
        Map<String, Double> gains = new LinkedHashMap<>();
        for (Forecasts.Candidate candidate : candidates) {
            progress.accept("recording and replaying the real " + candidate.proposal());
            Map<Shape, Path> base = traces.get(candidate.base());
            traces.computeIfAbsent(candidate.variant(), variant -> recordAll(folder, set, variant)).forEach(
                    (shape, trace) -> gains.put(comparison(candidate.proposal(), shape),
                            forecasts.replayedGainPercent(base.get(shape), trace, core)));
        }
        return gains;
    }

    /** Operations that take about as long as a run should, to two digits. */
    private long operationsPerRun(ProgramRunner runner, ProgramSet set, String base) {
        Arm reference = set.arm(base, Shape.REFERENCE, 0);
        Run pilot = runner.run(reference.withArguments(programs.arguments(PILOT_OPERATIONS)), 0);
        return pilot.operationsIn(settings.runLength());
    }

    private AaControl control(BlockRunner blocks, ProgramSet set, String base, long operations, Instant deadline) {
        progress.accept("A/A control");
        List<LayoutPair> pairs = new ArrayList<>();
        for (int layout = 0; layout < set.layouts(); layout++) {
            for (Shape shape : Shape.values()) {
                Arm arm = set.arm(base, shape, layout).withArguments(programs.arguments(operations));
                // All under one number: where both arms are the same program, layouts cannot differ in gain.
                pairs.add(new LayoutPair(AA, 0, programs.paddingBytes(layout), arm, arm));
            }
        }
        Instant now = clock.instant();
        double share = AA_SHARE * Duration.between(now, deadline).toNanos();
        Instant end = now.plusNanos((long) Math.max(LEAST_AA.toNanos(), share));
        Map<String, Comparison> found = new Measurement(blocks, clock, settings.seed(), progress)
                .run(pairs, Map.of(AA, new PrecisionRule(0)), end);
        return AaControl.of(found.get(AA).estimate(bootstrap()), pairs.size());
    }

    private Map<String, Measured> measure(BlockRunner blocks, ProgramSet set, long operations, Instant deadline,
                                          ForecastRecord record) {
        progress.accept("measuring the variants");
        List<LayoutPair> pairs = new ArrayList<>();
        Map<String, PrecisionRule> rules = new LinkedHashMap<>();
        List<String> arguments = programs.arguments(operations);
        for (Forecasts.Candidate candidate : forecasts.candidates()) {
            for (Shape shape : Shape.values()) {
                String name = comparison(candidate.proposal(), shape);
                Forecast forecast = record.find(candidate.proposal(), shape);
                rules.put(name, new PrecisionRule(forecast == null ? 0 : forecast.gainPercent()));
                for (int layout = 0; layout < set.layouts(); layout++) {
                    pairs.add(new LayoutPair(name, layout, programs.paddingBytes(layout),
                            set.arm(candidate.base(), shape, layout).withArguments(arguments),
                            set.arm(candidate.variant(), shape, layout).withArguments(arguments)));
                }
            }
        }
        Map<String, Measured> measured = new LinkedHashMap<>();
        Measurement measurement = new Measurement(blocks, clock, settings.seed(), progress);
        measurement.run(pairs, rules, deadline).forEach((name, comparison) -> {
            GainEstimate estimate = comparison.estimate(bootstrap());
            measured.put(name, Measured.of(estimate,
                    rules.get(name).satisfiedBy(estimate) ? Stopped.PRECISE : Stopped.BUDGET));
        });
        return measured;
    }

    private static List<ScoreRow> rows(List<Forecasts.Candidate> candidates, ForecastRecord record,
                                       Map<String, Double> replayed, Map<String, Measured> measured) {
        List<ScoreRow> rows = new ArrayList<>();
        for (Forecasts.Candidate candidate : candidates) {
            for (Shape shape : Shape.values()) {
                String name = comparison(candidate.proposal(), shape);
                Forecast forecast = record.find(candidate.proposal(), shape);
                rows.add(new ScoreRow(candidate.proposal(), shape, forecast == null ? List.of() : forecast.statedGain(),
                        forecast, new ScoreRow.Replayed(replayed.get(name)), measured.get(name)));
            }
        }
        return rows;
    }

    private HierarchicalBootstrap bootstrap() {
        return new HierarchicalBootstrap(HierarchicalBootstrap.REPORTED_DRAWS, settings.seed());
    }

    private static String comparison(String proposal, Shape shape) {
        return proposal + "/" + shape.label();
    }

    private static Duration part(double share, Duration d) {
        return Duration.ofNanos((long) (share * d.toNanos()));
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static double seconds(Duration d) {
        return 1e-9 * d.toNanos();
    }
}
