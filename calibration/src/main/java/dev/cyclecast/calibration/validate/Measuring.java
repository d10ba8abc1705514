package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.BlockRunner;
import dev.cyclecast.calibration.ab.Comparison;
import dev.cyclecast.calibration.ab.GainEstimate;
import dev.cyclecast.calibration.ab.HierarchicalBootstrap;
import dev.cyclecast.calibration.ab.LayoutBudget;
import dev.cyclecast.calibration.ab.LayoutPair;
import dev.cyclecast.calibration.ab.Measurement;
import dev.cyclecast.calibration.ab.NeediestFirst;
import dev.cyclecast.calibration.ab.PrecisionRule;
import dev.cyclecast.calibration.ab.RunLog;
import dev.cyclecast.calibration.ab.Runner;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.SingleLayoutRuns;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.calibration.ab.Work;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The timed half of a validation: layouts are built, then a control and all rows share what is left of the budget. */
final class Measuring {
    static final String CONTROL = "A/A";
    static final String RUNS = "runs.jsonl";

    private static final long PILOT_OPERATIONS = 200_000;
    private static final long WORK_CHECK_OPERATIONS = 50_000;
    private static final int CONTROL_LAYOUTS = 4;
    /** Share of the time left that the control may take. */
    private static final double CONTROL_SHARE = 0.1;
    private static final Duration LEAST_CONTROL = Duration.ofSeconds(1);
    /** Share of the budget that is measured, however long everything before took. */
    private static final double LEAST_MEASURING = 0.15;
    /** How much a row's width counts for which its own trace says nothing. */
    private static final double WEIGHT_WITHOUT_FORECAST = 0.5;

    private final SessionFolder folder;
    private final Programs programs;
    private final ProgramSet set;
    private final ValidationRequest request;
    private final List<Row> rows;
    private final Runner runner;
    private final InstantSource clock;
    private final Spent spent;

    /**
     * Operations of a run, by load.
     *
     * @param perRun by the load's name
     */
    record Operations(Map<String, Long> perRun) {
    }

    /**
     * What was measured.
     *
     * @param control    the baselines against themselves
     * @param measured   gains; rows that the budget did not reach are missing
     * @param phase4     what the founding document's protocol says; empty where it was not asked for
     * @param operations of each run, by load
     */
    record Found(AaControl control, Map<Row, Measured> measured, List<Phase4Outcome> phase4, Map<Load, Long> operations) {
    }

    Measuring(SessionFolder folder, Programs programs, ProgramSet set, ValidationRequest request, List<Row> rows, Runner runner,
              InstantSource clock, Spent spent) {
        this.folder = folder;
        this.programs = programs;
        this.set = set;
        this.request = request;
        this.rows = rows;
        this.runner = runner;
        this.clock = clock;
        this.spent = spent;
    }

    /** Builds and measures. */
    Found measure(List<Forecasts.Candidate> candidates, Collection<String> variants, ForecastRecord record, RunLog log) {
        Map<String, Comparison> comparisons = new LinkedHashMap<>();
        rows.forEach(r -> comparisons.put(r.name(), new Comparison(r.name()).addBlocksOf(log.runs())));
        Comparison control = Comparison.pooled(CONTROL).addBlocksOf(log.runs());
        int layouts = buildLayouts(variants, comparisons.values());
        requireEqualWork(variants);
        Map<Load, Long> operations = operations();
        boolean measuredBefore = comparisons.values().stream().noneMatch(Comparison::isEmpty);
        Instant least = measuredBefore ? clock.instant() : clock.instant().plus(part(LEAST_MEASURING, seconds(request.budgetSeconds())));
        Instant deadline = later(spent.deadline(), least);
        BlockRunner blocks = new BlockRunner(runner, log);
        AaControl aa = control(blocks, control, rows.getFirst(), operations, layouts, deadline);
        List<Phase4Outcome> phase4 = request.phase4() ? phase4(candidates, operations, log) : List.of();
        measure(blocks, comparisons, layouts, operations, record, deadline);
        Map<Row, Measured> measured = new LinkedHashMap<>();
        for (Row row : rows) {
            Comparison comparison = comparisons.get(row.name());
            if (!comparison.isEmpty()) {
                GainEstimate estimate = comparison.estimate(bootstrap());
                measured.put(row, Measured.of(estimate, isPrecise(estimate, record.find(row)) ? Stopped.PRECISE : Stopped.BUDGET));
            }
        }
        return new Found(aa, measured, phase4, operations);
    }

    /** As many layouts as the budget allows, and those that were measured before; returns their number. */
    private int buildLayouts(Collection<String> variants, Collection<Comparison> before) {
        int needed = Math.max(1, before.stream().mapToInt(Comparison::layouts).max().orElse(1));
        LayoutBudget budget = new LayoutBudget(clock.instant(), later(spent.deadline(), clock.instant()), rows.size(),
                Duration.ofMillis(request.runMillis()), request.layouts());
        int layouts = 0;
        Instant lastStart;
        do {
            lastStart = clock.instant();
            spent.progress("building code layout " + layouts + " of all variants");
            set.build(variants, layouts++);
        } while (layouts < needed || budget.allowsAnother(layouts, Duration.between(lastStart, clock.instant()), clock.instant()));
        return layouts;
    }

    /** In the default layout; every block compares the work of its own programs. */
    private void requireEqualWork(Collection<String> variants) {
        spent.progress("checking that all programs do the same work");
        for (Load load : request.workloads()) {
            Arm reference = set.arm(rows.getFirst().base(), Shape.REFERENCE, load, 0, WORK_CHECK_OPERATIONS);
            Work expected = runner.run(reference, 0).work();
            for (String variant : variants) {
                for (Shape shape : Shape.values()) {
                    Arm arm = set.arm(variant, shape, load, 0, WORK_CHECK_OPERATIONS);
                    BlockRunner.requireEqual(reference, expected, arm, runner.run(arm, 0).work());
                }
            }
        }
    }

    /** Operations that take about as long as a run should. */
    private Map<Load, Long> operations() {
        Map<String, Long> kept = folder.keep("operations.json", Operations.class, () -> {
            Map<String, Long> found = new LinkedHashMap<>();
            for (Load load : request.workloads()) {
                Arm reference = set.arm(rows.getFirst().base(), Shape.REFERENCE, load, 0, PILOT_OPERATIONS);
                found.put(load.id(), runner.run(reference, 0).operationsIn(Duration.ofMillis(request.runMillis())));
            }
            return new Operations(found);
        }).perRun();
        Map<Load, Long> operations = new LinkedHashMap<>();
        request.workloads().forEach(load -> operations.put(load, kept.get(load.id())));
        return operations;
    }

    private AaControl control(BlockRunner blocks, Comparison control, Row first, Map<Load, Long> operations, int layouts,
                              Instant deadline) {
        List<LayoutPair> pairs = new ArrayList<>();
        for (int layout = 0; layout < Math.min(CONTROL_LAYOUTS, layouts); layout++) {
            for (Load load : request.workloads()) {
                for (Shape shape : Shape.values()) {
                    Arm arm = set.arm(first.base(), shape, load, layout, operations.get(load));
                    // Each program under a number of its own, so that a block that was interrupted goes on with the same one.
                    pairs.add(new LayoutPair(CONTROL, pairs.size(), programs.paddingBytes(layout), arm, arm));
                }
            }
        }
        Instant now = clock.instant();
        if (control.isEmpty() || now.isBefore(deadline)) {
            Duration share = part(CONTROL_SHARE, Duration.between(now, deadline));
            Instant end = now.plus(share.compareTo(LEAST_CONTROL) > 0 ? share : LEAST_CONTROL);
            new Measurement(blocks, clock, request.seed(), spent::tell).run(pairs, Map.of(CONTROL, new PrecisionRule(0)), end,
                    Map.of(CONTROL, control));
        }
        return AaControl.of(control.estimate(bootstrap()), control.layouts());
    }

    private List<Phase4Outcome> phase4(List<Forecasts.Candidate> candidates, Map<Load, Long> operations, RunLog log) {
        Phase4 protocol = new Phase4(runner, new SingleLayoutRuns(runner, log), set);
        List<Phase4Outcome> outcomes = new ArrayList<>();
        for (Forecasts.Candidate candidate : candidates) {
            for (Shape shape : Shape.values()) {
                spent.progress("protocol phase4: " + candidate.proposal() + " " + shape.label());
                outcomes.add(protocol.judge(candidate, shape, operations));
            }
        }
        return outcomes;
    }

    private void measure(BlockRunner blocks, Map<String, Comparison> comparisons, int layouts, Map<Load, Long> operations,
                         ForecastRecord record, Instant deadline) {
        List<LayoutPair> pairs = new ArrayList<>();
        Map<String, NeediestFirst.Need> needs = new LinkedHashMap<>();
        for (Row row : rows) {
            Forecast forecast = record.find(row);
            boolean own = forecast != null && forecast.basis() == row.shape();
            needs.put(row.name(), new NeediestFirst.Need(rule(forecast), own ? 1 : WEIGHT_WITHOUT_FORECAST));
            for (int layout = 0; layout < layouts; layout++) {
                long count = operations.get(row.load());
                pairs.add(new LayoutPair(row.name(), layout, programs.paddingBytes(layout),
                        set.arm(row.base(), row.shape(), row.load(), layout, count),
                        set.arm(row.variant(), row.shape(), row.load(), layout, count)));
            }
        }
        new NeediestFirst(blocks, clock, request.seed(), spent::tell).run(pairs, needs, deadline, comparisons);
    }

    private static boolean isPrecise(GainEstimate estimate, Forecast forecast) {
        return estimate.layouts() > 1 && rule(forecast).satisfiedBy(estimate);
    }

    private static PrecisionRule rule(Forecast forecast) {
        return new PrecisionRule(forecast == null ? 0 : forecast.gainPercent());
    }

    private HierarchicalBootstrap bootstrap() {
        return new HierarchicalBootstrap(HierarchicalBootstrap.REPORTED_DRAWS, request.seed());
    }

    private static Duration part(double share, Duration d) {
        return Duration.ofNanos((long) (share * d.toNanos()));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (1e9 * seconds));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
