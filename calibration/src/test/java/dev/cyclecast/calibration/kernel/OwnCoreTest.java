package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Runs of a known cost, some of them beside another thread on the same core. */
class OwnCoreTest {
    private static final double COST = 10;
    private static final double BESIDE = 2500;
    private static final int RUNS = 60;

    /** Timings in which a thread on the same core slows so many of a hundred runs, and the instructions beside them. */
    private static List<Timing> timings(Random random, int sharedPercent) {
        List<Timing> timings = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            List<Double> runs = new ArrayList<>();
            List<Double> beside = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                boolean shared = random.nextInt(100) < sharedPercent;
                runs.add(COST * (shared ? 1.1 + random.nextDouble() : 1));
                beside.add(BESIDE * (shared ? 1.2 + random.nextDouble() : 1 + 0.02 * random.nextDouble()));
            }
            timings.add(new Timing(runs, 0, 0.8, beside));
        }
        return timings;
    }

    private static double typical(OwnCore core, List<Timing> timings) {
        return Modes.of(core.runs(timings)).typical();
    }

    @Property(tries = 100)
    void runsBesideAnotherThreadAreLeftOut(@ForAll long seed, @ForAll @IntRange(max = 85) int sharedPercent) {
        List<Timing> timings = timings(new Random(seed), sharedPercent);
        OwnCore core = OwnCore.of(timings);
        assertEquals(COST, typical(core, timings));
        assertFalse(core.shared(timings));
        assertEquals(1 - sharedPercent / 100.0, core.share(timings), 0.15);
    }

    @Test
    void aKernelThatNeverHadTheCoreToItselfKeepsAllItsRuns() {
        List<Timing> quiet = timings(new Random(1), 0);
        List<Timing> shared = timings(new Random(2), 100);
        List<Timing> all = new ArrayList<>(quiet);
        all.addAll(shared);
        OwnCore core = OwnCore.of(all);
        assertTrue(core.shared(shared));
        assertEquals(4 * RUNS, core.runs(shared).length);
        assertTrue(typical(core, shared) > COST);
        assertEquals(COST, typical(core, quiet));
    }

    @Test
    void whereNothingWasTimedBesideAllRunsCount() {
        List<Timing> timings = List.of(new Timing(List.of(1.0, 2.0, 3.0), 0, 0.8));
        assertArrayEquals(new double[] {1, 2, 3}, OwnCore.of(timings).runs(timings));
    }
}
