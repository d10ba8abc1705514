package dev.cyclecast.calibration.kernel;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostFacts;
import dev.cyclecast.calibration.host.HostNoise;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Calibrates the model on this host: builds and records the kernels, times them, fits a profile's constants, and writes the
 * profile of the host.
 */
public final class Calibration {
    private static final double MUCH_STEAL_PERCENT = 2;
    private static final double CLOCK_CHANGE = 0.02;
    /** Share of the budget that is left for the rest when timing ends. */
    private static final double TIMED_UNTIL = 0.7;
    /** Kernels after which it is asked anew how fast the core is when nobody shares it. */
    private static final int CORE_RENEWED = 16;
    private static final int ROUNDS_OF_ALL = 2;
    /** Share of the runs with the core to themselves from which on nothing is said of the others. */
    private static final double MOSTLY_ALONE = 0.95;
    /** Share of the time left that the fit may take. */
    private static final double FIT_SHARE = 0.6;
    /** Share of the time then left in which the ranges of what it found may be looked for. */
    private static final double RANGES_SHARE = 0.4;
    /** Share of the time then left that the fit without the kernels held out may take. */
    private static final double HELD_OUT_SHARE = 0.9;

    /**
     * How to calibrate.
     *
     * @param home    root of the repository; everything is kept under its {@code build/}
     * @param budget  how long it may take
     * @param slices  slices of each run
     * @param ticks   least length of a slice's first run
     * @param rounds  processes that each kernel is timed in at most, while time lasts; the first round is always made
     * @param sweeps  how often the fit goes through the constants
     * @param all     whether kernels with much memory or code are among them
     * @param start   name of the profile to start from, or null for that of the host's core
     * @param facts   what the host states of itself
     */
    public record Settings(Path home, Duration budget, int slices, long ticks, int rounds, int sweeps, boolean all,
                           String start, Map<Constant, Integer> facts) {
        /** At most five minutes on two cores: what is left of them is for the start and the report, and for slow machines. */
        public static Settings full(Path home, String start) {
            return new Settings(home, Duration.ofSeconds(280), 31, 60_000, 8, 4, true, start, HostFacts.read(home));
        }

        /** At most one minute, likewise. */
        public static Settings quick(Path home, String start) {
            return new Settings(home, Duration.ofSeconds(50), 15, 30_000, 1, 2, false, start, HostFacts.read(home));
        }

        /** Measures nothing: fits to the timings that were kept, and takes its time. */
        public static Settings again(Path home, String start) {
            return new Settings(home, Duration.ofSeconds(900), 0, 0, 0, 6, true, start, HostFacts.read(home));
        }
    }

    private final Settings settings;
    private final List<Kernel> kernels;
    private final HostCpu cpu;
    private final Pinning pinning;
    private final InstantSource clock;
    private final Consumer<String> progress;
    private final Instant begun;
    /** Time set aside for the replays of all kernels that are still to come, once the first has told how long one takes. */
    private Duration setAside = Duration.ZERO;
    /** What each part took, in seconds. */
    private final Map<String, Double> seconds = new LinkedHashMap<>();

    /** A calibration of this machine with all kernels. */
    public Calibration(Settings settings, Pinning pinning, InstantSource clock, Consumer<String> progress) {
        this(settings, chosen(settings), HostCpu.detect(), pinning, clock, progress);
    }

    private static List<Kernel> chosen(Settings settings) {
        List<Kernel> possible = Kernels.all().stream().filter(k -> HostFacts.hugePages() || !k.huge()).toList();
        return settings.all() ? possible : Kernels.informative(possible.stream().filter(Kernel::light).toList());
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
        boolean sameCore = match.exact() && started.equals(match.core());
        CoreProfile start = CoreProfile.load(started);
        Path folder = settings.home().resolve("build/calibration");
        List<Path> programs = build();
        List<KernelReplay> replays = record(programs);
        done("build");
        try {
            List<String> notes = new ArrayList<>();
            if (!match.exact()) {
                notes.add(match.reason().replace("the forecast is", "the fit starts from the profile") + "; its constants"
                        + " describe this host by a model of another kind of core");
            }
            if (!pinning.pinned()) {
                notes.add(pinning.note() + ": a process that moves between CPUs is noticed and timed again");
            }
            Map<Constant, Integer> facts = facts(start, notes);
            Measured measured = settings.rounds() == 0 ? kept(folder, programs, notes) : measure(folder, programs, notes);
            done("time");
            Instant replaying = clock.instant();
            double[] before = costs(replays, start);
            Duration replay = Duration.between(replaying, clock.instant());
            done("replay");
            setAside = replay.multipliedBy(2);
            PerfStat.Counts[] counted = count(programs, measured, notes);
            done("count");
            Fit fit = fit("fitting", replays, measured.cost(), start, sameCore, facts, FIT_SHARE, notes);
            done("fit");
            List<FittedSetting> found = ranges(fit, notes);
            done("ranges");
            List<KernelRow> rows = rows(measured, before, costs(replays, fit.profile()), counted);
            setAside = replay;
            HostCalibration.HeldOut heldOut = heldOut(replays, measured, before, start, sameCore, facts, rows, notes);
            done("held out");
            HostCalibration result = new HostCalibration(cpu.modelName(), started, sameCore,
                    notes, rows, found, heldOut, seconds);
            HostProfile.write(folder.resolve("host.json"), cpu, clock.instant(), fit.profile(), result);
            measured.log().finish();
            return result;
        } finally {
            replays.forEach(KernelReplay::close);
        }
    }

    /** What the host states, as far as it makes a core that can be. */
    private Map<Constant, Integer> facts(CoreProfile start, List<String> notes) {
        Map<Constant, Integer> facts = new EnumMap<>(Constant.class);
        List<String> silent = new ArrayList<>();
        CoreProfile stated = start;
        for (List<Constant> group : HostFacts.STATED) {
            CoreProfile more = stated;
            for (Constant constant : group) {
                more = settings.facts().containsKey(constant) ? more.with(constant, settings.facts().get(constant)) : more;
            }
            if (settings.facts().keySet().containsAll(group) && Fit.consistent(more)) {
                stated = more;
                group.forEach(constant -> facts.put(constant, settings.facts().get(constant)));
            } else {
                group.forEach(constant -> silent.add(constant.key()));
            }
        }
        if (!silent.isEmpty()) {
            notes.add("this host does not state, or not so that it makes sense, " + String.join(", ", silent)
                    + ": fitted as far as kernels show it, else as in " + start.name());
        }
        return facts;
    }

    /** What the hardware counts of each kernel; nothing where it does not count, or where there is no time for it. */
    private PerfStat.Counts[] count(List<Path> programs, Measured measured, List<String> notes) {
        PerfStat.Counts[] counted = new PerfStat.Counts[kernels.size()];
        if (settings.rounds() == 0 || !settings.all()) {
            return counted;
        }
        PerfStat.Detected detected = PerfStat.detect("perf", pinning);
        if (detected.perf() == null) {
            notes.add("no hardware counters beside the timings: " + detected.why());
            return counted;
        }
        for (int k = 0; k < counted.length && left() > 0.4 * settings.budget().toMillis(); k++) {
            progress.accept("counting events of kernels: " + (k + 1) + " of " + kernels.size() + " ...");
            counted[k] = detected.perf().of(kernels.get(k), programs.get(k), measured.perIteration()[k]);
        }
        return counted;
    }

    private List<KernelRow> rows(Measured measured, double[] before, double[] after, PerfStat.Counts[] counted) {
        return IntStream.range(0, kernels.size()).mapToObj(k -> KernelRow.of(kernels.get(k), measured.cost()[k],
                measured.second()[k], measured.median()[k], measured.spread()[k], before[k], after[k],
                counted[k])).toList();
    }

    private Fit fit(String what, List<KernelReplay> replays, double[] measured, CoreProfile start,
                    boolean trusted, Map<Constant, Integer> facts, double share, List<String> notes) {
        Fit fit = Fit.run(kernels, measured, KernelReplay.all(replays), start, trusted, facts, settings.sweeps(),
                done -> progress.accept(what + " " + Math.round(100 * done) + " % ..."), within(share));
        if (!fit.complete()) {
            notes.add("time ran out before " + what + " was done: values may not be at their best; --refit goes on from the same timings");
        }
        return fit;
    }

    private List<FittedSetting> ranges(Fit fit, List<String> notes) {
        progress.accept("looking for the ranges of what was found ...");
        return fit.settings(within(RANGES_SHARE), late -> notes.add("time ran out before the ranges of " + late.size()
                + " settings were looked for: theirs are as wide as their sources leave them; --refit finds them"));
    }

    /** Whether a share of the time that is left now is left still; nothing is where building took all of it. */
    private BooleanSupplier within(double share) {
        long reserve = (long) ((1 - share) * Math.max(0, left()));
        return () -> left() > reserve;
    }

    /** Fits again without a part of the kernels, to see how well others tell what they cost. */
    private HostCalibration.HeldOut heldOut(List<KernelReplay> replays, Measured measured, double[] before, CoreProfile start,
                                            boolean trusted, Map<Constant, Integer> facts, List<KernelRow> fitted, List<String> notes) {
        List<Integer> held = HoldOut.of(kernels, measured.cost());
        double[] rest = measured.cost().clone();
        held.forEach(k -> rest[k] = Double.NaN);
        Fit fit = fit("fitting without the kernels held out", replays, rest, start, trusted, facts, HELD_OUT_SHARE, notes);
        List<KernelRow> rows = rows(measured, before, costs(replays, fit.profile()), new PerfStat.Counts[kernels.size()]);
        List<KernelRow> stayed = IntStream.range(0, rows.size()).filter(k -> !held.contains(k)).mapToObj(rows::get).toList();
        return new HostCalibration.HeldOut(HoldOut.RULE, held.stream().map(k -> kernels.get(k).name()).toList(),
                HostCalibration.Error.of(stayed), HostCalibration.Error.of(held.stream().map(rows::get).toList()),
                HostCalibration.Error.of(held.stream().map(fitted::get).toList()));
    }

    private void done(String part) {
        double all = Duration.between(begun, clock.instant()).toMillis() / 1e3;
        seconds.put(part, all - seconds.values().stream().mapToDouble(Double::doubleValue).sum());
    }

    private long left() {
        return settings.budget().minus(Duration.between(begun, clock.instant())).minus(setAside).toMillis();
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
    private record Measured(MeasurementLog log, double[] cost, double[] second, double[] median, double[] spread,
                            double[][] perIteration) {
    }

    private Measured measure(Path folder, List<Path> programs, List<String> notes) {
        HostNoise.Reading start = HostNoise.Reading.now();
        KernelTimer timer = new KernelTimer(pinning, settings.slices(), settings.ticks());
        try (MeasurementLog log = new MeasurementLog(folder.resolve(MeasurementLog.BEGUN), identity())) {
            if (log.resumed() > 0) {
                notes.add(log.resumed() + " timings were taken up from a calibration that was interrupted");
            }
            if (log.leftOut() > 0) {
                notes.add(log.leftOut() + " lines of " + MeasurementLog.BEGUN + " were left out: cut short, damaged, or of another CPU");
            }
            for (int round = 0; round < settings.rounds(); round++) {
                OwnCore core = null;
                for (int k = 0; k < kernels.size() && (round == 0 || left() > TIMED_UNTIL * settings.budget().toMillis()); k++) {
                    progress.accept("timing kernels, round " + (round + 1) + ": " + (k + 1) + " of " + kernels.size() + " ...");
                    if (k % CORE_RENEWED == 0) {
                        core = OwnCore.of(log.all());
                    }
                    time(timer, log, core, k, programs.get(k), round);
                }
            }
            if (!HostFacts.hugePages()) {
                notes.add("this machine gives no pages of 2 MiB: the kernels that take them are left out");
            }
            timer.failures().values().forEach(why -> notes.add("not timed, and not fitted to: " + why.getMessage()));
            warn(HostNoise.between(start, HostNoise.Reading.now()), log, programs, timer.failures(), notes);
            return summary(log, programs, notes);
        }
    }

    private String identity() {
        return cpu.modelName() + ", family " + cpu.family() + ", model " + cpu.model() + ", stepping " + cpu.stepping();
    }

    /** The timings of the last calibration; kernels that have changed since, or are new, have none. */
    private Measured kept(Path folder, List<Path> programs, List<String> notes) {
        MeasurementLog log = MeasurementLog.finished(folder, identity());
        List<String> without = IntStream.range(0, kernels.size()).filter(k -> log.of(programs.get(k), 0).isEmpty())
                .mapToObj(k -> kernels.get(k).name()).toList();
        if (without.size() == kernels.size()) {
            throw new CalibrationException(folder + ": no timings of these kernels on this CPU are kept; calibrate without --refit");
        }
        notes.add("nothing was measured: fitted to the timings of the last calibration"
                + (without.isEmpty() ? "" : ", which has none of " + String.join(", ", without)));
        return summary(log, programs, notes);
    }

    /**
     * Times a kernel once more; from the third round on only if it is restless or never had the core to itself, so that those get
     * the time that is left.
     */
    private void time(KernelTimer timer, MeasurementLog log, OwnCore core, int k, Path program, int round) {
        for (int size = 0; size < kernels.get(k).sizes().size(); size++) {
            List<Timing> earlier = log.of(program, size);
            if (earlier.size() <= round && (round < ROUNDS_OF_ALL || core.shared(earlier) || modes(core, earlier).restless())) {
                Timing timing = timer.time(program, size, core);
                if (timing != null) {
                    log.append(program, size, timing);
                }
            }
        }
    }

    private static Modes modes(OwnCore core, List<Timing> timings) {
        return Modes.of(core.runs(timings));
    }

    private void warn(HostNoise noise, MeasurementLog log, List<Path> programs, Map<Path, CalibrationException> failed,
                      List<String> notes) {
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
        List<String> disturbed = IntStream.range(0, kernels.size()).filter(k -> !failed.containsKey(programs.get(k))).filter(k -> IntStream.range(0, kernels.get(k).sizes().size())
                .anyMatch(size -> log.of(programs.get(k), size).isEmpty())).mapToObj(k -> kernels.get(k).name()).toList();
        if (!disturbed.isEmpty()) {
            notes.add("too disturbed to be timed, and not fitted to: " + String.join(", ", disturbed));
        }
        if (clocks.length == 0) {
            failed.values().stream().findFirst().ifPresent(first -> {
                throw first;
            });
            throw new CalibrationException("no kernel could be timed: every run was disturbed; calibrate on an idle machine");
        }
    }

    private Measured summary(MeasurementLog log, List<Path> programs, List<String> notes) {
        int n = kernels.size();
        Measured measured = new Measured(log, new double[n], new double[n], new double[n], new double[n], new double[n][]);
        List<String> bimodal = new ArrayList<>();
        List<String> shared = new ArrayList<>();
        OwnCore core = OwnCore.of(log.all());
        for (int k = 0; k < n; k++) {
            Kernel kernel = kernels.get(k);
            Path program = programs.get(k);
            List<Modes> sizes = IntStream.range(0, kernel.sizes().size()).mapToObj(size -> modes(core, log.of(program, size))).toList();
            boolean alone = IntStream.range(0, sizes.size()).noneMatch(size -> core.shared(log.of(program, size)));
            if (!alone) {
                shared.add(kernel.name());
            }
            measured.perIteration()[k] = sizes.stream().mapToDouble(Modes::typical).toArray();
            measured.median()[k] = cost(kernel, sizes, Modes::median);
            measured.spread()[k] = sizes.stream().mapToDouble(Modes::spread).max().orElse(Double.NaN);
            double bound = kernel.boundPerIteration();
            ToDoubleFunction<Modes> chosen = alone ? m -> m.likeliest(bound) : m -> m.best(bound);
            // Memory is slowed by what others do to it, and chance evens out over the many accesses of a run.
            measured.cost()[k] = !kernel.random() ? cost(kernel, sizes, chosen)
                    : kernel.light() ? measured.median()[k] : cost(kernel, sizes, Modes::quarter);
            double other = cost(kernel, sizes, m -> m.beside(chosen.applyAsDouble(m)));
            boolean two = !kernel.random() && sizes.stream().anyMatch(Modes::two);
            measured.second()[k] = two ? other : Double.NaN;
            if (two) {
                bimodal.add("%s (%.2f, not %.2f)".formatted(kernel.name(), measured.cost()[k], other));
            }
        }
        double share = core.share(log.all());
        if (share < MOSTLY_ALONE) {
            notes.add("another thread ran on this core beside %.0f %% of all runs: these are left out%s".formatted(100 * (1 - share),
                    shared.isEmpty() ? "" : ", but for " + String.join(", ", shared) + ", which never had it to themselves"));
        }
        if (!bimodal.isEmpty()) {
            notes.add("now one cost, now another, and fitted to the first of them: " + String.join(", ", bimodal));
        }
        return measured;
    }

    private static double cost(Kernel kernel, List<Modes> sizes, ToDoubleFunction<Modes> cost) {
        return kernel.cost(sizes.stream().mapToDouble(cost).toArray());
    }
}
