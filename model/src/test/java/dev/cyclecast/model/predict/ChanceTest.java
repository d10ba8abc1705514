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
    private static final int SESSIONS = 40;

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

    /** Variances are pooled over sessions: in a single one, both are known to a third only. */
    @Property(tries = 10)
    void whatIsLeftIsWhatTheLayoutGives(@ForAll @LongRange long seed, @ForAll @DoubleRange(max = 0.02) double layouts) {
        Well19937c random = new Well19937c(seed);
        double error = 0;
        double variance = 0;
        double known = 0;
        for (int session = 0; session < SESSIONS; session++) {
            Session s = session(random, layouts);
            error += StatUtils.mean(s.error()) / SESSIONS;
            variance += StatUtils.variance(s.error()) / SESSIONS;
            known += s.found().varianceLeft() / SESSIONS;
        }
        double byChance = PENALTY * Math.sqrt(TIMED * (0.05 + layouts));
        double deviation = PENALTY * TIMED * Math.sqrt((0.05 + layouts) / (SESSIONS * DRAWS / 2 * AROUND));
        assertEquals(0, error, 6 * deviation);
        assertEquals(1, known / variance, 0.35, "it knows what is left");
        assertEquals(0, Math.sqrt(variance), 0.55 * byChance, "what is left strays by no more than a share of chance");
    }

    /** What was found of one session's draws, and by how much each then strays from what its layout gives. */
    private record Session(Chance found, double[] error) {
    }

    private static Session session(Well19937c random, double layouts) {
        Cost[] base = new Cost[DRAWS];
        Cost[] edited = new Cost[DRAWS];
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
        Chance found = new Chance(base, edited, rates(1000), editedRate);
        double[] chance = found.cycles();
        double[] error = new double[DRAWS];
        for (int d = 0; d < DRAWS; d++) {
            error[d] = PENALTY * edited[d].mispredicted() - chance[d] - wanted[d];
        }
        return new Session(found, error);
    }
}
