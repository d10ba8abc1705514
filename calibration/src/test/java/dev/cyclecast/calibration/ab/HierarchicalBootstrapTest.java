package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HierarchicalBootstrapTest {
    private static final double TRUE_GAIN_PERCENT = 2;
    private static final int SESSIONS = 200;

    private final HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(2_000, 1);

    /** A session with a known truth: normal layouts around it, normal blocks around each layout, all in percent. */
    private static List<double[]> session(RandomGenerator random, double truth, double layoutSd, double blockSd, int layouts,
                                          int blocks) {
        List<double[]> session = new ArrayList<>();
        for (int l = 0; l < layouts; l++) {
            double centre = Math.log1p(truth / 100) + layoutSd / 100 * random.nextGaussian();
            double[] ratios = new double[blocks];
            for (int b = 0; b < blocks; b++) {
                ratios[b] = centre + blockSd / 100 * random.nextGaussian();
            }
            session.add(ratios);
        }
        return session;
    }

    @Test
    void plantedRatioComesBackExactlyWhenNothingVaries() {
        // Baseline 103 time units, variant 100: three percent more throughput.
        double ratio = Math.log(103.0 / 100.0);
        GainEstimate e = bootstrap.estimate(Collections.nCopies(8, new double[] {ratio, ratio, ratio}));
        assertEquals(3, e.gainPercent(), 1e-9);
        assertEquals(3, e.low(), 1e-9);
        assertEquals(3, e.high(), 1e-9);
        assertEquals(8, e.layouts());
        assertEquals(48, e.pairs());
    }

    @Test
    void estimateIsTheMeanOverLayoutsOfTheLayoutsLocations() {
        // Layouts at -1 %, +2 % and +5 % in log terms, with unequal numbers of blocks: each layout counts once.
        GainEstimate e = bootstrap.estimate(List.of(new double[] {-0.01, -0.01, -0.01, -0.01, -0.01},
                new double[] {0.02}, new double[] {0.05, 0.05}));
        assertEquals(100 * Math.expm1(0.02), e.gainPercent(), 1e-9);
    }

    @Test
    void oneBlockPerLayoutGivesStudentsInterval() {
        // With one block each, the draws are of layouts alone; eight normal values have the interval mean +- t(7) s /
        // sqrt(8).
        RandomGenerator random = new Well19937c(5);
        double ratioOfWidths = 0;
        for (int i = 0; i < 50; i++) {
            List<double[]> session = session(random, 0, 1, 0, 8, 1);
            double sd = Math.sqrt(org.apache.commons.math3.stat.StatUtils.variance(
                    session.stream().mapToDouble(b -> b[0]).toArray()));
            double student = 100 * 2.3646 * sd / Math.sqrt(8);
            ratioOfWidths += bootstrap.estimate(session).halfWidthPercent() / student / 50;
        }
        assertEquals(1, ratioOfWidths, 0.05);
    }

    /**
     * Nominal coverage is 95 %. Of 200 sessions at 95 %, fewer than 179 cover with a probability under 0.1 %; 199 or
     * more would say that the intervals are wastefully wide, which they may be only where the noise of blocks exceeds
     * the variation between layouts: there the latter is estimated from little, and never as less than nothing.
     */
    @ParameterizedTest(name = "layouts vary by {0} %, blocks by {1} %, {2} layouts of {3} blocks")
    @CsvSource({"1.5, 0.3, 8, 4", "1, 1, 8, 5", "0.3, 1.5, 8, 6", "0, 1, 8, 5", "2, 0.5, 16, 3", "1, 0.5, 3, 4"})
    void coversTheTruthAsOftenAsItSays(double layoutSd, double blockSd, int layouts, int blocks) {
        RandomGenerator random = new Well19937c(42);
        HierarchicalBootstrap quick = new HierarchicalBootstrap(500, 3);
        int covered = 0;
        for (int i = 0; i < SESSIONS; i++) {
            if (quick.estimate(session(random, TRUE_GAIN_PERCENT, layoutSd, blockSd, layouts, blocks))
                    .covers(TRUE_GAIN_PERCENT)) {
                covered++;
            }
        }
        assertTrue(covered >= 179, covered + " of " + SESSIONS + " cover");
        assertTrue(covered < 199 || layoutSd < blockSd, covered + " of " + SESSIONS + " cover: intervals too wide");
    }

    @Test
    void identicalArmsAreRarelyCalledDifferent() {
        RandomGenerator random = new Well19937c(7);
        HierarchicalBootstrap quick = new HierarchicalBootstrap(500, 3);
        int called = 0;
        for (int i = 0; i < SESSIONS; i++) {
            if (!quick.estimate(session(random, 0, 0, 1, 8, 5)).covers(0)) {
                called++;
            }
        }
        assertTrue(called <= 21, called + " of " + SESSIONS + " A/A sessions called different at 95 %");
    }

    @Test
    void intervalNarrowsWithMoreLayoutsButNotWithMoreBlocksOfTheSame() {
        RandomGenerator random = new Well19937c(11);
        double few = bootstrap.estimate(session(random, 0, 1, 0.2, 8, 4)).halfWidthPercent();
        double moreBlocks = bootstrap.estimate(session(random, 0, 1, 0.2, 8, 32)).halfWidthPercent();
        double moreLayouts = bootstrap.estimate(session(random, 0, 1, 0.2, 64, 4)).halfWidthPercent();
        assertTrue(moreLayouts < 0.5 * few, moreLayouts + " against " + few);
        assertTrue(moreBlocks > 0.5 * few, moreBlocks + " against " + few);
    }

    @Test
    void theSameSeedGivesTheSameInterval() {
        List<double[]> session = session(new Well19937c(9), 1, 1, 1, 8, 4);
        assertEquals(new HierarchicalBootstrap(500, 77).estimate(session), new HierarchicalBootstrap(500, 77).estimate(session));
    }

    @Test
    void aSingleBlockHasNoIntervalAndIsNeverPreciseEnough() {
        GainEstimate e = bootstrap.estimate(List.of(new double[] {0.01}));
        assertTrue(Double.isNaN(e.low()) && Double.isNaN(e.high()));
        assertTrue(!new PrecisionRule(0).satisfiedBy(e));
    }

    @Test
    void nothingMeasuredIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> bootstrap.estimate(List.of()));
        assertThrows(IllegalArgumentException.class, () -> bootstrap.estimate(List.of(new double[0])));
    }
}
