package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A budget that comparisons share, on a machine where the truth is known. */
class NeediestFirstTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final double RUN_SECONDS = 0.05;

    @TempDir
    Path folder;

    private final List<String> order = new ArrayList<>();
    private final RandomGenerator noise = new Well19937c(3);
    private Instant now = START;
    private double layoutPercent;

    /**
     * A comparison.
     *
     * @param gainPercent  true gain
     * @param noisePercent noise of a run
     */
    private record Subject(double gainPercent, double noisePercent) {
    }

    private Map<String, Comparison> measure(Map<String, Subject> subjects, Map<String, NeediestFirst.Need> needs, int layouts, double seconds) {
        Map<String, Comparison> comparisons = new LinkedHashMap<>();
        List<LayoutPair> pairs = new ArrayList<>();
        subjects.keySet().forEach(name -> {
            comparisons.put(name, new Comparison(name));
            for (int l = 0; l < layouts; l++) {
                pairs.add(new LayoutPair(name, l, l, new Arm(name + " a", folder, List.of()), new Arm(name + " b", folder, List.of())));
            }
        });
        Runner runner = (arm, padding) -> {
            order.add(arm.name());
            Subject subject = subjects.get(arm.name().split(" ")[0]);
            double layout = arm.name().endsWith("b") ? layoutPercent / 100 * new Well19937c(arm.name().hashCode() + 31 * padding).nextGaussian() : 0;
            double log = layout + subject.noisePercent() / 100 * noise.nextGaussian() - (arm.name().endsWith("b") ? Math.log1p(subject.gainPercent() / 100) : 0);
            now = now.plusNanos((long) (1e9 * RUN_SECONDS));
            double time = 0.04 * Math.exp(log);
            return new Run(new Work(1000, "c", 1, 1), time, time, 100, null);
        };
        try (RunLog log = new RunLog(folder.resolve("runs" + order.size() + ".jsonl"))) {
            new NeediestFirst(new BlockRunner(runner, log), () -> now, 1, text -> { })
                    .run(pairs, needs, now.plusNanos((long) (1e9 * seconds)), comparisons);
        }
        return comparisons;
    }

    private static NeediestFirst.Need need(double weight) {
        return new NeediestFirst.Need(PrecisionRule.halfWidth(0.5), weight);
    }

    private static Block block(double logRatio) {
        Run b = new Run(new Work(1000, "c", 1, 1), 1, 1, 100, null);
        Run a = new Run(new Work(1000, "c", 1, 1), Math.exp(logRatio), Math.exp(logRatio), 100, null);
        return new Block(List.of(a, b, b, a));
    }

    private static int blocks(Comparison comparison) {
        return comparison.blocks();
    }

    @Test
    void timeGoesWhereTheIntervalIsWide() {
        Map<String, Comparison> found = measure(Map.of("quiet", new Subject(1, 0.1), "noisy", new Subject(1, 3)),
                Map.of("quiet", need(1), "noisy", need(1)), 8, 60);
        assertTrue(blocks(found.get("quiet")) >= 8 && blocks(found.get("quiet")) <= 16, "quiet " + blocks(found.get("quiet")));
        assertTrue(blocks(found.get("noisy")) > 200, "noisy " + blocks(found.get("noisy")));
        HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(1000, 1);
        assertTrue(found.get("noisy").estimate(bootstrap).covers(1));
        assertTrue(found.get("quiet").estimate(bootstrap).halfWidthPercent() < 0.5);
    }

    /** Stopping by width is no licence to be wrong: of 60 intervals at 95 %, some 57 must still cover what is true. */
    @Test
    void intervalsStillCoverTheTruth() {
        Map<String, Subject> subjects = new LinkedHashMap<>();
        Map<String, NeediestFirst.Need> needs = new LinkedHashMap<>();
        for (int i = 0; i < 60; i++) {
            subjects.put("c" + i, new Subject(i % 5 - 2, 0.3 + 0.05 * (i % 10)));
            needs.put("c" + i, need(1));
        }
        layoutPercent = 0.6;
        Map<String, Comparison> found = measure(subjects, needs, 12, 60 * 14 * 4 * RUN_SECONDS);
        HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(1000, 1);
        long covering = subjects.entrySet().stream().filter(s -> found.get(s.getKey()).estimate(bootstrap).covers(s.getValue().gainPercent())).count();
        assertTrue(covering >= 54, covering + " of 60");
    }

    @Test
    void weightsDivideTheTimeOfEqualNeeds() {
        Map<String, Comparison> found = measure(Map.of("heavy", new Subject(1, 6), "light", new Subject(1, 6)),
                Map.of("heavy", need(1), "light", need(0.5)), 8, 60);
        assertTrue(blocks(found.get("heavy")) > 1.5 * blocks(found.get("light")),
                blocks(found.get("heavy")) + " and " + blocks(found.get("light")));
    }

    /** The gains differ wildly, the noise is the same draws: the order of the runs must be the same. */
    @Test
    void theOrderDependsOnWidthsAlone() {
        // A precision that cannot be reached: how wide an interval is in percent depends on the gain that it is of.
        NeediestFirst.Need all = new NeediestFirst.Need(PrecisionRule.halfWidth(0.01), 1);
        noise.setSeed(3);
        measure(new TreeMap<>(Map.of("x", new Subject(0, 2), "y", new Subject(0, 2))), Map.of("x", all, "y", all), 8, 30);
        List<String> first = List.copyOf(order);
        order.clear();
        now = START;
        noise.setSeed(3);
        measure(new TreeMap<>(Map.of("x", new Subject(40, 2), "y", new Subject(-30, 2))), Map.of("x", all, "y", all), 8, 30);
        assertEquals(first, order);
    }

    @Test
    void aShortBudgetLeavesAllWithTheSameLayouts() {
        Map<String, Subject> subjects = new LinkedHashMap<>();
        Map<String, NeediestFirst.Need> needs = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            subjects.put("c" + i, new Subject(1, 1));
            needs.put("c" + i, need(1));
        }
        Map<String, Comparison> found = measure(subjects, needs, 8, 10 * 2 * 4 * RUN_SECONDS);
        found.values().forEach(c -> assertEquals(List.of(0, 1), List.copyOf(c.logRatios().keySet())));
        assertEquals(80, order.size());
    }

    @Test
    void whatWasMeasuredEarlierIsNotMeasuredAgain() {
        Map<String, Subject> subjects = Map.of("x", new Subject(1, 0.1));
        int once = blocks(measure(subjects, Map.of("x", need(1)), 8, 60).get("x"));
        assertEquals(16, once);
        Comparison done = new Comparison("x");
        for (int l = 0; l < 8; l++) {
            done.add(l, block(0.01 + 1e-5 * l));
            done.add(l, block(0.01));
        }
        order.clear();
        try (RunLog log = new RunLog(folder.resolve("again.jsonl"))) {
            List<LayoutPair> pairs = new ArrayList<>();
            for (int l = 0; l < 8; l++) {
                pairs.add(new LayoutPair("x", l, 0, new Arm("x a", folder, List.of()), new Arm("x b", folder, List.of())));
            }
            new NeediestFirst(new BlockRunner((arm, padding) -> {
                throw new AssertionError("ran " + arm.name());
            }, log), () -> now, 1, text -> { }).run(pairs, Map.of("x", need(1)), now.plusSeconds(60), Map.of("x", done));
        }
        assertEquals(List.of(), order);
    }
}
