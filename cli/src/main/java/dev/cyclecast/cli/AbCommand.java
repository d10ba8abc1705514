package dev.cyclecast.cli;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.calibration.ab.AbRequest;
import dev.cyclecast.calibration.ab.AbResult;
import dev.cyclecast.calibration.ab.AbSession;
import dev.cyclecast.calibration.ab.AllocatorVariants;
import dev.cyclecast.calibration.ab.LayoutNoise;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.PlantedEvidence;
import dev.cyclecast.calibration.ab.ProgramRunner;
import dev.cyclecast.calibration.ab.RunWatch;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.calibration.ab.Subjects;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code ab}: whether B is faster than A, measured so that a sceptic accepts it. */
@Command(name = "ab", mixinStandardHelpOptions = true,
        customSynopsis = {
            "cyclecast ab [OPTIONS] A B [-- ARGUMENT...]",
            "       cyclecast ab [OPTIONS] --preload A.so B.so -- PROGRAM [ARGUMENT...]",
            "       cyclecast ab [OPTIONS] --variant A B [--shape SHAPE] [--workload WORKLOAD]",
            "       cyclecast ab [OPTIONS] --layout-noise A B [--layouts N]",
            "       cyclecast ab --resume FOLDER [--budget TIME]"},
        description = {"Measures whether program B is faster than program A.",
            "Processes run in blocks A B B A, pinned to one CPU, over many layouts. A runs against itself first: the control."
                + " A pilot then says what can be detected in the budget. A program that prints ops and seconds as a driver"
                + " does is timed by them, any other as a whole process; where a checksum is printed, both must print the same."},
        footer = {"", "The verdict is by the 95 %% interval of the gain (A's time / B's time - 1): equivalent where all of it is within"
            + " the margin, else faster or slower where it leaves zero out, else undecided.",
            "Every run is kept in runs.jsonl of the session's folder, build/ab/TIME."})
final class AbCommand implements Callable<Integer> {
    /** Cycles that both arms of the planted difference have, so that what is added is added to a chain. */
    private static final int PLANTED_BASE = 20;
    private static final int RUN_MILLIS = 45;
    private static final int SHORT_RUN_MILLIS = 10;

    private final Terminal terminal;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "A B", description = "What is compared, and behind -- the arguments of both.")
    private List<String> words = List.of();

    @ArgGroup
    private Mode mode = new Mode();

    /** What A and B are, or what is done with them. */
    private static final class Mode {
        @Option(names = "--preload", description = "A and B are libraries, loaded first into PROGRAM; none is no library.")
        private boolean preload;

        @Option(names = "--variant", description = "A and B are variants of the allocator under study, such as baseline and e1.")
        private boolean variant;

        @Option(names = "--layout-noise", description = "Says how much the layout alone moves the variants A and B.")
        private boolean layoutNoise;

        @Option(names = "--evidence", description = "Tests the harness itself on planted differences, in many short sessions.")
        private boolean evidence;

        @Option(names = "--resume", paramLabel = "FOLDER", description = "Goes on with what was interrupted, a session, --layout-noise or --evidence, from all its runs.")
        private Path resume;
    }

    @Mixin
    private DriverOptions driver;

    @Option(names = "--budget", paramLabel = "TIME", converter = DurationConverter.class,
            description = "How long it may take, such as 300s, 5m or 1h (default: 300s; with --resume, what is left).")
    private Duration budget;

    @Option(names = "--precision", paramLabel = "PERCENT", defaultValue = "0.5",
            description = "Half width of the interval at which measuring stops (default: ${DEFAULT-VALUE}).")
    private double precision;

    @Option(names = "--equivalence", paramLabel = "PERCENT", defaultValue = "1",
            description = "A difference that does not matter; 0 for none (default: ${DEFAULT-VALUE}).")
    private double equivalence;

    @Option(names = "--time", paramLabel = "TIME", defaultValue = "cpu",
            description = "cpu or wall: the time that the verdict is by (default: ${DEFAULT-VALUE}).")
    private Time time;

    @Option(names = "--layouts", paramLabel = "N", defaultValue = "32",
            description = "Layouts at most; with --layout-noise, exactly (default: ${DEFAULT-VALUE}).")
    private int layouts;

    @Option(names = "--sessions", paramLabel = "N", defaultValue = "100",
            description = "Sessions of --evidence with a difference, and as many without (default: ${DEFAULT-VALUE}).")
    private int sessions;

    @Option(names = "--planted", paramLabel = "CYCLES", defaultValue = "4",
            description = "Cycles that --evidence adds to each operation (default: ${DEFAULT-VALUE}).")
    private int planted;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Seed of run order and bootstrap (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private Output output;

    /** Ways of taking time. */
    private enum Time { CPU, WALL }

    AbCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (mode == null) {
            mode = new Mode();
        }
        check();
        try (Interruption listener = new Interruption(terminal, "ab")) {
            return mode.evidence || resumes(PlantedEvidence.START) ? evidence(listener)
                    : mode.layoutNoise || resumes(LayoutNoise.START) ? layoutNoise(listener) : session(listener);
        }
    }

    /** Whether what is resumed began with a file of that name. */
    private boolean resumes(String start) {
        return mode.resume != null && Files.exists(mode.resume.resolve(start));
    }

    private void check() {
        boolean pair = mode.resume == null && !mode.evidence;
        if (pair && words.size() < 2) {
            throw usage("needs two names, A and B");
        }
        if (!pair && !words.isEmpty()) {
            throw usage("takes no names with --resume or --evidence");
        }
        if (!(precision > 0) || !(equivalence >= 0) || !Double.isFinite(precision + equivalence)) {
            throw usage("--precision must be above 0 and --equivalence at least 0");
        }
        if (layouts < 1 || layouts > AbRequest.MOST_LAYOUTS || sessions < 1 || planted < 0 || planted > 1000) {
            throw usage("--layouts must be from 1 to 1000, --sessions at least 1, --planted from 0 to 1000");
        }
        if (budget != null && budget.isZero()) {
            throw usage("--budget must be above 0");
        }
    }

    private ParameterException usage(String what) {
        return new ParameterException(spec.commandLine(), what);
    }

    private int session(Interruption listener) {
        AbRequest request = mode.resume != null ? AbSession.requestOf(mode.resume) : request(RUN_MILLIS, seconds(300));
        Pinning pinning = Pinning.detect();
        AbSession session = new AbSession(Subjects.of(request, home()), runner(pinning, request), pinning, InstantSource.system(),
                listener);
        AbResult result = mode.resume == null ? session.begin(request, folder())
                : session.resume(mode.resume, budget == null ? null : seconds(0));
        listener.close();
        output.print(() -> AbText.text(terminal, result), () -> AbText.row(result), () -> result);
        if (result.stopped() == Stopped.FAILED) {
            terminal.complain(result.failure() + "; what was measured before is above; go on with: ./cyclecast ab --resume "
                    + result.folder());
            return Main.FAULT;
        }
        return Main.DONE;
    }

    private int layoutNoise(Interruption listener) {
        AbRequest request = mode.resume != null ? LayoutNoise.requestOf(mode.resume) : request(RUN_MILLIS, seconds(300));
        Pinning pinning = Pinning.detect();
        LayoutNoise noise = new LayoutNoise(Subjects.of(request, home()), runner(pinning, request), pinning,
                InstantSource.system(), listener);
        LayoutNoise.Result result = mode.resume == null ? noise.measure(request, folder())
                : noise.resume(mode.resume, budget == null ? null : seconds(0));
        listener.close();
        output.print(() -> AbText.text(terminal, result), () -> AbText.rows(result), () -> result);
        return Main.DONE;
    }

    private int evidence(Interruption listener) {
        PlantedEvidence.Start begun = mode.resume == null ? null : PlantedEvidence.startOf(mode.resume);
        double each = seconds(600) / (2 * sessions);
        AbRequest request = begun != null ? begun.request() : new AbRequest(AbRequest.Kind.VARIANTS, "baseline", "baseline",
                List.of(), "reference", "mixed", false, each, precision, equivalence, layouts, SHORT_RUN_MILLIS, seed);
        int cycles = begun != null ? begun.addedCycles() : planted;
        Pinning pinning = Pinning.detect();
        AllocatorBuild build = new AllocatorBuild(home());
        PlantedEvidence evidence = new PlantedEvidence(
                AllocatorVariants.planted(build, PLANTED_BASE, PLANTED_BASE + cycles),
                AllocatorVariants.planted(build, PLANTED_BASE, PLANTED_BASE), cycles, runner(pinning, request), pinning,
                InstantSource.system(), listener);
        PlantedEvidence.Result result = begun == null ? evidence.gather(sessions, request, folder()) : evidence.resume(mode.resume);
        listener.close();
        output.print(() -> AbText.text(terminal, result), () -> AbText.row(result), () -> result);
        return Main.DONE;
    }

    private AbRequest request(int runMillis, double budgetSeconds) {
        boolean variants = mode.variant || mode.layoutNoise;
        AbRequest.Kind kind = variants ? AbRequest.Kind.VARIANTS : mode.preload ? AbRequest.Kind.PRELOADED
                : AbRequest.Kind.PROGRAMS;
        return new AbRequest(kind, words.get(0), words.get(1), words.subList(2, words.size()), variants ? driver.shape().id() : null,
                variants ? driver.workload().id() : null, time == Time.WALL, budgetSeconds, precision, equivalence, layouts, runMillis, seed);
    }

    private static ProgramRunner runner(Pinning pinning, AbRequest request) {
        Duration limit = Duration.ofSeconds(Math.max(60, (long) request.budgetSeconds()));
        return new ProgramRunner(pinning, limit, RunWatch.build(home()));
    }

    private double seconds(int otherwise) {
        return budget == null ? otherwise : budget.toSeconds();
    }

    private static Path home() {
        return Path.of(System.getProperty("cyclecast.home"));
    }

    private static Path folder() {
        return home().resolve("build/ab");
    }
}
