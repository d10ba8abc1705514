package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/**
 * Two programs, a machine and a clock that are made up: B has a known gain, layouts move each program by an amount of their
 * own, runs are noisy, the machine drifts, and time passes as runs take it.
 */
final class Simulation implements Subject, Runner, InstantSource, Listener {
    private static final double BASE_NANOSECONDS = 40;
    private static final double TICKS_PER_NANOSECOND = 2.8;
    private static final double TICKS_PER_CYCLE = 0.8;

    final List<String> news = new ArrayList<>();
    /** Arms in the order in which they ran. */
    final List<String> ran = new ArrayList<>();
    /** Throws before this run, counted from 0; negative for never. */
    int failsBefore = -1;
    RuntimeException failure = new CalibrationException("B (b) ended with exit code 3: heap is corrupt");
    /** What a run prints as its checksum, by arm. */
    String checksumOfB = "f00d";
    /** Added to the log of the time by the number of the run: what hits runs, not programs. */
    IntToDoubleFunction hits = n -> 0;
    String hash = "same";

    private final double gainPercent;
    private final double layoutPercent;
    private final double noisePercent;
    private final double driftPercentPerSecond;
    private final long seed;
    private final RandomGenerator noise;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    Simulation(double gainPercent, double layoutPercent, double noisePercent, double driftPercentPerSecond, long seed) {
        this.gainPercent = gainPercent;
        this.layoutPercent = layoutPercent;
        this.noisePercent = noisePercent;
        this.driftPercentPerSecond = driftPercentPerSecond;
        this.seed = seed;
        noise = new Well19937c(seed);
    }

    /** A request for a session of so many seconds. */
    static AbRequest request(double budgetSeconds, double precisionPercent) {
        return new AbRequest(AbRequest.Kind.PROGRAMS, "a", "b", List.of(), null, null, false, budgetSeconds, precisionPercent, 1, 32,
                10, 1);
    }

    AbSession session() {
        return new AbSession(this, this, new Pinning(1, "taskset -c 1"), this, this, 1_000);
    }

    @Override
    public Run run(Arm arm, int paddingBytes) {
        if (ran.size() == failsBefore) {
            throw failure;
        }
        boolean b = arm.name().startsWith("b");
        long operations = Long.parseLong(arm.arguments().getFirst());
        double elapsed = 1e-3 * (now.toEpochMilli() % 1_000_000);
        double log = Math.log(BASE_NANOSECONDS) - (b ? Math.log1p(gainPercent / 100) : 0)
                + layoutPercent / 100 * new Well19937c(seed * 1000 + 2L * paddingBytes + (b ? 1 : 0)).nextGaussian()
                + noisePercent / 100 * noise.nextGaussian() + driftPercentPerSecond / 100 * elapsed + hits.applyAsDouble(ran.size());
        ran.add(arm.name());
        double seconds = 1e-9 * operations * Math.exp(log);
        now = now.plusNanos((long) (1.2e9 * seconds));
        Usage usage = new Usage(1.1 * seconds, seconds, 0, 60, 0, 1, 0, 0, TICKS_PER_CYCLE, TICKS_PER_CYCLE);
        return new Run(new Work(operations, b ? checksumOfB : "f00d", 3, 2), seconds, seconds,
                TICKS_PER_NANOSECOND * Math.exp(log), usage);
    }

    /** The gain that so many cycles more in each operation make, in percent. */
    static double gainOfCycles(int cycles) {
        return 100 * (BASE_NANOSECONDS / (BASE_NANOSECONDS + cycles * TICKS_PER_CYCLE / TICKS_PER_NANOSECOND) - 1);
    }

    /** The first program in both arms, under two names. */
    Subject withoutDifference() {
        Simulation with = this;
        return new Subject() {
            @Override
            public String title() {
                return with.title();
            }

            @Override
            public String layoutSource() {
                return with.layoutSource();
            }

            @Override
            public String layout(int number) {
                return with.layout(number);
            }

            @Override
            public LayoutPair pair(String comparison, int layout, long operations) {
                LayoutPair pair = with.pair(comparison, layout, operations);
                return new LayoutPair(comparison, layout, pair.paddingBytes(), pair.a(),
                        new Arm("a again", pair.a().program(), pair.a().arguments()));
            }

            @Override
            public boolean takesOperations() {
                return true;
            }

            @Override
            public Hashes hashes() {
                return new Hashes("a", "a");
            }
        };
    }

    @Override
    public String title() {
        return "b against a";
    }

    @Override
    public String layoutSource() {
        return "a generator";
    }

    @Override
    public String layout(int number) {
        return "layout " + number;
    }

    @Override
    public LayoutPair pair(String comparison, int layout, long operations) {
        List<String> arguments = List.of(Long.toString(operations));
        return new LayoutPair(comparison, layout, layout, new Arm("a", Path.of("a"), arguments),
                new Arm("b", Path.of("b"), arguments));
    }

    @Override
    public boolean takesOperations() {
        return true;
    }

    @Override
    public Hashes hashes() {
        return new Hashes("a " + hash, "b " + hash);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public void began(Path folder) {
        news.add("began " + folder);
    }

    @Override
    public void progress(String text) {
        if (!text.matches("preparing .*|layout noise: round \\d+, run \\d+ of \\d+, \\d+:\\d\\d left|pilot, \\d+:\\d\\d left|A/[AB]: round \\d+, block \\d+ of \\d+, \\d+:\\d\\d left")) {
            throw new AssertionError(text);
        }
    }

    @Override
    public void news(String text) {
        news.add(text);
    }
}
