package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;

class OwnCoreSlicesTest {
    private static final int SLICES = 64;
    private static final int OPERATIONS = 100;

    /**
     * A run whose core is shared now and then: slices then take up to twice as long, which one program suffers more than the
     * other; of the slices beside which no other ran, a third are held up all the same, and some by far more.
     */
    private static Run run(double cyclesPerOperation, double shared, double suffers, RandomGenerator random) {
        int[] cycles = new int[SLICES];
        int[] beside = new int[SLICES];
        boolean[] company = new boolean[SLICES];
        for (int i = 0; i < SLICES; i++) {
            company[i] = random.nextDouble() < shared;
            beside[i] = company[i] ? 300 + random.nextInt(100) : 200 + random.nextInt(5);
        }
        double sum = 0;
        for (int i = 0; i < SLICES; i++) {
            double own = OPERATIONS * cyclesPerOperation * (1 + 0.001 * (i % 3));
            cycles[i] = (int) (own * (company[i] ? 1 + suffers * random.nextDouble() : heldUp(random)));
            sum += cycles[i];
        }
        return new Run(new Work((long) SLICES * OPERATIONS, "c", 1, 1), sum, sum, Double.NaN, null, new Slices(OPERATIONS, 0.8, cycles, beside));
    }

    private static double heldUp(RandomGenerator random) {
        return random.nextInt(40) == 0 ? 50 : random.nextInt(3) == 0 ? 1 + 0.5 * random.nextDouble() : 1;
    }

    private static Block block(double a, double b, double shared, RandomGenerator random) {
        return new Block(List.of(run(a, shared, 1, random), run(b, shared, 0.2, random), run(b, shared, 0.2, random), run(a, shared, 1, random)));
    }

    /** However much others disturb, and whomever they disturb more, the ratio is that of the programs alone. */
    @Property(tries = 50)
    void othersOnTheCoreAreLeftOut(@ForAll @DoubleRange(min = 20, max = 200) double a, @ForAll @DoubleRange(min = 20, max = 200) double b,
                                   @ForAll @DoubleRange(min = 0, max = 0.5) double shared, @ForAll @LongRange(min = 0, max = 99) long seed) {
        RandomGenerator random = new Well19937c(seed);
        Comparison comparison = new Comparison("A/B");
        List<RawRun> raw = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Block block = block(a, b, shared, random);
            comparison.add(i / 4, block);
            for (int p = 0; p < Block.RUNS; p++) {
                Arm arm = new Arm(Block.isFirst(p) ? "a" : "b", null, List.of());
                raw.add(RawRun.of(new LayoutPair("A/B", i / 4, 0, arm, arm), i % 4, p, arm, block.runs().get(p), 0));
            }
        }
        GainEstimate estimate = comparison.estimate(new HierarchicalBootstrap(200, 1));
        assertEquals(100 * (a / b - 1), estimate.gainPercent(), 0.1 * a / b);
        assertEquals(32, estimate.pairs());
        assertEquals(4, comparison.slicedLayouts());
        assertEquals(a, CoreCycles.byArm(raw).get("a"), 0.002 * a);
        assertEquals(estimate, new Comparison("A/B").addBlocksOf(raw).estimate(new HierarchicalBootstrap(200, 1)));
    }

    @Test
    void byWholeRunsTheDisturbedProgramSeemsSlower() {
        Comparison comparison = new Comparison("A/B");
        RandomGenerator random = new Well19937c(1);
        for (int i = 0; i < 8; i++) {
            comparison.add(0, block(100, 100, 0.4, random));
        }
        HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(200, 1);
        assertEquals(0, comparison.estimate(bootstrap).gainPercent(), 0.1);
        Comparison whole = comparison.by(Run::nanosecondsPerOperation);
        for (int i = 0; i < 8; i++) {
            whole.add(0, block(100, 100, 0.8, random));
        }
        assertTrue(whole.estimate(bootstrap).gainPercent() > 5);
        assertEquals(0, whole.slicedLayouts());
    }

    @Test
    void layoutsWithTooFewSlicesAreLeftOutWhereThereAreOthers() {
        RandomGenerator random = new Well19937c(1);
        Comparison comparison = new Comparison("A/B");
        for (int layout = 0; layout < 6; layout++) {
            comparison.add(layout, block(100, 90, layout % 3 == 0 ? 0.97 : 0.1, random));
        }
        GainEstimate estimate = comparison.estimate(new HierarchicalBootstrap(200, 1));
        assertEquals(4, estimate.layouts());
        assertEquals(100 * (100 / 90.0 - 1), estimate.gainPercent(), 0.2);
        assertEquals(6, comparison.layouts());
    }

    @Test
    void tooFewSlicesSayNothing() {
        RandomGenerator random = new Well19937c(1);
        Block alone = block(100, 90, 0, random);
        Block shared = block(100, 90, 0.95, random);
        List<Run> all = new ArrayList<>(alone.runs());
        all.addAll(shared.runs());
        OwnCoreSlices own = new OwnCoreSlices(all);
        assertNull(own.logRatios(List.of(shared)));
        assertEquals(Double.NaN, own.cyclesPerOperation(shared.runs()));
        assertEquals(1, own.share(alone.runs()));
        assertTrue(own.share(shared.runs()) < 0.1);
        assertEquals(Math.log(100 / 90.0), new HodgesLehmann().of(own.logRatios(List.of(alone))), 1e-3);
    }

    @Test
    void runsWithoutSlicesSayNothing() {
        Run whole = new Run(new Work(1, "c", 1, 1), 1, 1, Double.NaN, null);
        OwnCoreSlices own = new OwnCoreSlices(List.of(whole));
        assertNull(own.logRatios(List.of(new Block(List.of(whole, whole, whole, whole)))));
        assertEquals(Double.NaN, own.cyclesPerOperation(List.of(whole)));
        assertEquals(Double.NaN, own.share(List.of(whole)));
    }
}
