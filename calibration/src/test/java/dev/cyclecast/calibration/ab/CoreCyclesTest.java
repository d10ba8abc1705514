package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class CoreCyclesTest {
    private static RawRun run(String arm, double tscCyclesPerOperation, double shareOfTheCpu, double ticksPerCycle) {
        Usage usage = new Usage(2, 1, 0, 1, 0, 0, 0, 0, 0.9 * ticksPerCycle, 1.1 * ticksPerCycle);
        return new RawRun("A/B", 0, 0, 0, arm, 0, 1000, 500, 500, 1, shareOfTheCpu, tscCyclesPerOperation, "c", 0, usage, null);
    }

    /** Whatever share of the CPU a run got, and whatever the clock did, its cycles are those of its work. */
    @Property(tries = 200)
    void cyclesAreThoseOfTheWork(@ForAll @DoubleRange(min = 5, max = 500) double cycles, @ForAll @DoubleRange(min = 0.1, max = 1) double share,
                                 @ForAll @DoubleRange(min = 0.5, max = 2) double ticksPerCycle) {
        assertEquals(cycles, CoreCycles.of(run("a", cycles * ticksPerCycle / share, share, ticksPerCycle)), 1e-9 * cycles);
    }

    @Test
    void aProgramTakesItsFastestRunAndUnwatchedOnesAreLeftOut() {
        RawRun unwatched = new RawRun("A/B", 0, 0, 0, "b", 0, 1000, 500, 500, 1, 1, 60.0, "c", 0, null, null);
        RawRun silent = new RawRun("A/B", 0, 0, 0, "c", 0, 1000, 500, 500, 1, 1, null, "c", 0, run("a", 1, 1, 1).usage(), null);
        Map<String, Double> cycles = CoreCycles.byArm(List.of(run("a", 60, 1, 1), run("a", 900, 1, 1), unwatched, run("a", 62, 1, 1), silent));
        assertEquals(Map.of("a", 60.0), cycles);
    }
}
