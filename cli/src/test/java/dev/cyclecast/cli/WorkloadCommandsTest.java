package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.allocator.AllocatorBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code build}, {@code record} and {@code operations} with workloads: from a program to a trace of its replay. */
class WorkloadCommandsTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void requireTools() {
        assumeTrue(AllocatorBuild.isPossible(), "gcc is not installed: apt-get install gcc");
    }

    @Test
    void driversOfAVariantAndOfTheSystemDoTheSame() throws Exception {
        for (String workload : List.of("single", "larson")) {
            List<String> results = new ArrayList<>();
            for (List<String> more : List.of(List.of("e1", "--shape", "free"), List.of("--system"))) {
                List<String> arguments = new ArrayList<>(List.of("build", "--workload", workload));
                arguments.addAll(more);
                String driver = done(arguments.toArray(String[]::new)).strip();
                ChildProcess.Result run = ChildProcess.start(folder, Map.of(), List.of(driver, "2000", "100", "1")).await();
                assertEquals(0, run.exit(), run.err());
                results.add(run.out().lines().filter(line -> line.startsWith("checksum")).findFirst().orElseThrow());
            }
            assertEquals(results.get(0), results.get(1), workload);
        }
        assertEquals("larson", json("build", "--workload", "larson", "--format", "json").get("workload").asText());
    }

    @Test
    void whatAProgramAsksForIsRecordedCountedAndReplayedUnderTheRecorder() throws Exception {
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, "qemu-x86_64"))),
                "qemu-x86_64 is missing");
        Path allocs = folder.resolve("sort.allocs");
        JsonNode operations = json("operations", "-o", allocs.toString(), "--format", "json", "--", "sort", "/etc/passwd");
        assertEquals(0, operations.get("exitStatus").asInt());
        long lines = Files.readAllLines(allocs).stream().filter(line -> !line.contains("thread_done")).count();
        assertEquals(lines, operations.get("operations").asLong());
        long sum = 0;
        for (JsonNode row : operations.get("classes")) {
            for (String call : List.of("malloc", "calloc", "realloc", "memalign", "free")) {
                sum += row.get(call).asLong();
            }
        }
        assertEquals(lines, sum);
        assertEquals(0, operations.get("others").size());

        Path trace = folder.resolve("t.cct");
        JsonNode recorded = json("record", "--variant", "e4", "--workload", "replay", "--operations", "2000", "-o", trace.toString(),
                "--format", "json", "--", "--trace", allocs.toString(), "--skip", "0", "--warmup", "1000");
        assertEquals(3000, recorded.get("operations").asInt());
        JsonNode info = json("info", trace.toString(), "--format", "json");
        assertEquals("replay_operations", info.get("program").asText());
        assertEquals(2000, info.get("countedOperations").asInt());
    }

    @Test
    void theProgramsOutputAndStatusAreItsOwn() throws Exception {
        Path allocs = folder.resolve("sh.allocs");
        ChildProcess.Result result = InProcess.run("operations", "-o", allocs.toString(), "--", "sh", "-c", "echo hello; ls /; exit 3");
        assertEquals(0, result.exit(), result.err());
        assertTrue(result.out().startsWith("hello\n"), result.out());
        assertTrue(result.out().contains(", exit 3\n"), result.out());
        assertTrue(result.out().contains("programs that it started: 1, the first in " + allocs + "."), result.out());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.filter(file -> file.getFileName().toString().startsWith("sh.allocs")).count());
        }
    }

    @Test
    void whatCannotBeRecordedIsOneLineAndLeavesNothing() throws IOException {
        String output = folder.resolve("out.allocs").toString();
        refused(1, "none/such", "operations", "-o", output, "--", "none/such");
        refused(1, "nothing was recorded (exit 137)", "operations", "-o", output, "--", "sh", "-c", "kill -9 $$");
        refused(1, "/none", "operations", "-o", "/none/out", "--", "ls");
        refused(2, "PROGRAM", "operations", "-o", output);
        refused(2, "either", "record", "-o", output, "--variant", "e1", "--", "ls");
        refused(2, "nothing to record", "record", "-o", output);
        refused(2, "--library", "build", "--library", "--workload", "mixed");
        refused(1, "tiny-hot", "build", "--workload", "huge");
        refused(1, "e9", "record", "-o", output, "--variant", "e9");
        refused(1, "mixed, c6-heavy", "record", "-o", output, "--workload", "huge");
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static void refused(int exit, String text, String... arguments) {
        ChildProcess.Result result = InProcess.run(arguments);
        assertEquals(exit, result.exit(), result.out() + result.err());
        MainTest.assertOneLine(result.err());
        assertTrue(result.err().contains(text) && !result.err().contains("internal error"), result.err());
    }

    private static String done(String... arguments) {
        ChildProcess.Result result = InProcess.run(arguments);
        assertEquals(0, result.exit(), result.err());
        return result.out();
    }

    private static JsonNode json(String... arguments) throws IOException {
        return new ObjectMapper().readTree(done(arguments));
    }
}
