package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementLogTest {
    private static final Timing TIMING = new Timing(List.of(1.5, 1.75, 2.0), 1, 0.8);

    @Test
    void anInterruptedLogIsTakenUpWithoutTheLineThatWasCutShort(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("a/timings.jsonl");
        Path program = Path.of("kernel-0123");
        try (MeasurementLog log = new MeasurementLog(file, "one")) {
            log.append(program, 0, TIMING);
            log.append(program, 1, TIMING);
        }
        String half = Files.readString(file).substring(0, 40);
        Files.writeString(file, half, StandardOpenOption.APPEND);
        try (MeasurementLog log = new MeasurementLog(file, "one")) {
            assertEquals(2, log.resumed());
            assertEquals(List.of(TIMING), log.of(program, 1));
            log.append(program, 0, TIMING);
            assertEquals(List.of(TIMING, TIMING), log.of(program, 0));
        }
        try (MeasurementLog log = new MeasurementLog(file, "one")) {
            assertEquals(3, log.resumed());
        }
        try (MeasurementLog log = new MeasurementLog(file, "another CPU")) {
            assertEquals(0, log.resumed());
        }
    }

    @Test
    void aFinishedLogIsPutAside(@TempDir Path folder) {
        Path file = folder.resolve("timings.jsonl");
        MeasurementLog log = new MeasurementLog(file, "one");
        log.append(Path.of("kernel"), 0, TIMING);
        log.finish();
        assertFalse(Files.exists(file));
        assertTrue(Files.exists(folder.resolve("measured.jsonl")));
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "").resolve("timings.jsonl");
        var e = assertThrows(CalibrationException.class, () -> new MeasurementLog(file, "one").close());
        assertTrue(e.getMessage().contains("timings.jsonl: timings cannot be kept"), e.getMessage());
    }
}
