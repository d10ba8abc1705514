package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** {@code cycles}: what it refuses; what it tells is tested where it is found. */
class CyclesCommandTest {
    @Test
    void whatCannotBeTimedIsOneLine() {
        refused("mixed, c6-heavy", "cycles", "--core", "zen4", "--workload", "larson");
        refused("unknown workload 'huge'", "cycles", "--core", "zen4", "--workload", "mixed,huge");
        refused("e9", "cycles", "--core", "zen4", "--variant", "baseline,e9");
        refused("zen9", "cycles", "--core", "zen9");
        refused("--laps 5", "cycles", "--laps", "5");
    }

    private static void refused(String text, String... arguments) {
        ChildProcess.Result result = InProcess.run(arguments);
        assertEquals(Main.FAULT, result.exit(), result.out() + result.err());
        MainTest.assertOneLine(result.err());
        assertTrue(result.err().contains(text) && !result.err().contains("internal error"), result.err());
    }
}
