package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLogTest {
    @TempDir
    Path folder;

    private static RawRun run(int block, int position, String checksum) {
        return new RawRun("A/B", 3, block, position, "a", 16, 1000, 510, 490, 0.1, 0.09, 85.5, checksum, 0.5,
                new Usage(0.11, 0.09, 0.01, 60, 1, 2, 3, 0.25, 0.8, 0.81), null);
    }

    @Test
    void timeGoesOnWhereItStopped() {
        Path file = folder.resolve("runs.jsonl");
        try (RunLog log = new RunLog(file)) {
            log.append(run(0, 0, "c"));
        }
        try (RunLog log = RunLog.resume(file)) {
            assertTrue(log.elapsedSeconds() >= 0.6 - 1e-9, Double.toString(log.elapsedSeconds()));
        }
    }

    @Test
    void onlyRunsWithoutAGapAreTheBeginningOfABlock() {
        Path file = folder.resolve("runs.jsonl");
        try (RunLog log = new RunLog(file)) {
            log.append(run(0, 0, "c"));
            log.append(run(0, 1, "c"));
            log.append(run(0, 3, "c"));
            log.append(run(1, 1, "c"));
        }
        try (RunLog log = RunLog.resume(file)) {
            assertEquals(List.of(0, 1), log.earlier("A/B", 3, 0).stream().map(RawRun::position).toList());
            assertEquals(List.of(), log.earlier("A/B", 3, 1));
            assertEquals(List.of(), log.earlier("A/A", 3, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "{}", "null", "[]", "{\"comparison\":\"A/B\",\"seconds\":0}", "{\"position\":7}", "",
        "{\"comparison\":\"A/B\",\"layout\":999999999,\"operations\":1,\"seconds\":1,\"cpuSeconds\":1}",
        "{\"comparison\":\"A/B\",\"block\":-1,\"operations\":1,\"seconds\":1,\"cpuSeconds\":1}",
        "{\"comparison\":\"A/B\",\"operations\":1,\"seconds\":1,\"cpuSeconds\":1,\"startedAtSeconds\":1e999}"})
    void aLineThatIsNoRunIsNamed(String line) throws IOException {
        Path file = folder.resolve("runs.jsonl");
        try (RunLog log = new RunLog(file)) {
            log.append(run(0, 0, "c"));
        }
        Files.writeString(file, Files.readString(file) + line + "\n");
        String message = assertThrows(CalibrationException.class, () -> RunLog.resume(file)).getMessage();
        assertTrue(message.startsWith(file + ", line 2: "), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void onAFullDiskTheRunStandsInTheMessage() {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full));
        try (RunLog log = new RunLog(full)) {
            RawRun run = run(0, 0, "c0ffee");
            String message = assertThrows(CalibrationException.class, () -> log.append(run)).getMessage();
            assertTrue(message.startsWith("/dev/full: the run log cannot be written"), message);
            assertTrue(message.contains("c0ffee") && !message.contains("\n"), message);
            assertEquals(List.of(run), log.runs());
        }
    }
}
