package dev.cyclecast.model.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.model.BranchOutcomes.Rate;
import dev.cyclecast.model.Replayer.Cost;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.StatUtils;
import org.junit.jupiter.api.Test;

/** Cycles that mispredictions cost by chance, where what each costs is known. */
class ChanceTest {
    private static final int DRAWS = 64;
    private static final int TIMED = 4000;
    private static final int AROUND = 20_000;
    private static final int PENALTY = 20;

    private static Cost cost(int mispredicted) {
        return new Cost(100_000 + PENALTY * mispredicted, TIMED, mispredicted, new long[0]);
    }

    private static Rate[] rates(long mispredicted) {
        Rate[] rates = new Rate[DRAWS];
        Arrays.fill(rates, new Rate(AROUND, mispredicted));
        return rates;
    }

    @Test
    void whatIsExpectedIsNotChance() {
        Cost[] base = new Cost[DRAWS];
        Cost[] edited = new Cost[DRAWS];
        Random random = new Random(3);
        for (int d = 0; d < DRAWS; d++) {
            int common = 200 + random.nextInt(80);
            base[d] = cost(common);
            edited[d] = cost(common + 40);
        }
        assertArrayEquals(new double[DRAWS], new Chance(base, edited, rates(1000), rates(1200)).cycles(), 1e-9);
    }

    @Test
    void eachMispredictionBeyondThatCostsWhatItDoes() {
        Cost[] base = new Cost[DRAWS];
        Cost[] edited = new Cost[DRAWS];
        double[] expected = new double[DRAWS];
        for (int d = 0; d < DRAWS; d++) {
            base[d] = cost(200);
            edited[d] = cost(200 + d);
            expected[d] = PENALTY * (d - 40.0);
        }
        assertArrayEquals(expected, new Chance(base, edited, rates(1000), rates(1200)).cycles(), 1e-6);
    }

    @Property(tries = 60)
    void whatIsLeftIsWhatTheLayoutGives(@ForAll @LongRange long seed, @ForAll @DoubleRange(max = 0.02) double layouts) {
        spread(seed, layouts, 0.65);
    }

    /** Mispredictions left once chance is taken away stray from what the layouts would give by no more than a share of chance. */
    private static void spread(long seed, double layouts, double share) {
        Well19937c random = new Well19937c(seed);
        Cost[] base = new Cost[DRAWS];
        Cost[] edited = new Cost[DRAWS];
        Rate[] baseRate = rates(1000);
        Rate[] editedRate = new Rate[DRAWS];
        double[] wanted = new double[DRAWS];
        for (int d = 0; d < DRAWS; d += 2) {
            double rate = 0.05 + layouts * random.nextDouble();
            int[] timed = new int[2];
            for (int k = 0; k < 2; k++) {
                timed[k] = new BinomialDistribution(random, TIMED, rate).sample();
                base[d + k] = cost(200);
                edited[d + k] = cost(timed[k]);
                wanted[d + k] = PENALTY * TIMED * rate;
            }
            int around = new BinomialDistribution(random, AROUND - 2 * TIMED, rate).sample() + timed[0] + timed[1];
            editedRate[d] = new Rate(AROUND, around);
            editedRate[d + 1] = editedRate[d];
        }
        Chance found = new Chance(base, edited, baseRate, editedRate);
        double[] chance = found.cycles();
        double[] error = new double[DRAWS];
        for (int d = 0; d < DRAWS; d++) {
            error[d] = PENALTY * edited[d].mispredicted() - chance[d] - wanted[d];
        }
        double byChance = PENALTY * Math.sqrt(TIMED * 0.05);
        double deviation = PENALTY * TIMED * Math.sqrt((0.05 + layouts) / (DRAWS / 2 * AROUND));
        assertEquals(0, StatUtils.mean(error), 5 * deviation);
        assertEquals(1, Math.sqrt(found.varianceLeft() / StatUtils.variance(error)), 0.6, "it knows what is left");
        assertEquals(0, Math.sqrt(StatUtils.variance(error)), share * byChance * Math.sqrt(1 + layouts / 0.05));
    }
}
