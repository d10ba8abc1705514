package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code build} and {@code record}: from the allocator's sources to a trace that replays, and programs that cannot be recorded. */
class RecordingTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void requireTools() {
        for (String tool : List.of("gcc", "ld.gold", "qemu-x86_64")) {
            assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(p -> Files.isExecutable(Path.of(p, tool))),
                    tool + " is missing");
        }
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup("libZydis.so.4.0", arena);
        } catch (IllegalArgumentException e) {
            assumeTrue(false, "libzydis4.0 is missing");
        }
    }

    @Test
    void fromTheSourcesToCyclesPerOperation() throws Exception {
        String driver = done("build", "baseline", "--shape", "reference").strip();
        ChildProcess.Result run = ChildProcess.start(folder, Map.of(), List.of(driver, "2000", "100", "1")).await();
        assertEquals(0, run.exit(), run.err());

        String trace = folder.resolve("t.cct").toString();
        JsonNode recorded = json("record", "-o", trace, "--format", "json", "--", driver, "2000", "100", "1", "--warmup", "2000");
        assertEquals(4000, recorded.get("operations").asInt());
        assertEquals(Files.size(Path.of(trace)), recorded.get("bytes").asLong());

        JsonNode info = json("info", trace, "--format", "json");
        assertEquals(recorded.get("instructions").asLong(), info.get("instructions").asLong());
        assertEquals(2000, info.get("countedOperations").asInt());
        assertEquals("random_mixed", info.get("program").asText());

        JsonNode replayed = json("replay", trace, "--core", "zen4", "--format", "json");
        assertEquals(2000, replayed.get("operations").asInt());
        assertEquals(info.get("instructions").asLong() - info.get("warmUpInstructions").asLong(),
                replayed.get("instructions").asLong());
        assertTrue(Stream.iterate(0, i -> i + 1).limit(replayed.get("functions").size())
                .map(i -> replayed.get("functions").get(i).get("name").asText()).toList()
                .containsAll(List.of("malloc", "free", "tiny_alloc_gate_fast", "free_tiny_fast_cold")));
        operationsSumToTheWhole(replayed);
    }

    /** Operations by size class and the program around them make up all that was counted. */
    private static void operationsSumToTheWhole(JsonNode replayed) {
        long cycles = 0;
        long instructions = 0;
        long operations = 0;
        long mispredicts = 0;
        TreeSet<String> kinds = new TreeSet<>();
        for (JsonNode part : replayed.get("operationsByClass")) {
            cycles += part.get("cycles").asLong();
            instructions += part.get("instructions").asLong();
            operations += part.get("count").asLong();
            mispredicts += part.get("mispredicts").asLong();
            kinds.add(part.get("operation").asText() + " " + part.get("sizeClass").asText());
        }
        assertEquals(replayed.get("cycles").asLong(), cycles);
        assertEquals(replayed.get("instructions").asLong(), instructions);
        assertEquals(replayed.get("operations").asLong(), operations);
        assertEquals(replayed.at("/rates/mispredicts").asDouble() * operations, mispredicts, 1e-6);
        assertTrue(kinds.containsAll(List.of("malloc 4", "malloc 7", "free 4", "free 7", "null null")), kinds.toString());
        assertTrue(kinds.size() <= 13, kinds.toString());
    }

    @Test
    void whatTheProgramPrintsStaysOutOfJson() throws Exception {
        ChildProcess.Result result = InProcess.run("record", "-o", folder.resolve("t.cct").toString(), "--format", "json", "--",
                "/bin/echo", "hello");
        assertEquals(0, result.exit(), result.err());
        assertEquals("hello\n", result.err());
        assertEquals(0, new ObjectMapper().readTree(result.out()).get("exitStatus").asInt());
    }

    @Test
    void optionsBehindTheProgramAreTheProgramsOwn() {
        ChildProcess.Result result = InProcess.run("record", "-o", folder.resolve("t.cct").toString(), "/bin/echo", "-o", "--help");
        assertEquals(0, result.exit(), result.err());
        assertTrue(result.out().startsWith("-o --help\n"), result.out());
    }

    @Test
    void programsThatCannotRunAreRefusedAndLeaveNothing() throws IOException {
        refused("none/such", "none/such");
        refused("no_such_program_anywhere", "no_such_program_anywhere");
        Path text = Files.writeString(folder.resolve("text"), "no program");
        refused(text.toString(), text.toString());
        assertTrue(text.toFile().setExecutable(true));
        refused(text.toString(), text.toString());
        refused(folder.toString(), folder.toString());
    }

    @Test
    void aSymbolThatIsNowhereIsRefusedAndLeavesNothing() {
        refused("no_such_symbol", "--from", "no_such_symbol", "/bin/true");
        refused("none.so", "--preload", folder.resolve("none.so").toString(), "/bin/true");
    }

    @Test
    void anUnknownVariantIsRefused() {
        ChildProcess.Result result = InProcess.run("build", "e9");
        assertEquals(1, result.exit());
        MainTest.assertOneLine(result.err());
        assertTrue(result.err().contains("e9") && result.err().contains("baseline"), result.err());
    }

    private void refused(String text, String... arguments) {
        Path output = folder.resolve("out").resolve("t.cct");
        try {
            Files.createDirectories(output.getParent());
            ChildProcess.Result result = InProcess.run(Stream.concat(Stream.of("record", "-o", output.toString()),
                    Stream.of(arguments)).toArray(String[]::new));
            assertEquals(1, result.exit(), result.out() + result.err());
            MainTest.assertOneLine(result.err());
            assertTrue(result.err().contains(text) && !result.err().contains("internal error"), result.err());
            try (Stream<Path> left = Files.list(output.getParent())) {
                assertEquals(List.of(), left.toList());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
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
