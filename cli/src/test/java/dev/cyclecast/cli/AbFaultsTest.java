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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ab} where a machine or a program is at fault: it is named in one line, and what was measured stays. */
class AbFaultsTest {
    private static final String FIGURES = "echo 'ops: 1000'; echo 'seconds: 0.01'; echo 'checksum: c'";
    private static final String[] LIMITS = {"--budget", "20s", "--layouts", "2", "--precision", "0.0001", "--format", "json"};

    @TempDir
    private Path folder;
    private OwnHome home;
    private String a;

    @BeforeEach
    void makeHome() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "gcc is missing");
        home = new OwnHome(folder);
        a = home.script("a", FIGURES).toString();
    }

    /** A program that does something of its own from its n-th run on. */
    private String turning(int n, String then) throws IOException {
        Path count = Files.writeString(home.file("count"), "");
        return home.script("b", "printf x >> '%s'; read runs < '%s'; [ ${#runs} -lt %d -o -e '%s' ] || { %s; }\n"
                .formatted(count, count, n, home.file("mended"), then)
                + FIGURES).toString();
    }

    /** From now on, that program does as it did before. */
    private void mend() throws IOException {
        Files.createFile(home.file("mended"));
    }

    private ChildProcess.Result ab(String b) throws Exception {
        return home.run(Stream.concat(Stream.of("ab", a, b), Stream.of(LIMITS)).toArray(String[]::new));
    }

    private Path session() throws IOException {
        try (Stream<Path> sessions = Files.list(home.file("build/ab"))) {
            return sessions.findFirst().orElseThrow();
        }
    }

    private List<String> runs() throws IOException {
        return Files.readAllLines(session().resolve("runs.jsonl"));
    }

    private static void remove(Path session) throws IOException {
        try (Stream<Path> files = Files.list(session)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(session);
    }

    private static JsonNode json(ChildProcess.Result result) throws IOException {
        return new ObjectMapper().readTree(result.out());
    }

    private static void assertWarned(JsonNode result, String start) {
        assertTrue(result.get("warnings").valueStream().anyMatch(w -> w.asText().startsWith(start)), result.get("warnings").toString());
    }

    /** Goes on with the session, and finds every run that was made before. */
    private JsonNode resumed(List<String> before) throws Exception {
        ChildProcess.Result result = home.run("ab", "--resume", session().toString(), "--budget", "1s", "--format", "json");
        assertEquals(0, result.exit(), result.err());
        assertEquals(before, runs().subList(0, before.size()));
        assertTrue(runs().size() > before.size());
        return json(result);
    }

    @Test
    void aFullDiskEndsASessionThatIsTakenUpAgain() throws Exception {
        assertEquals(0, home.run("ab", a, a, "--budget", "1s", "--layouts", "1").exit());
        remove(session());
        ChildProcess.Result full = home.runWithin(12, Stream.concat(Stream.of("ab", a, a), Stream.of(LIMITS))
                .toArray(String[]::new));
        assertEquals(1, full.exit());
        MainTest.assertOneLine(full.err());
        assertTrue(full.err().contains("runs.jsonl: the run log cannot be written (File too large); free some space"), full.err());
        assertTrue(full.err().contains("the run that is not in it: {") && full.err().contains("go on with: ./cyclecast ab --resume "
                + session()), full.err());
        List<String> before = runs();
        assertTrue(before.size() >= 4, before.toString());
        try (Stream<Path> left = Files.list(session())) {
            assertFalse(left.anyMatch(f -> f.toString().endsWith(".part")));
        }
        resumed(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    void whatEndsTheSessionFromOutsideLosesNoRun(String signal) throws Exception {
        ChildProcess.assumeHeard(signal);
        // The shell's parent watches it, and that one's parent is the session.
        Path pid = home.file("pid");
        Path nobodyWrites = home.file("fifo");
        String b = turning(8, "echo $$ > '%s'; mkfifo '%s'; read line < /proc/$PPID/stat; set -- ${line##*) }; kill -%s $2; read line < '%s'"
                .formatted(pid, nobodyWrites, signal, nobodyWrites));
        ChildProcess.Result killed = ab(b);
        // The program, which waits for ever, has ended with the session.
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(p -> p.onExit().orTimeout(60, TimeUnit.SECONDS).join());
        assertTrue(killed.exit() > 128, killed.exit() + killed.err());
        assertEquals("", killed.out());
        if (signal.equals("KILL")) {
            assertEquals("", killed.err());
        } else {
            MainTest.assertOneLine(killed.err());
            assertTrue(killed.err().contains("go on with: ./cyclecast ab --resume " + session()), killed.err());
        }
        List<String> before = runs();
        assertTrue(before.size() >= 16, before.toString());
        mend();
        resumed(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"kill -SEGV $$ | died of signal 11", "echo bad luck; exit 3 | exit code 3: bad luck",
        "echo 'ops: 1000'; echo 'seconds: NaN'; exit 0 | printed 'seconds: NaN', which is not a number"})
    void aProgramThatFailsInOneArmIsNamed(String then, String said) throws Exception {
        ChildProcess.Result failed = ab(turning(9, then));
        assertEquals(1, failed.exit());
        MainTest.assertOneLine(failed.err());
        assertTrue(failed.err().contains(home.file("b").toString()) && failed.err().contains(said), failed.err());
        assertEquals("failed", json(failed).get("stopped").asText());
        List<String> before = runs();
        mend();
        resumed(before);
    }

    @Test
    void workThatDiffersInTheLastRunOfABlockNeverCounts() throws Exception {
        Path count = Files.writeString(home.file("count"), "");
        // Of A's runs, the first is the beginning's; every block of the control has four, and the first of the pair two.
        a = home.script("a", "printf x >> '%s'; read runs < '%s'; case ${#runs} in %s) c=d;; *) c=c;; esac\n".formatted(count, count,
                "31") + FIGURES.replace("checksum: c'", "checksum: '$c")).toString();
        String b = home.script("b", FIGURES).toString();
        ChildProcess.Result refused = ab(b);
        assertEquals(1, refused.exit(), refused.err());
        assertTrue(refused.err().contains("different work"), refused.err());
        long pairs = json(refused).at("/measured/pairs").asLong();
        ChildProcess.Result again = home.run("ab", "--resume", session().toString(), "--budget", "1s", "--format", "json");
        assertEquals(1, again.exit(), again.err());
        assertTrue(again.err().contains("different work"), again.err());
        assertEquals(pairs, json(again).at("/measured/pairs").asLong());
    }

    @Test
    void withoutPermissionToPinItSaysSo() throws Exception {
        ChildProcess.Result without = home.runFinding(home.only("gcc", "as", "ld"), "ab", a, a, "--budget", "1s", "--layouts", "1",
                "--format", "json");
        assertEquals(0, without.exit(), without.err());
        assertWarned(json(without), "runs were not pinned: taskset is not installed");
        Path tools = Path.of(home.only("gcc", "as", "ld"));
        home.script(tools.getFileName() + "/taskset", "echo 'failed to set affinity' >&2; exit 1");
        ChildProcess.Result refused = home.runFinding(tools.toString(), "ab", a, a, "--budget", "1s", "--layouts", "1",
                "--format", "json");
        assertEquals(0, refused.exit(), refused.err());
        assertWarned(json(refused), "runs were not pinned: taskset -c ");
    }

    @Test
    void aNoisyNeighbourAndAClockThatChangesAreTold() throws Exception {
        assertEquals(0, home.run("ab", a, a, "--budget", "1s", "--layouts", "1").exit());
        Path watch;
        try (Stream<Path> tools = Files.list(home.file("build/calibration"))) {
            watch = tools.filter(f -> f.getFileName().toString().startsWith("watch_run")).findFirst().orElseThrow();
        }
        // As on a machine of which others take half, and whose clock rises in every run.
        home.script("build/calibration/" + watch.getFileName(), """
                shift; "$@"; status=$?
                for said in 'wall_seconds: 0.02' 'user_seconds: 0.01' 'system_seconds: 0' 'minor_faults: 9' 'major_faults: 0' \
                    'voluntary_switches: 0' 'involuntary_switches: 0' 'stolen_seconds: 0.010' 'ticks_per_cycle_before: 0.8' \
                    'ticks_per_cycle_after: 0.7'
                do echo "$said" >&2; done
                exit $status""");
        ChildProcess.Result result = home.run("ab", a, a, "--budget", "1s", "--layouts", "1", "--format", "json");
        assertEquals(0, result.exit(), result.err());
        assertWarned(json(result), "noisy neighbour: the hypervisor took 50.0 % of the runs' time");
        assertWarned(json(result), "the core's clock changed by more than 2 %");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"session.json | nonsense", "session.json | {}", "runs.jsonl | nonsense",
        "runs.jsonl | {\"comparison\":\"A/B\",\"layout\":2000000000,\"operations\":1,\"seconds\":1,\"cpuSeconds\":1}"})
    void aDamagedFileOfASessionIsNamed(String file, String text) throws Exception {
        assertEquals(0, home.run("ab", a, a, "--budget", "1s", "--layouts", "1").exit());
        Path damaged = session().resolve(file);
        Files.writeString(damaged, text + "\n");
        ChildProcess.Result result = home.run("ab", "--resume", session().toString());
        assertEquals(1, result.exit());
        assertEquals("", result.out());
        MainTest.assertOneLine(result.err());
        assertTrue(result.err().contains(damaged.toString()), result.err());
        assertEquals(text + "\n", Files.readString(damaged));
    }

    @Test
    void aLibraryThatIsNotLoadedAndABudgetBelowOneBlockAreRefused() throws Exception {
        Path library = Files.writeString(home.file("lib.so"), "no library");
        ChildProcess.Result loaded = home.run("ab", "--preload", library.toString(), "none", "--", a);
        assertEquals(1, loaded.exit());
        MainTest.assertOneLine(loaded.err());
        assertTrue(loaded.err().contains(library + ": is not loaded into " + a), loaded.err());
        String slow = home.script("slow", FIGURES.replace("0.01", "20")).toString();
        ChildProcess.Result hasty = home.run("ab", slow, slow, "--budget", "30s");
        assertEquals(1, hasty.exit());
        MainTest.assertOneLine(hasty.err());
        assertTrue(hasty.err().contains("--budget of 30 s is too short"), hasty.err());
    }
}
