package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramRunnerTest {
    @TempDir
    Path folder;

    private final ProgramRunner runner = new ProgramRunner(new Pinning(-1, "not pinned: test"), Duration.ofSeconds(30));

    private String refusal(Arm arm) {
        String message = assertThrows(CalibrationException.class, () -> runner.run(arm, 0)).getMessage();
        assertFalse(message.contains("\n"), message);
        assertTrue(message.contains(arm.name()), message);
        return message;
    }

    @Test
    void readsWhatADriverPrints() throws IOException {
        Run run = runner.run(FakeProgram.driver(folder, "driver", 0.002, "c0ffee"), 0);
        assertEquals(new Run(new Work(1000, "c0ffee", 510, 490), 0.002, 0.002, 85.5, null), run);
        assertEquals(2000, run.nanosecondsPerOperation(), 1e-9);
    }

    @Test
    void timeOnTheCpuCountsWhereItIsPrinted() {
        Run run = ProgramRunner.parse(new Arm("driver", folder, List.of()), "ops: 10\nseconds: 0.5\ncpu_seconds: 0.1\n"
                + "tsc_cycles_per_op: 1\nchecksum: ab\nmallocs: 5\nfrees: 5\n");
        assertEquals(0.5, run.seconds(), 0);
        assertEquals(1e7, run.nanosecondsPerOperation(), 1e-6);
    }

    @Test
    void passesArgumentsOn() throws IOException {
        Arm echo = FakeProgram.driver(folder, "driver", 1, "$1-$2").withArguments(List.of("7", "9"));
        Arm unquoted = FakeProgram.script(folder, "args", """
                printf 'ops: 5\\nseconds: 1\\ntsc_cycles_per_op: 1\\nmallocs: 3\\nfrees: 2\\nchecksum: %s\\n' "$1-$2\"""");
        assertEquals("7-9", runner.run(unquoted.withArguments(echo.arguments()), 0).work().checksum());
    }

    @Test
    void environmentHoldsPathAndPaddingAlone() throws IOException {
        Arm arm = FakeProgram.script(folder, "env", """
                names=$(tr '\\0' '\\n' < /proc/$$/environ | cut -d= -f1 | sort | tr '\\n' ' ')
                printf 'ops: %s\\nseconds: 1\\ntsc_cycles_per_op: 1\\nmallocs: 3\\nfrees: 2\\nchecksum: %s\\n' \\
                    "${#CYCLECAST_PADDING}" "$names\"""");
        Work work = runner.run(arm, 1234).work();
        assertEquals("CYCLECAST_PADDING PATH", work.checksum());
        assertEquals(1234, work.operations());
    }

    @Test
    void pinnedRunsMayUseOneCpuOnly() throws IOException {
        Pinning pinning = Pinning.detect();
        Assumptions.assumeTrue(pinning.pinned(), pinning.note());
        Arm arm = FakeProgram.script(folder, "cpus", """
                cpus=$(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/$$/status)
                printf 'ops: 5\\nseconds: 1\\ntsc_cycles_per_op: 1\\nmallocs: 3\\nfrees: 2\\nchecksum: %s\\n' "$cpus\"""");
        Run run = new ProgramRunner(pinning, Duration.ofSeconds(30)).run(arm, 0);
        assertEquals(Integer.toString(pinning.cpu()), run.work().checksum());
    }

    @Test
    void namesAProgramThatIsMissing() {
        assertTrue(refusal(new Arm("gone", folder.resolve("gone"), List.of())).contains("missing or not executable"));
    }

    @Test
    void namesAProgramThatFailsAndItsLastWords() throws IOException {
        String message = refusal(FakeProgram.script(folder, "bad", "echo first; echo 'heap is corrupt' >&2; exit 3"));
        assertTrue(message.contains("exit code 3: heap is corrupt"), message);
    }

    @Test
    void namesTheSignalThatAProgramDiedOf() throws IOException {
        assertTrue(refusal(FakeProgram.script(folder, "crash", "kill -SEGV $$")).contains("died of signal 11"));
    }

    @Test
    void endsAProgramThatHangs() throws IOException {
        Arm arm = FakeProgram.script(folder, "hang", "sleep 600; exit 1");
        ProgramRunner hasty = new ProgramRunner(new Pinning(-1, ""), Duration.ofMillis(50));
        assertTrue(assertThrows(CalibrationException.class, () -> hasty.run(arm, 0)).getMessage().contains("was ended after"));
    }

    @Test
    void refusesAFloodOfOutput() throws IOException {
        assertTrue(refusal(FakeProgram.script(folder, "flood", "yes")).contains("printed more than"));
    }

    @ParameterizedTest
    @CsvSource({"seconds: 0.1,seconds: fast,not a number", "seconds: 0.1,seconds: NaN,not a number",
            "seconds: 0.1,seconds: 0,all must be positive", "seconds: 0.1,second: 0.1,did not print 'seconds",
            "ops: 10,ops: 0,all must be positive", "checksum: ab,sum: ab,did not print 'checksum"})
    void namesALineThatIsMissingOrWrong(String line, String replacement, String expected) {
        Arm arm = new Arm("driver", folder.resolve("driver"), List.of());
        String good = "ops: 10\nseconds: 0.1\ntsc_cycles_per_op: 1\nchecksum: ab\nmallocs: 5\nfrees: 5\n";
        assertEquals(10, ProgramRunner.parse(arm, good).work().operations());
        String message = assertThrows(CalibrationException.class,
                () -> ProgramRunner.parse(arm, good.replace(line, replacement))).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void readsTheLastCpuOfAKernelList() {
        assertEquals(0, Pinning.last("0"));
        assertEquals(3, Pinning.last("0-3"));
        assertEquals(12, Pinning.last(" 0-3,8,10-12\n"));
    }
}
