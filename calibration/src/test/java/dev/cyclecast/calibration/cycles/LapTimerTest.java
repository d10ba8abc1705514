package dev.cyclecast.calibration.cycles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.RunWatch;
import dev.cyclecast.calibration.ab.Usage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LapTimerTest {
    private static final Path PROGRAM = Path.of("program");

    private static Usage clock(double before, double after) {
        return new Usage(1, 1, 0, 0, 0, 0, 0, 0, before, after);
    }

    @Test
    void ticksBecomeCyclesByTheClockAroundTheRun() {
        assertArrayEquals(new double[] {100, 50}, LapTimer.cycles(PROGRAM, List.of("ops: 100", "lap_ticks: 80 40"),
                clock(0.795, 0.805), 1.02), 1e-9);
        assertNull(LapTimer.cycles(PROGRAM, List.of("lap_ticks: 80 40"), clock(0.8, 0.82), 1.02));
    }

    @Test
    void theMiddleLeavesOutWhatDisturbedARun() {
        assertArrayEquals(new double[] {3, 7}, LapTimer.middle(List.of(new double[] {3, 7}, new double[] {900, 8}, new double[] {2, 1})));
        assertArrayEquals(new double[] {2.5}, LapTimer.middle(List.of(new double[] {3}, new double[] {2})));
    }

    @Test
    void theSpreadIsThatOfWholeRuns() {
        assertEquals(0, LapTimer.spread(List.of(new double[] {3, 7}, new double[] {7, 3}, new double[] {5, 5})));
        assertEquals(0.25, LapTimer.spread(List.of(new double[] {10}, new double[] {15}, new double[] {20}, new double[] {25})), 1e-9);
    }

    @Test
    void badOutputIsOneLine() {
        assertComplaint("run it with --lap", () -> LapTimer.cycles(PROGRAM, List.of("ops: 1"), clock(1, 1), 1.02));
        assertComplaint("no numbers", () -> LapTimer.cycles(PROGRAM, List.of("lap_ticks: 1 x"), clock(1, 1), 1.02));
        LapTimer timer = new LapTimer(new Pinning(-1, "not pinned: test"),
                RunWatch.build(Path.of(System.getProperty("cyclecast.home"))), 1);
        assertComplaint("ended with exit code", () -> timer.laps(Path.of("/bin/false"), List.of()));
    }

    private static void assertComplaint(String part, org.junit.jupiter.api.function.Executable run) {
        String message = assertThrows(CalibrationException.class, run).getMessage();
        assertTrue(message.contains(part) && message.lines().count() == 1, message);
    }
}
