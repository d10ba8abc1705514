package dev.cyclecast.calibration.kernel;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import dev.cyclecast.model.CoreProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Calibrates the model on this host: builds and records the kernels, times them, fits a profile's constants, and writes the
 * profile of the host.
 */
public final class Calibration {
    private static final double MUCH_STEAL_PERCENT = 2;
    private static final double CLOCK_CHANGE = 0.02;

    /**
     * How to calibrate.
     *
     * @param home    root of the repository; everything is kept under its {@code build/}
     * @param budget  how long it may take
     * @param slices  slices of each run
     * @param ticks   least length of a slice's first run
     * @param rounds  processes that each kernel is timed in, while time lasts; the first round is always made
     * @param sweeps  how often the fit goes through the constants
     * @param all     whether kernels with much memory or code are among them
     * @param start   name of the profile to start from, or null for that of the host's core
     */
    public record Settings(Path home, Duration budget, int slices, long ticks, int rounds, int sweeps, boolean all,
                           String start) {
        /** At most five minutes on two cores. */
        public static Settings full(Path home, String start) {
            return new Settings(home, Duration.ofSeconds(300), 31, 60_000, 5, 4, true, start);
        }

        /** At most one minute. */
        public static Settings quick(Path home, String start) {
            return new Settings(home, Duration.ofSeconds(60), 15, 30_000, 1, 2, false, start);
        }
    }

    private final Settings settings;
    private final List<Kernel> kernels;
    private final HostCpu cpu;
    private final Pinning pinning;
    private final InstantSource clock;
    private final Consumer<String> progress;
    private final Instant begun;

    /** A calibration of this machine with all kernels. */
    public Calibration(Settings settings, Pinning pinning, InstantSource clock, Consumer<String> progress) {
        this(settings, Kernels.all().stream().filter(k -> settings.all() || k.light()).toList(), HostCpu.detect(), pinning, clock, progress);
    }

    Calibration(Settings settings, List<Kernel> kernels, HostCpu cpu, Pinning pinning, InstantSource clock,
                Consumer<String> progress) {
        this.settings = settings;
        this.kernels = kernels;
        this.cpu = cpu;
        this.pinning = pinning;
        this.clock = clock;
        this.progress = progress;
        begun = clock.instant();
    }

    /** Calibrates, and writes the host's profile. */
    public HostCalibration run() {
        CoreMatch match = cpu.core();
        String started = settings.start() == null ? match.core() : settings.start();
        CoreProfile start = CoreProfile.load(started);
        Path folder = settings.home().resolve("build/calibration");
        List<Path> programs = build();
        List<KernelReplay> replays = record(programs);
        try {
            List<String> notes = new ArrayList<>();
            if (!match.exact()) {
                notes.add(match.reason().replace("the forecast is", "the fit starts from the profile") + "; its constants"
                        + " describe this host by a model of another kind of core");
            }
            if (!pinning.pinned()) {
                notes.add(pinning.note() + ": a process that moves between CPUs is noticed and timed again");
            }
            Measured measured = measure(folder, programs, notes);
            double[] before = costs(replays, start);
            Fit.Result fit = fit(replays, measured.cost(), start, notes);
            double[] after = costs(replays, fit.profile());
            List<KernelRow> rows = IntStream.range(0, kernels.size()).mapToObj(k -> KernelRow.of(kernels.get(k), measured.cost()[k],
                    measured.median()[k], measured.spread()[k], before[k], after[k])).toList();
            HostCalibration result = new HostCalibration(cpu.modelName(), started, match.exact() && started.equals(match.core()),
                    notes, rows, fit.constants());
            HostProfile.write(folder.resolve("host.json"), cpu, clock.instant(), fit.profile(), result);
            measured.log().finish();
            return result;
        } finally {
            replays.forEach(KernelReplay::close);
        }
    }

    /** Fits in the time that is left, and in a quarter of the budget where building took what there was. */
    private Fit.Result fit(List<KernelReplay> replays, double[] measured, CoreProfile start, List<String> notes) {
        long reserve = Math.min(left() / 10, left() - settings.budget().toMillis() / 4);
        Fit.Result fit = Fit.run(kernels, measured, (k, profile) -> replays.get(k).cost(profile), start, settings.sweeps(),
                share -> {
                    progress.accept("fitting " + Math.round(100 * share) + " % ...");
                    return left() > reserve;
                });
        if (!fit.complete()) {
            notes.add("time ran out before the fit was done: constants may not be at their best; calibrate again, programs are built now");
        }
        return fit;
    }

    private long left() {
        return settings.budget().minus(Duration.between(begun, clock.instant())).toMillis();
    }

    private List<Path> build() {
        KernelBuild build = new KernelBuild(settings.home().resolve("build/kernels"));
        build.program(kernels.getFirst());
        AtomicInteger done = new AtomicInteger();
        return IntStream.range(0, kernels.size()).parallel().mapToObj(k -> {
            progress.accept("building kernels: " + done.incrementAndGet() + " of " + kernels.size() + " ...");
            return build.program(kernels.get(k));
        }).toList();
    }

    private List<KernelReplay> record(List<Path> programs) {
        AtomicInteger done = new AtomicInteger();
        return IntStream.range(0, kernels.size()).parallel().mapToObj(k -> {
            progress.accept("recording kernels: " + done.incrementAndGet() + " of " + kernels.size() + " ...");
            return new KernelReplay(kernels.get(k), programs.get(k));
        }).toList();
    }

    private double[] costs(List<KernelReplay> replays, CoreProfile profile) {
        progress.accept("replaying kernels on " + profile.name() + " ...");
        return IntStream.range(0, kernels.size()).parallel().mapToDouble(k -> replays.get(k).cost(profile)).toArray();
    }

    /** What was measured, by kernel; NaN where nothing could be. */
    private record Measured(MeasurementLog log, double[] cost, double[] median, double[] spread) {
    }

    private Measured measure(Path folder, List<Path> programs, List<String> notes) {
        HostNoise.Reading start = HostNoise.Reading.now();
        KernelTimer timer = new KernelTimer(pinning, settings.slices(), settings.ticks());
        String identity = cpu.modelName() + ", family " + cpu.family() + ", model " + cpu.model() + ", stepping " + cpu.stepping();
        try (MeasurementLog log = new MeasurementLog(folder.resolve("timings.jsonl"), identity)) {
            if (log.resumed() > 0) {
                notes.add(log.resumed() + " timings were taken up from a calibration that was interrupted");
            }
            List<String> failed = new ArrayList<>();
            for (int round = 0; round < settings.rounds() && (round == 0 || left() > 0.6 * settings.budget().toMillis()); round++) {
                for (int k = 0; k < kernels.size(); k++) {
                    progress.accept("timing kernels, round " + (round + 1) + ": " + (k + 1) + " of " + kernels.size() + " ...");
                    time(timer, log, k, programs.get(k), round, failed);
                }
            }
            warn(HostNoise.between(start, HostNoise.Reading.now()), log, programs, failed, notes);
            return summary(log, programs);
        }
    }

    private void time(KernelTimer timer, MeasurementLog log, int k, Path program, int round, List<String> failed) {
        for (int size = 0; size < kernels.get(k).sizes().size(); size++) {
            if (log.of(program, size).size() <= round) {
                Timing timing = timer.time(program, size);
                if (timing != null) {
                    log.append(program, size, timing);
                } else if (round == 0) {
                    failed.add(kernels.get(k).name());
                }
            }
        }
    }

    private void warn(HostNoise noise, MeasurementLog log, List<Path> programs, List<String> failed, List<String> notes) {
        if (noise.stealPercent() > MUCH_STEAL_PERCENT) {
            notes.add("other guests took %.1f %% of this machine's CPU time: calibrate again on a quiet one".formatted(noise.stealPercent()));
        }
        if (noise.loadAtStart() > 1) {
            notes.add("the load was %.1f when timing began: what else ran disturbs caches and clock; calibrate again on an idle machine"
                    .formatted(noise.loadAtStart()));
        }
        double[] clocks = IntStream.range(0, programs.size()).boxed().flatMap(k -> log.of(programs.get(k), 0).stream())
                .mapToDouble(Timing::ticksPerCycle).sorted().toArray();
        if (clocks.length > 0 && clocks[clocks.length - 1] > clocks[0] * (1 + CLOCK_CHANGE)) {
            notes.add("the clock changed by %.0f %% while kernels were timed; cycles follow it, and times in caches and memory do not"
                    .formatted(100 * (clocks[clocks.length - 1] / clocks[0] - 1)));
        }
        if (!failed.isEmpty()) {
            notes.add("too disturbed to be timed, and not fitted to: " + String.join(", ", failed.stream().distinct().toList()));
        }
        if (clocks.length == 0) {
            throw new CalibrationException("no kernel could be timed: every run was disturbed; calibrate on an idle machine");
        }
    }

    private Measured summary(MeasurementLog log, List<Path> programs) {
        int n = kernels.size();
        Measured measured = new Measured(log, new double[n], new double[n], new double[n]);
        for (int k = 0; k < n; k++) {
            Kernel kernel = kernels.get(k);
            double[] least = new double[kernel.sizes().size()];
            double[] median = new double[least.length];
            double[] middle = new double[least.length];
            for (int size = 0; size < least.length; size++) {
                List<Timing> timings = log.of(programs.get(k), size);
                least[size] = timings.stream().mapToDouble(Timing::least).min().orElse(Double.NaN);
                // Processes are few and noise only adds: the least of their medians stands for all.
                median[size] = timings.stream().mapToDouble(Timing::median).min().orElse(Double.NaN);
                middle[size] = timings.stream().mapToDouble(Timing::middle).min().orElse(Double.NaN);
                measured.spread()[k] = Math.max(measured.spread()[k],
                        Arrays.stream(timings.stream().mapToDouble(Timing::spread).toArray()).min().orElse(Double.NaN));
            }
            measured.median()[k] = kernel.cost(median);
            measured.cost()[k] = kernel.cost(kernel.random() ? middle : least);
        }
        return measured;
    }
}
