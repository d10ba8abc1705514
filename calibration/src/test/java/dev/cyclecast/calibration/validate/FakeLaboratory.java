package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.Listener;
import dev.cyclecast.calibration.ab.Run;
import dev.cyclecast.calibration.ab.Runner;
import dev.cyclecast.calibration.ab.Usage;
import dev.cyclecast.calibration.ab.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/**
 * A compiler, recorder, model, machine and clock with planted answers: programs and traces are notes of what they are, forecasts
 * are given, runs take planted times, and time passes as runs and builds take it. It can be switched off at any point.
 */
class FakeLaboratory implements Programs, Forecasts, Runner, InstantSource, Listener {
    private static final double BASE_NANOSECONDS = 40;
    private static final double TICKS_PER_NANOSECOND = 2.8;
    private static final double TICKS_PER_CYCLE = 0.8;
    /** What the base takes in core cycles. */
    static final double BASE_CYCLES = BASE_NANOSECONDS * TICKS_PER_NANOSECOND / TICKS_PER_CYCLE;

    /** What happened, in order. */
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final List<String> news = new ArrayList<>();
    /** True gain of each proposal and shape, in percent; each layout adds its own bias, which averages out over eight. */
    final Map<String, Double> gains;
    final Map<Shape, List<Forecast>> planted;
    /** Why the proposals that are not planted in a shape are not there. */
    String whyAbsent = "nothing in the trace reads it";
    /** The variant whose program does other work, or null; under which routing profile, or null for under each. */
    String cheat;
    String cheatUnder;
    double noisePercent;
    double buildSeconds = 1;
    /** The bare time of an operation under a load of this name is that much longer. */
    Map<String, Double> slower = Map.of();
    /** Ends the session, as a power cut would, before this event, counted from 0; negative for never. */
    int switchedOffAt = -1;
    /** Called before each event. */
    Runnable before = () -> { };
    final Map<String, String> inputs = new TreeMap<>(Map.of("the sources", "1", "the profile", "2"));

    private final RandomGenerator noise = new Well19937c(7);
    private int count;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    FakeLaboratory(Map<String, Double> gains, Map<Shape, List<Forecast>> planted) {
        this.gains = gains;
        this.planted = planted;
    }

    /** Events so far. */
    int count() {
        return count;
    }

    private synchronized void event(String what) {
        if (count == switchedOffAt) {
            throw new IllegalStateException("switched off");
        }
        before.run();
        count++;
        events.add(what);
    }

    @Override
    public Path build(String variant, Shape shape, Load load, int layout, Path folder) {
        Path file = folder.resolve(variant + "-" + shape.label() + "-" + load.workload() + "-layout" + layout);
        if (!Files.exists(file)) {
            event("build " + file.getFileName());
            write(file, file.getFileName().toString());
            pass(buildSeconds);
        }
        return file;
    }

    @Override
    public void record(Path program, Load load, long operations, Path trace) {
        event("record " + program.getFileName() + " " + load);
        write(trace, program.getFileName() + " " + load + " " + operations);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int paddingBytes(int layout) {
        return 16 * layout;
    }

    @Override
    public List<String> arguments(Load load, long operations) {
        return List.of(Long.toString(operations), load.id());
    }

    @Override
    public Map<String, String> inputs() {
        return inputs;
    }

    @Override
    public String compiler() {
        return "fake 1.0";
    }

    @Override
    public List<Candidate> candidates() {
        return planted.get(Shape.REFERENCE).stream()
                .map(f -> new Candidate(f.proposal(), "baseline", f.proposal().toLowerCase(Locale.ROOT), f.statedGain())).toList();
    }

    @Override
    public FromTrace forecast(String base, Path baseTrace, Shape shape) {
        event("forecast " + baseTrace.getFileName());
        Map<String, String> absent = new TreeMap<>();
        candidates().stream().map(Candidate::proposal).filter(p -> planted.get(shape).stream().noneMatch(f -> f.proposal().equals(p)))
                .forEach(p -> absent.put(p, whyAbsent));
        return new FromTrace(planted.get(shape), absent);
    }

    @Override
    public Replayed replay(Path baseTrace, Path variantTrace) {
        event("replay " + variantTrace.getFileName());
        if (!baseTrace.getFileName().toString().startsWith("baseline-")) {
            throw new CalibrationException("not a baseline: " + baseTrace);
        }
        return new Replayed(1.5, 1.0, 2.0);
    }

    @Override
    public double cyclesPerOperation(Path trace) {
        event("model " + trace.getFileName());
        return trace.getFileName().toString().startsWith("baseline-") ? 1.1 * BASE_CYCLES : 1.1 * BASE_CYCLES / 1.015;
    }

    @Override
    public Run run(Arm arm, int paddingBytes) {
        event("run " + arm.name());
        String[] name = arm.name().split("-");
        String variant = name[0];
        int layout = Integer.parseInt(arm.name().replaceFirst(".*-layout", ""));
        long operations = Long.parseLong(arm.arguments().getFirst());
        double log = Math.log(BASE_NANOSECONDS * slower.getOrDefault(arm.arguments().get(1), 1.0));
        if (!variant.equals("baseline")) {
            log -= Math.log1p(gains.get(variant.toUpperCase(Locale.ROOT) + "/" + name[1]) / 100) + 1e-3 * (layout % 8 - 3.5);
        }
        log += noisePercent / 100 * noise.nextGaussian();
        double seconds = 1e-9 * operations * Math.exp(log);
        pass(1.2 * seconds);
        boolean cheats = variant.equals(cheat)
                && (cheatUnder == null || cheatUnder.equals(arm.environment().get("HAKMEM_TINY_PROFILE")));
        Usage usage = new Usage(1.1 * seconds, seconds, 0, 60, 0, 1, 0, 0, TICKS_PER_CYCLE, TICKS_PER_CYCLE);
        return new Run(new Work(operations, cheats ? "bad" : "f00d", 3, 2), seconds, seconds, TICKS_PER_NANOSECOND * Math.exp(log), usage);
    }

    private synchronized void pass(double seconds) {
        now = now.plusNanos((long) (1e9 * seconds));
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public void began(Path folder) {
        news.add("began " + folder);
    }

    @Override
    public void progress(String text) {
        if (!text.matches(".*, \\d+:\\d\\d left")) {
            throw new AssertionError(text);
        }
    }

    @Override
    public void news(String text) {
        news.add(text);
    }
}
