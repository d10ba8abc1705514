package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Slices with a planted cost, clock and disturbances. */
class TimingTest {
    private static final long REFERENCE = 30_000;
    private static final double COST = 10;
    private static final double OVERHEAD = 120;
    private static final long ITERATIONS = 4000;

    private static Timing.Slice slice(double ticksPerCycle, double slowerOnce, double slowerTwice) {
        long chain = Math.round(REFERENCE * ticksPerCycle);
        return new Timing.Slice(chain, Math.round((COST * ITERATIONS + OVERHEAD) * ticksPerCycle * slowerOnce), chain,
                Math.round((2 * COST * ITERATIONS + OVERHEAD) * ticksPerCycle * slowerTwice), chain, false, 2000, 2000);
    }

    @Property(tries = 100)
    void disturbedRunsDoNotMatter(@ForAll long seed, @ForAll @IntRange(max = 16) int disturbed) {
        Random random = new Random(seed);
        List<Timing.Slice> slices = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            boolean once = random.nextBoolean();
            double slower = i < disturbed ? 1.1 + 5 * random.nextDouble() : 1;
            // Another clock in every slice.
            slices.add(slice(0.7 + 0.5 * random.nextDouble(), once ? slower : 1, once ? 1 : slower));
        }
        Timing timing = Timing.of(slices, ITERATIONS, REFERENCE);
        assertEquals(42, timing.runs().size());
        // What the overhead is taken for may be off where many runs are disturbed; it is a small part of a run.
        assertEquals(COST, modes(timing).typical(), 2 * OVERHEAD / ITERATIONS);
        assertEquals(0, timing.rejected());
    }

    private static Modes modes(Timing timing) {
        return Modes.of(timing.runs().stream().mapToDouble(Double::doubleValue).toArray());
    }

    @Property(tries = 100)
    void twoModesAreToldFromOne(@ForAll long seed, @ForAll @IntRange(min = 10, max = 90) int slow, @ForAll boolean apart) {
        Random random = new Random(seed);
        double[] runs = new double[100];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = (apart && i < slow ? 3 * COST : COST) * (1 + 0.01 * random.nextGaussian());
        }
        Modes modes = Modes.of(runs);
        boolean two = apart && slow >= 15 && slow <= 85;
        assertEquals(two, modes.two());
        if (slow != 50) {
            assertEquals(apart && slow > 50 ? 3 * COST : COST, modes.typical(), 0.02 * 3 * COST);
        }
        if (two) {
            assertEquals(4 * COST, modes.typical() + modes.other(), 0.02 * 4 * COST);
            assertEquals(Math.max(slow, 100 - slow) / 100.0, modes.share(), 1e-9);
            assertEquals(slow <= 75 ? COST : 3 * COST, modes.best(0), 0.02 * 3 * COST);
            assertEquals(3 * COST, modes.best(2 * COST), 0.02 * 3 * COST);
        }
    }

    @Test
    void nothingHasNoModes() {
        assertTrue(Double.isNaN(Modes.of(new double[0]).typical()));
        assertEquals(3, Modes.of(new double[] {3}).typical());
    }

    @Test
    void aClockThatChangesInsideSlicesAndAProcessThatMovesGiveNothing() {
        List<Timing.Slice> changing = new ArrayList<>();
        List<Timing.Slice> moving = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Timing.Slice s = slice(0.8, 1, 1);
            changing.add(new Timing.Slice(s.before(), s.once(), s.between(), s.twice(), s.after() * 11 / 10, false, 0, 0));
            moving.add(new Timing.Slice(s.before(), s.once(), s.between(), s.twice(), s.after(), i % 2 == 0, 0, 0));
        }
        assertNull(Timing.of(changing, ITERATIONS, REFERENCE));
        assertNull(Timing.of(moving, ITERATIONS, REFERENCE));
        assertNull(Timing.of(List.of(), ITERATIONS, REFERENCE));
    }

    @Test
    void whatAHarnessPrintsIsReadOrNamed() {
        StringBuilder printed = new StringBuilder("iterations: 4000\nreference: 30000\n");
        for (int i = 0; i < 5; i++) {
            Timing.Slice s = slice(0.8, 1, 1);
            printed.append("slice: %d %d %d %d %d 0 2000 2000\n".formatted(s.before(), s.once(), s.between(), s.twice(), s.after()));
        }
        Timing timing = KernelTimer.parse(Path.of("k"), printed.toString());
        assertNotNull(timing);
        assertEquals(COST, modes(timing).typical(), 0.01);
        for (String bad : List.of("slice: 1 2 3\n", "slice: a b c d e f g h\n", "slice: 1 2 3 4 5 0\n", "hello\n", "iterations: \n")) {
            var e = assertThrows(CalibrationException.class, () -> KernelTimer.parse(Path.of("the-kernel"), bad));
            assertTrue(e.getMessage().contains("the-kernel"), e.getMessage());
        }
    }
}
