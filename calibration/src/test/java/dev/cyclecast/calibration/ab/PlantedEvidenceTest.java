package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred short sessions of either kind on a made-up machine: layouts that move both programs, noise, drift, and hits. */
class PlantedEvidenceTest {
    private static final int CYCLES = 4;

    @TempDir
    Path folder;

    private PlantedEvidence.Result gather(int sessions, double layoutPercent, double noisePercent) {
        double truth = Simulation.gainOfCycles(CYCLES);
        Simulation simulation = new Simulation(truth, layoutPercent, noisePercent, 0.002, 17);
        // One run of twenty is hit by something that takes a tenth of its time.
        simulation.hits = n -> new SplittableRandom(n).nextInt(20) == 0 ? 0.1 : 0;
        PlantedEvidence.Result result = new PlantedEvidence(simulation, simulation.withoutDifference(), CYCLES, simulation,
                new Pinning(1, "taskset -c 1"), simulation, simulation).gather(sessions, Simulation.request(3, 0.5), folder);
        // Drift and hits move the time that the truth is a share of, a little.
        assertEquals(truth, result.truthPercent(), 0.05 * Math.abs(truth));
        return result;
    }

    @Test
    void intervalsCoverAPlantedDifferenceAndEqualProgramsAreNotCalledDifferent() {
        PlantedEvidence.Result result = gather(100, 0.8, 0.6);
        assertTrue(result.covering() >= 85, result.toString());
        assertTrue(result.withoutDifference() >= 95, result.toString());
        assertTrue(result.found() >= 85, result.toString());
        assertEquals(result.truthPercent(), result.meanGainPercent(), 0.4);
    }

    @Test
    void noiseWidensIntervalsInsteadOfMisleading() {
        PlantedEvidence.Result calm = gather(20, 0.3, 0.5);
        PlantedEvidence.Result noisy = gather(20, 0.3, 4);
        assertTrue(noisy.meanHalfWidth() > 2 * calm.meanHalfWidth(), noisy + " against " + calm);
        assertTrue(noisy.covering() >= 17 && noisy.withoutDifference() >= 17, noisy.toString());
        assertTrue(noisy.found() < calm.found(), noisy + " against " + calm);
    }
}
