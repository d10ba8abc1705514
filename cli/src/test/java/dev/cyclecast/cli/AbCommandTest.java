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
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ab} on shell scripts that print planted times. */
class AbCommandTest {
    private static final Path SESSIONS = Path.of(System.getProperty("cyclecast.home"), "build/ab");

    @TempDir
    private Path folder;

    @BeforeEach
    void requireCompiler() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "gcc is missing");
    }

    private String driver(String name, double seconds, String checksum) throws IOException {
        return script(name, "echo 'ops: 1000'; echo 'seconds: %s'; echo 'checksum: %s'".formatted(seconds, checksum));
    }

    private String script(String name, String body) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true));
        return file.toString();
    }

    private static JsonNode json(ChildProcess.Result result) throws IOException {
        return new ObjectMapper().readTree(result.out());
    }

    private static void remove(String session) throws IOException {
        Path path = Path.of(session);
        assertTrue(path.startsWith(SESSIONS), session);
        for (String file : List.of("session.json", "runs.jsonl", "result.json")) {
            Files.delete(path.resolve(file));
        }
        Files.delete(path);
    }

    @Test
    void measuresResumesAndPrintsInEveryFormat() throws IOException {
        String a = driver("a", 0.104, "c");
        String b = driver("b", 0.100, "c");
        ChildProcess.Result first = InProcess.run("ab", a, b, "--budget", "3s", "--layouts", "2", "--format", "json", "--", "7");
        assertEquals(0, first.exit(), first.err());
        JsonNode result = json(first);
        assertEquals("faster", result.get("verdict").asText());
        assertEquals(1.04, result.at("/measured/ratio").asDouble(), 1e-9);
        assertEquals("precise", result.get("stopped").asText());
        assertFalse(result.get("contaminated").asBoolean());
        assertEquals(2, result.get("layouts").size());
        assertEquals(b, result.at("/b/name").asText());
        String session = result.get("folder").asText();

        ChildProcess.Result csv = InProcess.run("ab", "--resume", session, "--format", "csv");
        assertEquals(0, csv.exit(), csv.err());
        assertEquals("a,b,verdict,ratio,gainPercent,low,high,hodgesLehmannPercent,layouts,pairs,time,stopped,aaGainPercent,aaLow,"
                + "aaHigh,contaminated,detectablePercent,folder", csv.out().lines().findFirst().orElseThrow());
        String text = InProcess.run("ab", "--resume", session).out();
        for (String part : List.of("faster: gain +4.00 %", "A/A control: 0.00 %", "pilot:", "stopped: precise", "layouts from the process",
                "Hodges-Lehmann +4.00 %", session)) {
            assertTrue(text.replace("+0.00 %", "0.00 %").contains(part), part + " is not in:\n" + text);
        }
        assertTrue(text.lines().noneMatch(line -> line.endsWith(" ")), text);
        remove(session);
    }

    @Test
    void aProgramThatFailsLaterKeepsWhatWasMeasuredAndEndsWithOne() throws IOException {
        String a = driver("a", 0.1, "c");
        Path count = Files.writeString(folder.resolve("count"), "");
        String b = script("b", "printf x >> '%s'; [ $(wc -c < '%s') -lt 9 ] || { echo 'out of luck'; exit 3; }\n".formatted(count, count)
                + "echo 'ops: 1000'; echo 'seconds: 0.1'; echo 'checksum: c'");
        ChildProcess.Result result = InProcess.run("ab", a, b, "--budget", "4s", "--layouts", "2", "--precision", "0.0000001",
                "--format", "json");
        assertEquals(1, result.exit());
        MainTest.assertOneLine(result.err());
        assertTrue(result.err().contains("exit code 3: out of luck") && result.err().contains("--resume"), result.err());
        assertEquals("failed", json(result).get("stopped").asText());
        assertEquals(6, json(result).at("/measured/pairs").asInt());
        remove(json(result).get("folder").asText());
    }

    @Test
    void differentWorkIsRefusedInOneLine() throws IOException {
        ChildProcess.Result result = InProcess.run("ab", driver("a", 0.1, "c"), driver("b", 0.1, "d"), "--budget", "2s");
        assertEquals(1, result.exit());
        assertEquals("", result.out());
        MainTest.assertOneLine(result.err());
        assertTrue(result.err().contains("different work"), result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab", "ab x", "ab --evidence x y", "ab --resume f x y", "ab --variant --preload x y",
            "ab x y --precision 0", "ab x y --precision NaN", "ab x y --equivalence -1", "ab x y --budget 0s", "ab x y --layouts 0",
            "ab x y --time cycles", "ab --variant baseline e1 --shape round"})
    void badUsageIsExitCode2(String line) {
        ChildProcess.Result result = InProcess.run(line.split(" "));
        assertEquals(2, result.exit(), result.err());
        MainTest.assertOneLine(result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab no_such_program_a no_such_program_b", "ab --preload none.so none -- ls", "ab --preload none none",
            "ab --variant baseline e99", "ab --variant baseline e1 --workload idle",
            "ab --resume /no/such/folder"})
    void whatIsNotThereIsNamedInOneLine(String line) {
        ChildProcess.Result result = InProcess.run(line.split(" "));
        assertEquals(1, result.exit(), result.err());
        assertEquals("", result.out());
        MainTest.assertOneLine(result.err());
        assertFalse(result.err().contains("internal error"), result.err());
    }
}
