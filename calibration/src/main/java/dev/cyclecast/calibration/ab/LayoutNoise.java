package dev.cyclecast.calibration.ab;

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
            LayoutPair first = subject.pair(COMPARISON, 0, PILOT_OPERATIONS);
            Run a = runner.run(first.a(), first.paddingBytes());
            Run b = runner.run(first.b(), first.paddingBytes());
            BlockRunner.requireEqual(first.a(), a.work(), first.b(), b.work());
            long operations = subject.takesOperations() ? a.operationsIn(Duration.ofMillis(request.runMillis())) : 1;
            List<LayoutPair> pairs = new ArrayList<>();
            for (int layout = 0; layout < request.layouts(); layout++) {
                listener.progress("preparing layout %d of %d".formatted(layout, request.layouts()));
                pairs.add(subject.pair(COMPARISON, layout, operations));
            }
            folder.write("session.json", request);
            listener.began(folder.path());
            return measure(request, folder, pairs, operations);
        } finally {
            folder.discardUnlessHolding("session.json");
        }
    }

    private Result measure(AbRequest request, SessionFolder folder, List<LayoutPair> pairs, long operations) {
        HostNoise.Reading before = HostNoise.Reading.now();
        Instant deadline = clock.instant().plus(Duration.ofNanos((long) (1e9 * request.budgetSeconds())));
        RandomAdaptor random = new RandomAdaptor(new Well19937c(request.seed()));
        List<double[][]> rounds = new ArrayList<>();
        try (RunLog log = new RunLog(folder.file("runs.jsonl"))) {
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
            double startedAt = log.elapsedSeconds();
            Run run = runner.run(arm, pair.paddingBytes());
            log.append(RawRun.of(pair, number, position, arm, run, startedAt));
            expected = expected == null ? run.work() : expected;
            BlockRunner.requireEqual(pairs.getFirst().a(), expected, arm, run.work());
            logTimes[side][order.get(position) / 2] = Math.log(run.nanosecondsPerOperation());
        }
        return logTimes;
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
