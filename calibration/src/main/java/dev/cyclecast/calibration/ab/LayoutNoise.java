package dev.cyclecast.calibration.ab;

import dev.cyclecast.allocator.AllocatorException;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.commons.math3.random.RandomAdaptor;
import org.apache.commons.math3.random.Well19937c;

/** Measures how much the layout alone moves two programs: all layouts of both run once a round, in shuffled order. */
public final class LayoutNoise {
    /** The file that says what is measured. */
    public static final String START = "layout-noise.json";

    private static final String COMPARISON = "layout noise";
    private static final long PILOT_OPERATIONS = 200_000;
    private static final int LEAST_ROUNDS = 3;
    /** Noise of a layout's figure, in parts of the precision asked for, at which it is good enough. */
    private static final double NOISE_SHARE = 0.2;

    private final Subject subject;
    private final Runner runner;
    private final Pinning pinning;
    private final InstantSource clock;
    private final Listener listener;

    /**
     * What was found.
     *
     * @param title            what was measured
     * @param layouts          number of layouts
     * @param rounds           runs of each program under each layout
     * @param programs         one for each program
     * @param descriptions     what each layout is, in order
     * @param warnings         what disturbed the runs
     * @param operationsPerRun timed operations of each run
     * @param host             the machine
     * @param folder           where the raw runs are
     */
    public record Result(String title, int layouts, int rounds, List<LayoutSpread> programs, List<String> descriptions,
                         List<String> warnings, long operationsPerRun, Host host, String folder) {
    }

    /** The beginning of a measurement, as it is written to disk for one that resumes it. */
    private record Start(AbRequest request, long operations, Subject.Hashes hashes) {
    }

    /** Of two programs, with what runs them and says where. */
    public LayoutNoise(Subject subject, Runner runner, Pinning pinning, InstantSource clock, Listener listener) {
        this.subject = subject;
        this.runner = runner;
        this.pinning = pinning;
        this.clock = clock;
        this.listener = listener;
    }

    /** Measures; the budget begins when all layouts are built. */
    public Result measure(AbRequest request, Path parent) {
        SessionFolder folder = SessionFolder.create(parent, clock.instant());
        try {
            listener.progress("preparing " + subject.title());
            LayoutPair first = subject.pair(COMPARISON, 0, PILOT_OPERATIONS);
            Run a = runner.run(first.a(), first.paddingBytes());
            Run b = runner.run(first.b(), first.paddingBytes());
            BlockRunner.requireEqual(first.a(), a.work(), first.b(), b.work());
            long operations = subject.takesOperations() ? a.operationsIn(Duration.ofMillis(request.runMillis())) : 1;
            Start start = new Start(request, operations, subject.hashes());
            folder.write(START, start);
            listener.began(folder.path());
            return measure(start, folder, request.budgetSeconds());
        } finally {
            folder.discardUnlessHolding(START);
        }
    }

    /** What the measurement in a folder is of. */
    public static AbRequest requestOf(Path folder) {
        return begun(SessionFolder.open(folder, START)).request();
    }

    private static Start begun(SessionFolder folder) {
        Start start = folder.read(START, Start.class);
        if (start.request() == null || start.hashes() == null || start.operations() < 1 || start.request().layouts() < 1) {
            throw new CalibrationException(folder.file(START) + ": this is no beginning of a measurement; start another");
        }
        return start;
    }

    /**
     * Goes on with the measurement in a folder, from all its runs.
     *
     * @param budgetSeconds how long to go on; null for what is left of the measurement's own budget
     */
    public Result resume(Path path, Double budgetSeconds) {
        SessionFolder folder = SessionFolder.open(path, START);
        Start start = begun(folder);
        if (!subject.hashes().equals(start.hashes())) {
            throw new CalibrationException(path + ": a program has changed since this measurement began; start another");
        }
        listener.began(path);
        double left;
        try (RunLog log = RunLog.resume(folder.file(AbSession.RUNS))) {
            left = start.request().budgetSeconds() - log.elapsedSeconds();
        }
        return measure(start, folder, budgetSeconds != null ? budgetSeconds : Math.max(0, left));
    }

    private Result measure(Start start, SessionFolder folder, double seconds) {
        try {
            List<LayoutPair> pairs = new ArrayList<>();
            for (int layout = 0; layout < start.request().layouts(); layout++) {
                listener.progress("preparing layout %d of %d".formatted(layout, start.request().layouts()));
                pairs.add(subject.pair(COMPARISON, layout, start.operations()));
            }
            return measure(start.request(), folder, pairs, start.operations(), seconds);
        } catch (CalibrationException | AllocatorException e) {
            throw new CalibrationException(e.getMessage() + "; go on with: ./cyclecast ab --resume " + folder.path(), e);
        }
    }

    private Result measure(AbRequest request, SessionFolder folder, List<LayoutPair> pairs, long operations, double seconds) {
        HostNoise.Reading before = HostNoise.Reading.now();
        Instant deadline = clock.instant().plus(Duration.ofNanos((long) (1e9 * seconds)));
        RandomAdaptor random = new RandomAdaptor(new Well19937c(request.seed()));
        List<double[][]> rounds = new ArrayList<>();
        try (RunLog log = RunLog.resume(folder.file(AbSession.RUNS))) {
            while (true) {
                rounds.add(round(pairs, rounds.size(), random, log, deadline));
                if (rounds.size() >= LEAST_ROUNDS) {
                    List<LayoutSpread> found = LayoutSpread.of(List.of(request.a(), request.b()), byProgram(rounds));
                    boolean precise = found.stream()
                            .allMatch(s -> s.noisePercent() <= NOISE_SHARE * request.precisionPercent());
                    if (precise || !clock.instant().isBefore(deadline)) {
                        Host host = Host.of(HostCpu.detect(), pinning, HostNoise.between(before, HostNoise.Reading.now()));
                        Result result = new Result(subject.title(), pairs.size(), rounds.size(), found,
                                pairs.stream().map(p -> subject.layout(p.layout())).toList(),
                                Disturbances.of(host, log.runs()), operations, host, folder.path().toString());
                        folder.write("result.json", result);
                        return result;
                    }
                }
            }
        }
    }

    /** Logs of the times of one round, by program and layout. */
    private double[][] round(List<LayoutPair> pairs, int number, RandomAdaptor random, RunLog log, Instant deadline) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 2 * pairs.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        double[][] logTimes = new double[2][pairs.size()];
        Work expected = null;
        for (int position = 0; position < order.size(); position++) {
            LayoutPair pair = pairs.get(order.get(position) / 2);
            int side = order.get(position) % 2;
            Arm arm = side == 0 ? pair.a() : pair.b();
            listener.progress("layout noise: round %d, run %d of %d, %s left".formatted(number + 1, position + 1, order.size(),
                    TimeLeft.text(Duration.between(clock.instant(), deadline))));
            Run run = earlier(log, pair.layout(), number, side);
            if (run == null) {
                double startedAt = log.elapsedSeconds();
                run = runner.run(arm, pair.paddingBytes());
                log.append(RawRun.of(pair, number, side, arm, run, startedAt));
            }
            expected = expected == null ? run.work() : expected;
            BlockRunner.requireEqual(pairs.getFirst().a(), expected, arm, run.work());
            logTimes[side][order.get(position) / 2] = Math.log(run.nanosecondsPerOperation());
        }
        return logTimes;
    }

    /** The run that an earlier session made; null if it did not come to it. In a round, the position of a run is its side. */
    private static Run earlier(RunLog log, int layout, int round, int side) {
        return log.runs().stream().filter(r -> r.layout() == layout && r.block() == round && r.position() == side).findFirst()
                .map(RawRun::run).orElse(null);
    }

    private static double[][][] byProgram(List<double[][]> rounds) {
        int layouts = rounds.getFirst()[0].length;
        double[][][] logTimes = new double[2][layouts][rounds.size()];
        for (double[][] program : logTimes) {
            int p = program == logTimes[0] ? 0 : 1;
            for (int l = 0; l < layouts; l++) {
                int layout = l;
                Arrays.setAll(program[l], r -> rounds.get(r)[p][layout]);
            }
        }
        return logTimes;
    }
}
