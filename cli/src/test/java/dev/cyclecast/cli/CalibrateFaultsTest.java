package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code calibrate} with three small kernels, where a machine or a program is at fault. */
class CalibrateFaultsTest {
    private static final List<String> NAMES = List.of("chain-add", "chain-sub", "chain-imul");
    private static final String KERNELS = """
            kernel chain
              observes: latency from the first operand to the result
              unit: instruction
              each op: add=add rax, rbx | sub=sub rax, 3 | imul=imul rax, rbx
              units: 16
              forms: {op} : latency
              bound: 0
              body:
                .rept 16
                {op}
                .endr
            """;

    @TempDir
    private static Path folder;
    private static OwnHome home;

    /** What programs print that are timed on a quiet machine, whatever machine the tests have. */
    private static final String QUIET = "echo 'iterations: 1000'; echo 'reference: 30000'; for s in 1 2 3 4 5; do"
            + " echo 'slice: 24000 24000 24000 48000 24000 0 24000 24000'; done";

    /** Builds and records the kernels, and puts what prints quiet timings in their place. */
    @BeforeAll
    static void makeHome() throws Exception {
        for (String tool : List.of("gcc", "as", "ld", "qemu-x86_64")) {
            Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin", tool)), tool + " is missing");
        }
        home = new OwnHome(folder);
        home.resource("kernels/groups.txt", "chain\n");
        home.resource("kernels/chain.txt", KERNELS);
        calibrate();
        for (String name : NAMES) {
            home.script("build/kernels/" + program(name).getFileName(), QUIET);
        }
        json(calibrate());
    }

    @BeforeEach
    void forgetTimings() throws IOException {
        Files.deleteIfExists(timings());
        Files.deleteIfExists(home.file("build/calibration/measured.jsonl"));
    }

    private static ChildProcess.Result calibrate() throws Exception {
        return home.run("calibrate", "--quick", "--format", "json");
    }

    private static Path timings() {
        return home.file("build/calibration/timings.jsonl");
    }

    private static JsonNode json(ChildProcess.Result result) throws IOException {
        assertEquals(0, result.exit(), result.err());
        return new ObjectMapper().readTree(result.out());
    }

    private static boolean notes(JsonNode result, String part) {
        return result.get("notes").valueStream().anyMatch(n -> n.asText().contains(part));
    }

    private static void assertNoted(JsonNode result, String part) {
        assertTrue(notes(result, part), result.get("notes").toString());
    }

    private interface Task {
        void run() throws Exception;
    }

    private static Path program(String kernel) throws IOException {
        try (Stream<Path> all = Files.list(home.file("build/kernels"))) {
            return all.filter(f -> f.getFileName().toString().matches(kernel + "-[0-9a-f]{16}")).findFirst().orElseThrow();
        }
    }

    /** Puts a script in the place of a kernel's program while something is done. */
    private static void instead(String kernel, String body, Task task) throws Exception {
        Path program = program(kernel);
        byte[] kept = Files.readAllBytes(program);
        home.script("build/kernels/" + program.getFileName(), body);
        try {
            task.run();
        } finally {
            Files.write(program, kept);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    void whatEndsACalibrationFromOutsideLosesNoTiming(String signal) throws Exception {
        ChildProcess.assumeHeard(signal);
        instead("chain-imul", "kill -" + signal + " $PPID; exec tail -f /dev/null", () -> {
            ChildProcess.Result killed = calibrate();
            assertTrue(killed.exit() > 128, killed.exit() + killed.err());
            if (signal.equals("KILL")) {
                assertEquals("", killed.err());
            } else {
                MainTest.assertOneLine(killed.err());
                assertTrue(killed.err().endsWith("go on with: ./cyclecast calibrate --quick\n"), killed.err());
            }
        });
        List<String> before = Files.readAllLines(timings());
        assertEquals(2, before.size());
        assertNoted(json(calibrate()), "2 timings were taken up from a calibration that was interrupted");
        List<String> after = Files.readAllLines(home.file("build/calibration/measured.jsonl"));
        assertEquals(before, after.subList(0, 2));
        assertEquals(3, after.size());
    }

    @Test
    void aProgramThatFailsIsNamedAndTheOthersAreFitted() throws Exception {
        instead("chain-sub", "echo no memory; exit 3", () -> {
            JsonNode result = json(calibrate());
            assertNoted(result, "not timed, and not fitted to: " + program("chain-sub") + ": ended with exit code 3: no memory");
            assertEquals(3, result.get("kernels").size());
        });
        assertEquals(2, Files.readAllLines(home.file("build/calibration/measured.jsonl")).size());
        assertFalse(notes(json(calibrate()), "not timed"));
    }

    @Test
    void whereEveryProgramFailsTheFirstIsNamed() throws Exception {
        instead(NAMES.get(0), "exit 4", () -> instead(NAMES.get(1), "exit 5", () -> instead(NAMES.get(2), "exit 6", () -> {
            ChildProcess.Result failed = calibrate();
            assertEquals(1, failed.exit());
            MainTest.assertOneLine(failed.err());
            assertTrue(failed.err().contains(NAMES.getFirst()) && failed.err().contains("exit code 4"), failed.err());
        })));
    }

    @ParameterizedTest
    @ValueSource(strings = {"timings.jsonl", "host.json"})
    void onAFullDiskTheFileIsNamed(String file) throws Exception {
        Path aside = home.file("build/calibration/" + file + ".part");
        Path host = home.file("build/calibration/host.json");
        json(calibrate());
        List<String> good = Files.readAllLines(home.file("build/calibration/measured.jsonl"));
        if (file.equals("timings.jsonl")) {
            // What was kept is written anew, and cannot be.
            Files.write(timings(), good.subList(0, 1));
        }
        String before = Files.readString(host);
        Files.createSymbolicLink(aside, Path.of("/dev/full"));
        ChildProcess.Result full = calibrate();
        assertEquals(1, full.exit());
        assertEquals("", full.out());
        MainTest.assertOneLine(full.err());
        assertTrue(full.err().contains("build/calibration/" + file + ": ") && full.err().contains("No space left on device")
                && full.err().contains("calibrate again"), full.err());
        assertEquals(before, Files.readString(host));
        assertFalse(Files.isSymbolicLink(aside), "what could not be written takes space");
        assertNoted(json(calibrate()), (file.equals("host.json") ? 3 : 1) + " timings were taken up");
    }

    @Test
    void aDiskThatIsFullAmidTimingsLosesNone() throws Exception {
        json(calibrate());
        // The program's libraries are unpacked too, and must find room.
        String line = Files.readAllLines(home.file("build/calibration/measured.jsonl")).getFirst() + "\n";
        int blocks = 8192;
        Files.writeString(timings(), line.repeat(blocks * 512 / line.length()));
        List<String> before = Files.readAllLines(timings());
        ChildProcess.Result full = home.runWithin(blocks, "calibrate", "--quick");
        assertEquals(1, full.exit());
        MainTest.assertOneLine(full.err());
        assertTrue(full.err().contains("timings.jsonl: timings cannot be kept (File too large); free some space"), full.err());
        assertEquals(before, Files.readAllLines(timings()).subList(0, before.size()));
    }

    @Test
    void damagedTimingsAreLeftOutAndSaidSo() throws Exception {
        json(calibrate());
        List<String> good = Files.readAllLines(home.file("build/calibration/measured.jsonl"));
        Files.write(timings(), (good.getFirst() + "\n" + good.get(1).replaceFirst("\\[[0-9.]+", "[1e999") + "\n{\"cpu\":null}\n[]\n"
                + good.get(2).substring(0, 50)).getBytes());
        Files.write(timings(), new byte[] {'\n', (byte) 0xff, (byte) 0xfe, 0, '\n'}, java.nio.file.StandardOpenOption.APPEND);
        JsonNode result = json(calibrate());
        assertNoted(result, "1 timings were taken up");
        assertNoted(result, "5 lines of timings.jsonl were left out: cut short, damaged, or of another CPU");
    }

    @Test
    void aClockThatChangesIsTold() throws Exception {
        json(calibrate());
        List<String> good = Files.readAllLines(home.file("build/calibration/measured.jsonl"));
        Files.writeString(timings(), good.getFirst().replaceFirst("\"ticksPerCycle\":[0-9.]+", "\"ticksPerCycle\":3.5") + "\n");
        assertNoted(json(calibrate()), "while kernels were timed; cycles follow it, and times in caches and memory do not");
    }

    @Test
    void withoutPermissionToPinItSaysSo() throws Exception {
        assertNoted(json(home.runFinding(home.only("gcc", "as", "ld"), "calibrate", "--quick", "--format", "json")),
                "not pinned: taskset is not installed");
    }

    @Test
    void libraryFilesThatFindNoRoomAreNoInternalError() throws Exception {
        ChildProcess.Result full = home.runWithin(8, "calibrate", "--quick");
        assertEquals(1, full.exit());
        MainTest.assertOneLine(full.err());
        assertTrue(full.err().contains("cannot be loaded (") && full.err().contains("File too large"), full.err());
    }
}
