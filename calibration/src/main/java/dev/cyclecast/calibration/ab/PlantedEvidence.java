package dev.cyclecast.calibration.ab;

import dev.cyclecast.allocator.AllocatorException;
import dev.cyclecast.calibration.CalibrationException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The harness put to the test: short sessions on a difference of known cost, and as many on none.
 *
 * <p>The difference is a chain of dependent adds, fenced off from all around it, so that each add takes one core cycle. What
 * share of an operation's time that is follows from the operations' time, from the rate of the time-stamp counter that the
 * driver reads, and from the core's clock that is taken around each run.
 */
public final class PlantedEvidence {
    /** The file that says what is tested. */
    public static final String START = "evidence.json";

    private static final String WITH = "with-difference";
    private static final String WITHOUT = "without-difference";
    /** Enough for an interval that is only counted. */
    private static final int DRAWS = 1_000;

    private final Subject planted;
    private final Subject none;
    private final int addedCycles;
    private final Runner runner;
    private final Pinning pinning;
    private final InstantSource clock;
    private final Listener listener;

    /**
     * What came out.
     *
     * @param sessions          sessions of either kind
     * @param addedCycles       cycles added to each operation of B
     * @param truthPercent      the gain that they make, which is a loss
     * @param covering          sessions whose interval covers it
     * @param found             sessions that called B slower
     * @param withoutInterval   sessions that had time for one layout or none, and so no interval; they count as missing it
     * @param medianGainPercent median of the estimates of the others
     * @param medianHalfWidth   median half width of their intervals, in percent
     * @param withoutDifference sessions without a difference that called none
     * @param contaminated      sessions of both kinds whose control missed
     * @param warnings          what disturbed the last session
     * @param folder            where the sessions are
     */
    public record Result(int sessions, int addedCycles, double truthPercent, int covering, int found, int withoutInterval,
                         double medianGainPercent, double medianHalfWidth, int withoutDifference, int contaminated,
                         List<String> warnings, String folder) {
    }

    /**
     * The beginning of a test, as it is written to disk for one that resumes it.
     *
     * @param request     what each session is but for its seed
     * @param sessions    sessions of either kind
     * @param addedCycles cycles added to each operation of B
     * @param planted     hashes of the programs with the difference
     * @param none        hashes of those without
     */
    public record Start(AbRequest request, int sessions, int addedCycles, Subject.Hashes planted, Subject.Hashes none) {
    }

    /** On one subject whose B has so many cycles more for each operation than its A, and on another without a difference. */
    public PlantedEvidence(Subject planted, Subject none, int addedCycles, Runner runner, Pinning pinning, InstantSource clock,
                           Listener listener) {
        this.planted = planted;
        this.none = none;
        this.addedCycles = addedCycles;
        this.runner = runner;
        this.pinning = pinning;
        this.clock = clock;
        this.listener = listener;
    }

    /** Makes so many sessions of either kind, each as requested but for its seed. */
    public Result gather(int sessions, AbRequest request, Path parent) {
        SessionFolder folder = SessionFolder.create(parent, clock.instant());
        try {
            prepare(request);
            Start start = new Start(request, sessions, addedCycles, planted.hashes(), none.hashes());
            folder.write(START, start);
            listener.began(folder.path());
            return gather(start, folder);
        } finally {
            folder.discardUnlessHolding(START);
        }
    }

    /** What the test in a folder is of. */
    public static Start startOf(Path folder) {
        Start start = SessionFolder.open(folder, START).read(START, Start.class);
        if (start.request() == null || start.planted() == null || start.none() == null || start.sessions() < 1
                || start.addedCycles() < 0) {
            throw new CalibrationException(folder.resolve(START) + ": this is no beginning of a test; start another");
        }
        return start;
    }

    /** Goes on with the test in a folder: with the session that was interrupted, then with those not begun. */
    public Result resume(Path path) {
        Start start = startOf(path);
        prepare(start.request());
        if (!start.planted().equals(planted.hashes()) || !start.none().equals(none.hashes())) {
            throw new CalibrationException(path + ": a program has changed since this test began; start another");
        }
        listener.began(path);
        return gather(start, SessionFolder.open(path, START));
    }

    private void prepare(AbRequest request) {
        for (int layout = 0; layout < request.layouts(); layout++) {
            listener.progress("preparing layout %d of %d".formatted(layout, request.layouts()));
            planted.pair("", layout, 1);
        }
    }

    private Result gather(Start start, SessionFolder folder) {
        int sessions = start.sessions();
        List<AbResult> with = new ArrayList<>();
        List<AbResult> without = new ArrayList<>();
        List<RawRun> runsOfA = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            listener.news("session %d of %d".formatted(i + 1, sessions));
            AbResult session = session(planted, start.request(), i, folder, WITH);
            with.add(session);
            runsOfA.addAll(runsOfA(session));
            without.add(session(none, start.request(), i, folder, WITHOUT));
        }
        double truth = truthPercent(runsOfA);
        List<AbResult> decided = with.stream().filter(r -> r.measured().estimate().halfWidthPercent() >= 0).toList();
        Result result = new Result(sessions, addedCycles, truth, count(with, r -> r.measured().estimate().covers(truth)),
                count(with, r -> r.verdict().equals(AbVerdict.SLOWER)),
                sessions - decided.size(), AbSession.median(decided, r -> r.measured().gainPercent()),
                AbSession.median(decided, r -> r.measured().estimate().halfWidthPercent()),
                count(without, r -> !AbVerdict.differs(r.verdict())),
                count(with, AbResult::contaminated) + count(without, AbResult::contaminated), without.getLast().warnings(),
                folder.path().toString());
        folder.write("result.json", result);
        return result;
    }

    /** One session, in a folder named after its number; one that was made before is taken as it is. */
    private AbResult session(Subject subject, AbRequest request, int number, SessionFolder folder, String kind) {
        Path own = folder.folder(kind).resolve(Integer.toString(number));
        AbSession session = new AbSession(new DrawnLayouts(subject, request.layouts(), number), runner, pinning, clock, quiet(), DRAWS);
        AbResult result;
        try {
            result = AbSession.earlierResult(own).orElseGet(() -> AbSession.isBegun(own) ? session.resume(own, null)
                    : session.beginIn(request.withSeed(number), own));
        } catch (CalibrationException | AllocatorException e) {
            throw new CalibrationException(toGoOn(e.getMessage(), folder), e);
        }
        if (result.stopped() == Stopped.FAILED) {
            throw new CalibrationException(toGoOn(result.failure(), folder));
        }
        return result;
    }

    private static String toGoOn(String failure, SessionFolder folder) {
        return failure.replaceAll("; go on with: .*", "") + "; go on with: ./cyclecast ab --resume " + folder.path();
    }

    /** Of the single sessions, nobody is told where they are: it is the whole that one goes on with. */
    private Listener quiet() {
        return new Listener() {
            @Override
            public void began(Path folder) {
                // The test has begun long ago.
            }

            @Override
            public void progress(String text) {
                listener.progress(text);
            }

            @Override
            public void news(String text) {
                listener.news(text);
            }
        };
    }

    private static List<RawRun> runsOfA(AbResult session) {
        try (RunLog log = RunLog.resume(Path.of(session.folder()).resolve(AbSession.RUNS))) {
            return log.runs().stream().filter(r -> r.comparison().equals(AbSession.PAIR))
                    .filter(r -> Block.isFirst(r.position())).toList();
        }
    }

    private double truthPercent(List<RawRun> runsOfA) {
        double cycles = new OwnCoreSlices(runsOfA.stream().map(RawRun::run).toList()).cyclesPerOperation(
                runsOfA.stream().map(RawRun::run).toList());
        if (Double.isFinite(cycles)) {
            return 100 * (cycles / (cycles + addedCycles) - 1);
        }
        double nanoseconds = AbSession.median(runsOfA, r -> r.run().nanosecondsPerOperation());
        double ticksPerNanosecond = AbSession.median(runsOfA,
                r -> r.tscCyclesPerOperation() / r.run().wallNanosecondsPerOperation());
        double ticksPerCycle = AbSession.median(runsOfA, r -> r.usage().ticksPerCycleBefore());
        double added = addedCycles * ticksPerCycle / ticksPerNanosecond;
        return 100 * (nanoseconds / (nanoseconds + added) - 1);
    }

    private static int count(List<AbResult> sessions, Predicate<AbResult> test) {
        return (int) sessions.stream().filter(test).count();
    }
}
