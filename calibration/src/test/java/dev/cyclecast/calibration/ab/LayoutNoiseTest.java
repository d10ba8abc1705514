package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layout noise on a made-up machine. */
class LayoutNoiseTest {
    @TempDir
    Path folder;

    private static LayoutNoise noise(Simulation simulation) {
        return new LayoutNoise(simulation, simulation, new Pinning(1, "taskset -c 1"), simulation, simulation);
    }

    private Path measurement() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.findFirst().orElseThrow();
        }
    }

    /** Wherever it is interrupted, no run is lost and none is made twice; the first two runs only say how long one takes. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 65, 66, 67, 190})
    void anInterruptedMeasurementResumesWithoutLosingARun(int at) throws IOException {
        Simulation first = new Simulation(2, 1, 0.5, 0, 10);
        first.failsBefore = at;
        first.failure = new IllegalStateException("killed");
        assertThrows(IllegalStateException.class, () -> noise(first).measure(Simulation.request(2.5, 0.01), folder));
        String before = Files.readString(measurement().resolve("runs.jsonl"));
        assertEquals(at - 2, before.lines().count());

        Simulation second = new Simulation(2, 1, 0.5, 0, 10);
        LayoutNoise.Result result = noise(second).resume(measurement(), null);
        String after = Files.readString(measurement().resolve("runs.jsonl"));
        assertTrue(after.startsWith(before));
        assertEquals(at - 2 + second.ran.size(), after.lines().count());
        assertEquals(64 * result.rounds(), after.lines().count());
        Set<String> places = new HashSet<>();
        try (RunLog log = RunLog.resume(measurement().resolve("runs.jsonl"))) {
            log.runs().forEach(r -> assertTrue(places.add(r.layout() + "/" + r.block() + "/" + r.position())));
        }
        assertEquals(2, result.programs().getLast().gainPercent(), 1);
        assertEquals(List.of("began " + measurement()), second.news);
    }

    @Test
    void aProgramThatFailsIsNamedWithWhatToDo() throws IOException {
        Simulation simulation = new Simulation(2, 1, 0.5, 0, 10);
        simulation.failsBefore = 30;
        LayoutNoise noise = noise(simulation);
        String message = assertThrows(CalibrationException.class, () -> noise.measure(Simulation.request(2, 0.01), folder)).getMessage();
        assertTrue(message.endsWith("heap is corrupt; go on with: ./cyclecast ab --resume " + measurement()), message);
        assertFalse(message.contains("\n"));
    }

    @Test
    void aMeasurementOfOtherProgramsIsNotResumed() throws IOException {
        noise(new Simulation(2, 1, 0.5, 0, 10)).measure(Simulation.request(1, 5), folder);
        Simulation changed = new Simulation(2, 1, 0.5, 0, 10);
        changed.hash = "other";
        Path measurement = measurement();
        LayoutNoise noise = noise(changed);
        assertTrue(assertThrows(CalibrationException.class, () -> noise.resume(measurement, null)).getMessage().contains("has changed"));
        Files.writeString(measurement.resolve(LayoutNoise.START), "{}");
        assertTrue(assertThrows(CalibrationException.class, () -> LayoutNoise.requestOf(measurement)).getMessage()
                .contains("no beginning"));
    }
}
