package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlicesTest {
    private static final Arm ARM = new Arm("a", Path.of("/bin/a"), List.of());
    private static final String RUN = """
            ops: 30
            seconds: 0.1
            tsc_cycles_per_op: 85.5
            mallocs: 16
            frees: 14
            checksum: c
            """;
    private static final String SLICES = """
            chain_cycles: 1000
            slice_ticks: 8000 4000
            chain_ticks: 800 4000 800
            beside_ticks: 160 240
            """;

    @TempDir
    Path folder;

    /** By the median of the chains: 0.8 ticks are a cycle, though an interrupt hit one of them. */
    @Test
    void ticksBecomeCyclesOfTheCoresOwnClock() {
        Slices slices = ProgramRunner.parse(ARM, RUN + SLICES).slices();
        assertEquals(15, slices.operations());
        assertEquals(0.8, slices.ticksPerCycle());
        assertArrayEquals(new int[] {10_000, 5_000}, slices.cycles());
        assertArrayEquals(new int[] {200, 300}, slices.beside());
        assertTrue(slices.isWhole());
        assertNull(ProgramRunner.parse(ARM, RUN).slices());
    }

    @ParameterizedTest
    @ValueSource(strings = {"slice_ticks: 8000\n", "chain_ticks: \n", "beside_ticks: 1\n", "beside_ticks: 1 x\n", "chain_ticks: 0 0 0\n",
        "slice_ticks: -\n"})
    void whatIsNotWholeIsToldInOneLine(String line) {
        String message = assertThrows(CalibrationException.class, () -> ProgramRunner.parse(ARM, RUN + SLICES + line)).getMessage();
        assertTrue(message.startsWith("a (/bin/a) printed ") && !message.contains("\n"), message);
    }

    @Test
    void theLogKeepsThem() throws IOException {
        Path file = folder.resolve("runs.jsonl");
        LayoutPair pair = new LayoutPair("A/B", 0, 0, ARM, ARM);
        try (RunLog log = new RunLog(file)) {
            log.append(RawRun.of(pair, 0, 0, ARM, ProgramRunner.parse(ARM, RUN + SLICES), 0));
        }
        try (RunLog log = RunLog.resume(file)) {
            Slices slices = log.runs().getFirst().run().slices();
            assertArrayEquals(new int[] {10_000, 5_000}, slices.cycles());
            assertArrayEquals(new int[] {200, 300}, slices.beside());
        }
        String line = Files.readString(file);
        Files.writeString(file, line.replace("[200,300]", "[200]"));
        String message = assertThrows(CalibrationException.class, () -> RunLog.resume(file)).getMessage();
        assertTrue(message.contains("line 1: this is no run"), message);
        assertEquals(2, new ObjectMapper().readTree(line).get("slices").get("cycles").size());
    }
}
