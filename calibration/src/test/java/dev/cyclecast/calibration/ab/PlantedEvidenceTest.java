package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        assertEquals(result.truthPercent(), result.medianGainPercent(), 0.4);
    }

    /** Sessions that ended are taken as they are, the one that was interrupted goes on, the rest follow. */
    @Test
    void anInterruptedTestResumes() throws IOException {
        Simulation first = new Simulation(Simulation.gainOfCycles(CYCLES), 0.3, 0.5, 0, 5);
        first.failsBefore = 700;
        first.failure = new IllegalStateException("killed");
        PlantedEvidence killed = evidence(first);
        assertThrows(IllegalStateException.class, () -> killed.gather(4, Simulation.request(3, 0.5), folder));
        Path begun = Path.of(first.news.getFirst().substring("began ".length()));
        Simulation second = new Simulation(Simulation.gainOfCycles(CYCLES), 0.3, 0.5, 0, 5);
        PlantedEvidence.Result result = evidence(second).resume(begun);
        assertEquals(4, result.sessions());
        assertEquals(List.of("began " + begun), second.news.stream().filter(n -> n.startsWith("began")).toList());
        long runs = 0;
        for (String kind : List.of("with-difference", "without-difference")) {
            for (int session = 0; session < 4; session++) {
                Path own = begun.resolve(kind).resolve(Integer.toString(session));
                assertTrue(Files.exists(own.resolve("result.json")), own.toString());
                runs += Files.readAllLines(own.resolve("runs.jsonl")).size();
            }
        }
        // Beside the runs that are kept, each of the eight sessions has two that say how long one takes.
        assertTrue(first.ran.size() + second.ran.size() <= runs + 2 * 8 + 2, runs + " runs");
        assertEquals(result, evidence(second).resume(begun));
    }

    private static PlantedEvidence evidence(Simulation simulation) {
        return new PlantedEvidence(simulation, simulation.withoutDifference(), CYCLES, simulation, new Pinning(1, "taskset -c 1"),
                simulation, simulation);
    }

    @Test
    void noiseWidensIntervalsInsteadOfMisleading() {
        PlantedEvidence.Result calm = gather(20, 0.3, 0.5);
        PlantedEvidence.Result noisy = gather(20, 0.3, 4);
        assertTrue(noisy.medianHalfWidth() > 2 * calm.medianHalfWidth(), noisy + " against " + calm);
        assertTrue(noisy.covering() >= 17 && noisy.withoutDifference() >= 17, noisy.toString());
        assertTrue(noisy.found() < calm.found(), noisy + " against " + calm);
    }
}
