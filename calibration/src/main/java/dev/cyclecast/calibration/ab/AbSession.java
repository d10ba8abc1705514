package dev.cyclecast.calibration.ab;

import dev.cyclecast.allocator.AllocatorException;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * A comparison of two programs: the control of the first against itself, a pilot, then blocks A B B A in rounds over all
 * layouts until the interval is narrow enough or the budget is spent.
 *
 * <p>Everything is kept in the session's folder: {@code session.json} says what is compared, {@code runs.jsonl} has every
 * run as it happens, {@code result.json} what was found. Whatever ends a session, the runs made so far are there, and a
 * resumed session begins with them.
 */
public final class AbSession {
    /** Comparison of the first program with itself. */
    static final String CONTROL = "A/A";
    /** Comparison of the two. */
    static final String PAIR = "A/B";

    /** The file of raw runs. */
    static final String RUNS = "runs.jsonl";

    private static final String START = "session.json";
    private static final String RESULT = "result.json";
    private static final long PILOT_OPERATIONS = 200_000;
    /** Share of the session's time that the control may take. */
    private static final double CONTROL_SHARE = 0.2;
    private static final int PILOT_LAYOUTS = 8;
    private static final int PILOT_BLOCKS = 2;
    /** So that the layouts leave time for rounds enough to stop early. */
    private static final int COMPARISONS = 2;
    /** Time of a process beside its timed part, in parts of that. */
    private static final double OVERHEAD = 0.25;

    private final Subject subject;
    private final Runner runner;
    private final Pinning pinning;
    private final InstantSource clock;
    private final Listener listener;
    private final int draws;

    /** Of two programs, with what runs them and says where. */
    public AbSession(Subject subject, Runner runner, Pinning pinning, InstantSource clock, Listener listener) {
        this(subject, runner, pinning, clock, listener, HierarchicalBootstrap.REPORTED_DRAWS);
    }

    /** With so many draws of each bootstrap. */
    AbSession(Subject subject, Runner runner, Pinning pinning, InstantSource clock, Listener listener, int draws) {
        this.draws = draws;
        this.subject = subject;
        this.runner = runner;
        this.pinning = pinning;
        this.clock = clock;
        this.listener = listener;
    }

    /** A new session in a folder of its own; one that fails before anything is measured leaves nothing behind. */
    public AbResult begin(AbRequest request, Path parent) {
        return begin(request, SessionFolder.create(parent, clock.instant()));
    }

    /** A new session in a folder that is to be made. */
    AbResult beginIn(AbRequest request, Path path) {
        return begin(request, SessionFolder.make(path));
    }

    private AbResult begin(AbRequest request, SessionFolder folder) {
        Instant now = clock.instant();
        try {
            AbStart start = start(request, now);
            requireTime(start);
            folder.write(START, start);
            listener.began(folder.path());
            return measure(folder, start, now.plus(duration(request.budgetSeconds())));
        } finally {
            folder.discardUnlessHolding(START);
        }
    }

    /** Whether a session began in a folder. */
    static boolean isBegun(Path folder) {
        return Files.exists(folder.resolve(START));
    }

    /** What a session in a folder found, if it ended and did not fail. */
    static Optional<AbResult> earlierResult(Path folder) {
        if (!Files.exists(folder.resolve(RESULT))) {
            return Optional.empty();
        }
        AbResult result = SessionFolder.open(folder, START).read(RESULT, AbResult.class);
        return result.stopped() == Stopped.FAILED || result.measured() == null ? Optional.empty() : Optional.of(result);
    }

    /** What the session in a folder compares. */
    public static AbRequest requestOf(Path folder) {
        return begun(SessionFolder.open(folder, START)).request();
    }

    private static AbStart begun(SessionFolder folder) {
        AbStart start = folder.read(START, AbStart.class);
        if (start.request() == null || start.request().kind() == null || start.hashes() == null || start.operations() < 1
                || !(start.runSeconds() > 0)) {
            throw new CalibrationException(folder.file(START) + ": this is no beginning of a session; start another");
        }
        return start;
    }

    /**
     * Goes on with the session in a folder, from all its runs.
     *
     * @param budgetSeconds how long to go on; null for what is left of the session's own budget
     */
    public AbResult resume(Path path, Double budgetSeconds) {
        SessionFolder folder = SessionFolder.open(path, START);
        AbStart start = begun(folder);
        if (!subject.hashes().equals(start.hashes())) {
            throw new CalibrationException(path + ": a program has changed since this session began; start another");
        }
        double measured;
        try (RunLog log = RunLog.resume(folder.file(RUNS))) {
            measured = log.elapsedSeconds();
        }
        double left = budgetSeconds != null ? budgetSeconds : Math.max(0, start.request().budgetSeconds() - measured);
        AbStart again = budgetSeconds == null ? start : start.withBudget(measured + budgetSeconds);
        listener.began(path);
        return measure(folder, again, clock.instant().plus(duration(left)));
    }

    /** A block of the control and one of the pair are the least of a session. */
    private static void requireTime(AbStart start) {
        double least = 2 * Block.RUNS * start.runSeconds();
        if (start.request().budgetSeconds() < least) {
            throw new CalibrationException(("--budget of %.0f s is too short: a run takes %.1f s, and a block of the control and one of"
                    + " the pair %.0f s; an interval takes several blocks of each").formatted(start.request().budgetSeconds(),
                    start.runSeconds(), least));
        }
    }

    /** One run of each: that they do the same work, and how long it takes. */
    private AbStart start(AbRequest request, Instant now) {
        listener.progress("preparing " + subject.title());
        LayoutPair pair = subject.pair(PAIR, 0, PILOT_OPERATIONS);
        Run a = runner.run(pair.a(), pair.paddingBytes());
        Run b = runner.run(pair.b(), pair.paddingBytes());
        BlockRunner.requireEqual(pair.a(), a.work(), pair.b(), b.work());
        Duration length = Duration.ofMillis(request.runMillis());
        long operations = subject.takesOperations() ? a.operationsIn(length) : 1;
        double seconds = subject.takesOperations() ? 1e-9 * length.toNanos() : Math.min(a.seconds(), b.seconds());
        return new AbStart(request, now.toString(), operations, seconds, subject.hashes());
    }

    private AbResult measure(SessionFolder folder, AbStart start, Instant deadline) {
        AbRequest request = start.request();
        HostNoise.Reading before = HostNoise.Reading.now();
        try (RunLog log = RunLog.resume(folder.file(RUNS))) {
            Comparison control = by(Comparison.pooled(CONTROL), request.wallTime()).addBlocksOf(log.runs());
            Comparison pair = by(new Comparison(PAIR), request.wallTime()).addBlocksOf(log.runs());
            BlockRunner blocks = new BlockRunner(runner, log);
            Pilot pilot = null;
            String failure = null;
            try {
                List<LayoutPair> pairs = layouts(start, deadline, log.runs());
                control(blocks, pairs, control, start, log, deadline);
                pilot = pilot(blocks, pairs, pair, start, deadline);
                new Measurement(blocks, clock, request.seed(), listener::progress).run(pairs, Map.of(PAIR, rule(request)),
                        deadline, Map.of(PAIR, pair));
            } catch (CalibrationException | AllocatorException e) {
                failure = e.getMessage();
                if (pair.isEmpty()) {
                    throw new CalibrationException(failure + "; go on with: ./cyclecast ab --resume " + folder.path(), e);
                }
            }
            HostNoise noise = HostNoise.between(before, HostNoise.Reading.now());
            Host host = Host.of(HostCpu.detect(), pinning, noise);
            AbResult result = result(folder, start, log, control, pair, pilot, failure, host);
            return write(folder, result);
        }
    }

    /** Keeps the result on disk; where that cannot be, it is told all the same. */
    private static AbResult write(SessionFolder folder, AbResult result) {
        try {
            folder.write(RESULT, result);
            return result;
        } catch (CalibrationException e) {
            return result.failed(result.failure() == null ? e.getMessage() : result.failure());
        }
    }

    private List<LayoutPair> layouts(AbStart start, Instant deadline, List<RawRun> earlier) {
        int needed = 1 + earlier.stream().filter(r -> r.comparison().equals(PAIR)).mapToInt(RawRun::layout).max().orElse(0);
        Instant begin = clock.instant();
        LayoutBudget budget = new LayoutBudget(begin, deadline, COMPARISONS, duration(start.runSeconds()),
                start.request().layouts());
        List<LayoutPair> pairs = new ArrayList<>();
        Instant lastStart;
        do {
            lastStart = clock.instant();
            listener.progress("preparing layout %d, %s left".formatted(pairs.size(),
                    TimeLeft.text(Duration.between(lastStart, deadline))));
            pairs.add(subject.pair(PAIR, pairs.size(), start.operations()));
        } while (pairs.size() < needed
                || budget.allowsAnother(pairs.size(), Duration.between(lastStart, clock.instant()), clock.instant()));
        Duration took = Duration.between(begin, clock.instant());
        listener.news("%d layouts prepared in %s of the budget, %s left to measure".formatted(pairs.size(), TimeLeft.text(took),
                TimeLeft.text(Duration.between(clock.instant(), deadline))));
        return pairs;
    }

    /** The control's share is of the whole session, so that one that is resumed does not begin it anew. */
    private void control(BlockRunner blocks, List<LayoutPair> pairs, Comparison control, AbStart start, RunLog log,
                         Instant deadline) {
        AbRequest request = start.request();
        double used = log.runs().stream().filter(r -> r.comparison().equals(CONTROL))
                .mapToDouble(r -> r.usage() == null ? r.seconds() : r.usage().wallSeconds()).sum();
        Instant now = clock.instant();
        double session = log.elapsedSeconds() + 1e-9 * Duration.between(now, deadline).toNanos();
        Instant end = now.plus(duration(Math.max(0, CONTROL_SHARE * session - used)));
        List<LayoutPair> same = pairs.stream()
                .map(p -> new LayoutPair(CONTROL, p.layout(), p.paddingBytes(), p.a(), p.a())).toList();
        for (LayoutPair begun : same) {
            if (!log.earlier(CONTROL, begun.layout(), control.blocks(begun.layout())).isEmpty()) {
                control.add(begun.layout(), blocks.run(begun, control.blocks(begun.layout())));
            }
        }
        new Measurement(blocks, clock, request.seed(), listener::progress).run(same, Map.of(CONTROL, rule(request)), end,
                Map.of(CONTROL, control));
    }

    /** Two blocks of the first layouts, which count like any other. */
    private Pilot pilot(BlockRunner blocks, List<LayoutPair> pairs, Comparison pair, AbStart start, Instant deadline) {
        List<LayoutPair> first = pairs.subList(0, Math.min(PILOT_LAYOUTS, pairs.size()));
        for (int block = 0; block < PILOT_BLOCKS; block++) {
            for (LayoutPair layout : first) {
                Instant now = clock.instant();
                if (pair.blocks(layout.layout()) <= block && (pair.isEmpty() || now.isBefore(deadline))) {
                    listener.progress("pilot, %s left".formatted(TimeLeft.text(Duration.between(now, deadline))));
                    pair.add(layout.layout(), blocks.run(layout, pair.blocks(layout.layout())));
                }
            }
        }
        double left = Math.max(0, 1e-9 * Duration.between(clock.instant(), deadline).toNanos());
        double block = Block.RUNS * (1 + OVERHEAD) * start.runSeconds();
        Pilot pilot = Pilot.of(pair.logRatiosOfBlocks().values(), pairs.size(), pair.blocks() + (int) Math.min(1e6, left / block));
        listener.news(pilot.text());
        return pilot;
    }

    private AbResult result(SessionFolder folder, AbStart start, RunLog log, Comparison control, Comparison pair, Pilot pilot,
                            String failure, Host host) {
        AbRequest request = start.request();
        HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(draws, request.seed());
        AbResult.Gain gain = AbResult.Gain.of(label(request.wallTime(), pair), pair, bootstrap);
        Comparison other = by(new Comparison(PAIR), !request.wallTime()).addBlocksOf(log.runs());
        AaControl aa = control.isEmpty() ? null : AaControl.of(control.estimate(bootstrap), control.layouts());
        Stopped stopped = failure != null ? Stopped.FAILED
                : rule(request).satisfiedBy(gain.estimate()) ? Stopped.PRECISE : Stopped.BUDGET;
        HodgesLehmann location = new HodgesLehmann();
        List<AbResult.Layout> layouts = pair.logRatios().entrySet().stream().map(l -> new AbResult.Layout(l.getKey(),
                subject.layout(l.getKey()), 100 * Math.expm1(location.of(l.getValue())), pair.blocks(l.getKey()))).toList();
        List<String> warnings = new ArrayList<>(Disturbances.of(host, log.runs()));
        warnings.addAll(ofDesign(start, gain, aa, pilot));
        return new AbResult(subject.title(), AbVerdict.of(gain.estimate(), request.equivalencePercent()),
                aa != null && aa.low() != null && !aa.clean(), stopped, failure, gain,
                other.isEmpty() ? null : AbResult.Gain.of(label(!request.wallTime(), other), other, bootstrap), aa, pilot, warnings,
                subject.layoutSource(), layouts, side(log.runs(), request.a(), start.hashes().a(), true),
                side(log.runs(), request.b(), start.hashes().b(), false), start.operations(), request.precisionPercent(),
                start.startedAt(), log.elapsedSeconds(), request.budgetSeconds(), host, folder.path().toString());
    }

    private static List<String> ofDesign(AbStart start, AbResult.Gain gain, AaControl aa, Pilot pilot) {
        List<String> warnings = new ArrayList<>();
        if (start.hashes().a().equals(start.hashes().b())) {
            warnings.add("A and B are the same file: whatever differs is noise");
        }
        if (gain.layouts() < LayoutBudget.LAYOUTS_WANTED) {
            warnings.add((gain.layouts() == 1 ? "one layout" : gain.layouts() + " layouts") + " of the "
                    + LayoutBudget.LAYOUTS_WANTED + " wanted: placement alone may move a figure by several percent");
        }
        if (aa == null || aa.low() == null) {
            warnings.add("the A/A control is too short for an interval; raise --budget");
        }
        if (pilot != null && pilot.detectablePercent() != null && pilot.detectablePercent() > start.request().precisionPercent()) {
            warnings.add("the pilot foresaw ±%.2f %% instead of the ±%.2f %% asked for; raise --budget or --precision"
                    .formatted(pilot.detectablePercent(), start.request().precisionPercent()));
        }
        return warnings;
    }

    private static AbResult.Side side(List<RawRun> runs, String name, String sha256, boolean first) {
        List<RawRun> own = runs.stream().filter(r -> r.comparison().equals(PAIR))
                .filter(r -> first == Block.isFirst(r.position())).toList();
        return new AbResult.Side(name, sha256, own.size(), median(own, r -> r.run().nanosecondsPerOperation()),
                median(own, RawRun::cpuSeconds), median(own, RawRun::seconds), count(own, Usage::minorFaults),
                count(own, Usage::majorFaults), count(own, Usage::voluntarySwitches), count(own, Usage::involuntarySwitches));
    }

    /** The median of what is asked of each; NaN of none. */
    static <T> double median(List<T> all, ToDoubleFunction<T> value) {
        return new Median().evaluate(all.stream().mapToDouble(value).toArray());
    }

    private static double count(List<RawRun> runs, ToLongFunction<Usage> value) {
        return median(runs.stream().filter(r -> r.usage() != null).toList(), r -> value.applyAsLong(r.usage()));
    }

    private static PrecisionRule rule(AbRequest request) {
        return PrecisionRule.halfWidth(request.precisionPercent());
    }

    private static Comparison by(Comparison comparison, boolean wall) {
        return wall ? comparison.by(Run::wallNanosecondsPerOperation) : comparison;
    }

    private static String label(boolean wall, Comparison comparison) {
        return wall ? "wall" : comparison.slicedLayouts() > 0 ? "cycles" : "cpu";
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos((long) (1e9 * seconds));
    }
}
