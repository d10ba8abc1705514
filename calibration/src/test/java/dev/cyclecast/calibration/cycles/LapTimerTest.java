package dev.cyclecast.calibration.cycles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.Slices;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LapTimerTest {
    private static final Path PROGRAM = Path.of("program");

    private static final String SLICES = "chain_cycles: 1000\nslice_ticks: 8000\nchain_ticks: 800 800\nbeside_ticks: 160\n";

    /** A run of two slices; who shares the core with one of them slows its laps down. */
    private static LapTimer.LapRun run(double cycles, boolean firstShared, boolean secondShared) {
        double[] laps = new double[2 * LapTimer.SLICE + 1];
        Arrays.fill(laps, 0, LapTimer.SLICE, firstShared ? 9 * cycles : cycles);
        Arrays.fill(laps, LapTimer.SLICE, laps.length, secondShared ? 9 * cycles : 2 * cycles);
        laps[0] = 1000;
        laps[LapTimer.SLICE] = 1000;
        int[] beside = {firstShared ? 300 : 200, secondShared ? 300 : 200};
        return new LapTimer.LapRun(laps, new Slices(5000, 0.8, new int[] {1, 1}, beside));
    }

    @Test
    void ticksBecomeCyclesByTheClockBetweenSlices() {
        assertArrayEquals(new double[] {100, 50}, LapTimer.parse(PROGRAM, "ops: 100\nlap_ticks: 80 40\n" + SLICES).cycles(), 1e-9);
    }

    /** The middle of the runs in which a lap's slice had the core; none for laps with a probe in them, or behind the slices. */
    @Test
    void lapsCountWhereTheCoreWasTheirs() {
        LapTimer.Laps laps = LapTimer.laps(List.of(run(3, false, false), run(5, false, false), run(2, true, true), run(4, true, false)));
        assertEquals(4, laps.cycles()[1]);
        assertEquals(4, laps.cycles()[LapTimer.SLICE - 1]);
        assertEquals(8, laps.cycles()[LapTimer.SLICE + 1]);
        for (int lap : new int[] {0, LapTimer.SLICE, 2 * LapTimer.SLICE}) {
            assertEquals(Double.NaN, laps.cycles()[lap]);
        }
    }

    @Test
    void whereTheCoreWasHardlyEverTheirsAllRunsCount() {
        LapTimer.Laps laps = LapTimer.laps(List.of(run(3, false, true), run(2, true, true), run(4, true, true)));
        assertEquals(18, laps.cycles()[1]);
        assertEquals(27, laps.cycles()[2 * LapTimer.SLICE]);
    }

    @Test
    void theSpreadIsThatOfWholeRuns() {
        assertEquals(0, LapTimer.laps(List.of(run(3, false, false), run(3, false, false))).spread());
        assertEquals(0.25, LapTimer.laps(List.of(run(10, false, false), run(15, false, false), run(20, false, false),
                run(25, false, false))).spread(), 0.05);
    }

    @Test
    void badOutputIsOneLine() {
        assertComplaint("run it with --lap", () -> LapTimer.parse(PROGRAM, "ops: 1"));
        assertComplaint("run it with --lap", () -> LapTimer.parse(PROGRAM, SLICES));
        assertComplaint("no numbers", () -> LapTimer.parse(PROGRAM, "lap_ticks: 1 x\n" + SLICES));
        LapTimer timer = new LapTimer(new Pinning(-1, "not pinned: test"), 1, 1);
        assertComplaint("ended with exit code", () -> timer.laps(Path.of("/bin/false"), List.of(), 50));
    }

    private static void assertComplaint(String part, org.junit.jupiter.api.function.Executable run) {
        String message = assertThrows(CalibrationException.class, run).getMessage();
        assertTrue(message.contains(part) && message.lines().count() == 1, message);
    }
}
