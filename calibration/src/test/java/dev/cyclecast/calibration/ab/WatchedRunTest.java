package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shell scripts run by the program that watches them. */
class WatchedRunTest {
    @TempDir
    Path folder;
    private RunWatch watch;
    private ProgramRunner runner;

    @BeforeEach
    void build() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "gcc is missing");
        watch = RunWatch.build(Path.of(System.getProperty("cyclecast.home")));
        runner = new ProgramRunner(new Pinning(-1, "not pinned: test"), Duration.ofSeconds(60), watch);
    }

    private String refusal(ProgramRunner by, Arm arm) {
        String message = assertThrows(CalibrationException.class, () -> by.run(arm, 0)).getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void aProgramThatPrintsNoTimeIsTimedAsAWhole() throws IOException {
        Run run = runner.run(FakeProgram.script(folder, "work", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done"), 0);
        assertEquals(new Work(1, null, 0, 0), run.work());
        assertTrue(run.cpuSeconds() > 0 && run.seconds() > 0.9 * run.cpuSeconds(), run.toString());
        assertEquals(run.usage().wallSeconds(), run.seconds(), 0);
        assertEquals(run.usage().cpuSeconds(), run.cpuSeconds(), 0);
        assertTrue(run.usage().minorFaults() > 0 && run.usage().ticksPerCycleBefore() > 0.05, run.toString());
    }

    @Test
    void aChecksumIsReadWherePrintedHoweverMuchElseIs() throws IOException {
        Arm arm = FakeProgram.script(folder, "much", "yes | head -c 300000; echo; echo 'checksum: c0ffee'");
        assertEquals(new Work(1, "c0ffee", 0, 0), runner.run(arm, 0).work());
    }

    @Test
    void aDriversOwnTimeIsTakenWhetherOrNotItPrintsTheRest() throws IOException {
        Run whole = runner.run(FakeProgram.driver(folder, "driver", 0.5, "ab"), 0);
        assertEquals(new Work(1000, "ab", 510, 490), whole.work());
        assertEquals(0.5, whole.seconds(), 0);
        Run least = runner.run(FakeProgram.script(folder, "least", "echo 'ops: 10'; echo 'seconds: 0.25'"), 0);
        assertEquals(10, least.work().operations());
        assertEquals(0.25, least.seconds(), 0);
        assertTrue(Double.isNaN(least.tscCyclesPerOperation()));
    }

    @Test
    void failuresAreNamed() throws IOException {
        assertTrue(refusal(runner, FakeProgram.script(folder, "bad", "echo 'heap is corrupt' >&2; exit 3"))
                .contains("exit code 3: heap is corrupt"));
        assertTrue(refusal(runner, FakeProgram.script(folder, "crash", "kill -SEGV $$")).contains("died of signal 11"));
        ProgramRunner hasty = new ProgramRunner(new Pinning(-1, ""), Duration.ofMillis(50), watch);
        assertTrue(refusal(hasty, FakeProgram.script(folder, "hang", "sleep 600; exit 1")).contains("was ended after"));
    }

    @Test
    void aCpuThatIsNotToBeHadIsNamed() throws IOException {
        ProgramRunner nowhere = new ProgramRunner(new Pinning(999, ""), Duration.ofSeconds(60), watch);
        assertTrue(refusal(nowhere, FakeProgram.script(folder, "any", "exit 0")).contains("cannot pin to CPU 999"));
    }

    @Test
    void preloadedLibrariesReachTheProgramAndNotWhatWatchesIt() throws Exception {
        Path library = folder.resolve("lib.so");
        Process gcc = new ProcessBuilder("gcc", "-shared", "-o", library.toString(), "-x", "c", "/dev/null").inheritIO().start();
        assertEquals(0, gcc.waitFor());
        Path once = FakeProgram.script(folder, "once", "case $LD_PRELOAD in *lib.so) echo 'checksum: loaded';; esac").program();
        ForeignPrograms pair = ForeignPrograms.preloaded("none", library.toString(), List.of(once.toString()));
        assertNull(runner.run(pair.pair("x", 0, 1).a(), 0).work().checksum());
        assertEquals("loaded", runner.run(pair.pair("x", 0, 1).b(), 0).work().checksum());
        assertEquals(new Subject.Hashes(SessionFolder.sha256(once), SessionFolder.sha256(library)), pair.hashes());
    }

    @Test
    void aLibraryThatTheLoaderGoesOnWithoutIsRefused() throws IOException {
        Path library = Files.writeString(folder.resolve("lib.so"), "no library");
        Path once = FakeProgram.script(folder, "once", "exit 0").program();
        String message = assertThrows(CalibrationException.class,
                () -> ForeignPrograms.preloaded("none", library.toString(), List.of(once.toString()))).getMessage();
        assertTrue(message.startsWith(library + ": is not loaded into " + once) && message.contains("file too short"), message);
        // watch_run is static, and ends at once where it is told nothing.
        Path none = Files.writeString(folder.resolve("other.so"), "no library either");
        Path still = Path.of(watch.prefix(new Pinning(-1, "")).getFirst());
        assertTrue(assertThrows(CalibrationException.class, () -> ForeignPrograms.preloaded(none.toString(), "none",
                List.of(still.toString()))).getMessage().contains("the loader does not list it"));
    }

    @Test
    void layoutsMoveEnvironmentAndStackOfBothAlike() throws IOException {
        Arm a = FakeProgram.script(folder, "a", "");
        Arm b = FakeProgram.script(folder, "b", "");
        ForeignPrograms pair = ForeignPrograms.of(a.program().toString(), b.program().toString(), List.of("7"));
        LayoutPair zero = pair.pair("x", 0, 1);
        assertEquals(0, zero.paddingBytes());
        assertEquals(Map.of(), zero.a().environment());
        assertEquals(List.of("7"), zero.b().arguments());
        LayoutPair five = pair.pair("x", 5, 1);
        assertEquals(five, pair.pair("x", 5, 1));
        assertEquals(five.a().environment(), five.b().environment());
        assertNotEquals(five.paddingBytes(), pair.pair("x", 6, 1).paddingBytes());
        assertTrue(pair.layoutSource().contains("environment size, stack offset"));
        assertThrows(CalibrationException.class, () -> ForeignPrograms.of(a.program().toString(), "no_such_program", List.of()));
        assertThrows(CalibrationException.class, () -> ForeignPrograms.preloaded("none", "none", List.of()));
    }
}
