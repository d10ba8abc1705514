package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code info} and {@code replay} on a trace with a known answer, and on files that are no trace. */
class TraceCommandsTest {
    private static final int WARM_UP = 50;

    @TempDir
    private Path folder;
    private String trace;

    @BeforeEach
    void writeTrace() {
        trace = SampleTrace.write(folder.resolve("sample.cct"), WARM_UP).toString();
    }

    @Test
    void infoCountsWhatIsInATrace() throws IOException {
        JsonNode info = json("info", trace, "--format", "json");
        int perTurn = SampleTrace.ADDS + 1;
        assertEquals((WARM_UP + SampleTrace.TURNS) * perTurn, info.get("instructions").asInt());
        assertEquals(WARM_UP * perTurn, info.get("warmUpInstructions").asInt());
        assertEquals(WARM_UP + SampleTrace.TURNS, info.get("operations").asInt());
        assertEquals(SampleTrace.TURNS, info.get("countedOperations").asInt());
        assertEquals("{\"malloc\":" + SampleTrace.TURNS + "}", info.get("countedOperationsByName").toString());
        assertEquals(Files.size(Path.of(trace)), info.get("bytes").asLong());
        assertEquals(1, info.get("threadLocalVariables").asInt());
        String text = InProcess.run("info", trace).out();
        assertTrue(text.contains("facts.recorder") && text.contains("modules.0.name"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void replayOfADependentChainTakesOneCycleForEachAdd(String core) throws IOException {
        JsonNode report = json("replay", trace, "--core", core, "--format", "json");
        assertEquals(core, report.get("core").asText());
        assertEquals(SampleTrace.TURNS, report.get("operations").asInt());
        assertEquals(SampleTrace.TURNS * (SampleTrace.ADDS + 1), report.get("instructions").asInt());
        assertEquals(SampleTrace.ADDS, report.get("cyclesPerOperation").asDouble(), 0.1);
        assertEquals(report.get("cycles").asDouble() / SampleTrace.TURNS, report.get("cyclesPerOperation").asDouble(), 1e-9);
        assertTrue(report.get("instructionsPerSecond").asDouble() > 0);
        assertEquals(report.get("cycles").asLong(), sum(report.get("causes")));
        long functions = 0;
        for (JsonNode function : report.get("functions")) {
            functions += function.get("cycles").asLong();
        }
        assertEquals(report.get("cycles").asLong(), functions);
    }

    @Test
    void replayPrintsTheStackAndTheFunctions() {
        ChildProcess.Result result = InProcess.run("replay", trace);
        assertEquals(0, result.exit(), result.err());
        assertEquals("", result.err());
        for (String part : List.of("cycles per operation", "CPI stack", "self %", "loop")) {
            assertTrue(result.out().contains(part), part + " is not in:\n" + result.out());
        }
        assertTrue(result.out().lines().noneMatch(line -> line.endsWith(" ")), result.out());
        assertEquals("selfPercent,cycles,instructions,mispredicts,function",
                InProcess.run("replay", trace, "--format", "csv").out().lines().findFirst().orElseThrow());
    }

    @Test
    void ablateComparesEachIdealUnitWithTheWholeCore() throws IOException {
        JsonNode report = json("ablate", trace, "--core", "zen4", "--format", "json");
        double whole = report.get("cyclesPerOperation").asDouble();
        assertEquals(SampleTrace.ADDS, whole, 0.1);
        assertTrue(report.get("ablations").size() > 1);
        for (JsonNode ablation : report.get("ablations")) {
            assertEquals(whole - ablation.get("cyclesPerOperation").asDouble(), ablation.get("savedPerOperation").asDouble(), 1e-9);
        }
    }

    @Test
    void annotationsOfAllFunctionsSumToTheReplay() throws IOException {
        JsonNode report = json("replay", trace, "--core", "zen4", "--format", "json");
        long cycles = 0;
        for (JsonNode function : report.get("functions")) {
            JsonNode listing = json("annotate", trace, "--symbol", function.get("name").asText(), "--format", "json");
            assertEquals(function.get("cycles").asLong(), listing.get("cycles").asLong());
            long instructions = 0;
            for (JsonNode line : listing.get("instructions")) {
                instructions += line.get("executions").asLong();
                cycles += sum(line.get("causes"));
            }
            assertEquals(function.get("instructions").asLong(), instructions);
        }
        assertEquals(report.get("cycles").asLong(), cycles);
        refused("no function 'nowhere'; those with the most cycles are loop", "annotate", trace, "--symbol", "nowhere");
    }

    @Test
    void annotateShowsBytesAndSharesOfTheFunction() throws IOException {
        JsonNode listing = json("annotate", trace, "--symbol", "loop", "--format", "json");
        double percent = 0;
        for (JsonNode line : listing.get("instructions")) {
            int length = line.get("text").asText().startsWith("jmp") ? 2 : 3;
            assertEquals("00".repeat(length), line.get("bytes").asText());
            percent += line.get("percent").asDouble();
        }
        assertEquals(100, percent, 1e-9);
        assertTrue(InProcess.run("annotate", trace).out().contains("  000000  "), "bytes stand beside the code");
    }

    @Test
    void annotateDrawsTheLoopsJump() {
        String text = InProcess.run("annotate", trace, "--symbol", "loop").out();
        assertEquals(SampleTrace.ADDS + 1, text.lines().filter(line -> line.matches(".* [0-9a-f]{4,}  .*")).count(), text);
        assertTrue(text.contains(">") || text.contains("▶"), text);
    }

    @Test
    void aTraceComparedWithItselfHasNoDifference() throws IOException {
        JsonNode same = json("compare", trace, trace, "--format", "json");
        assertEquals(0, same.get("gainPercent").asDouble(), 0);
        assertEquals(0, same.get("instructions").size());
        for (JsonNode change : same.get("causes")) {
            assertEquals(0, change.get("change").asDouble(), 0);
        }
        assertEquals(0, InProcess.run("compare", trace, trace).exit());
        double cycles = 0;
        for (JsonNode kind : same.get("operationKinds")) {
            cycles += kind.get("a").asDouble();
        }
        assertEquals(same.get("cyclesA").asDouble(), cycles, 1e-9);
        String shorter = SampleTrace.write(folder.resolve("shorter.cct"), 1, 3).toString();
        refused("record the same work twice", "compare", trace, shorter);
        refused("none.cct", "compare", trace, folder.resolve("none.cct").toString());
    }

    @Test
    void anAddMoreIsADifferenceOfOneCycleInOneInstruction() throws IOException {
        String longer = SampleTrace.write(folder.resolve("longer.cct"), 1, SampleTrace.TURNS, SampleTrace.ADDS + 1).toString();
        JsonNode difference = json("compare", trace, longer, "--core", "zen4", "--format", "json");
        assertEquals(1, difference.get("cyclesB").asDouble() - difference.get("cyclesA").asDouble(), 0.05);
        double causes = 0;
        for (JsonNode cause : difference.get("functions").get(0).get("causes")) {
            causes += cause.asDouble();
        }
        assertEquals(difference.get("functions").get(0).get("change").asDouble(), causes, 1e-9);
        int added = 0;
        double change = 0;
        for (JsonNode line : difference.get("instructions")) {
            added += line.get("in").asText().equals("B") ? 1 : 0;
            change += line.get("change").asDouble();
        }
        assertEquals(1, added);
        assertEquals(difference.get("cyclesB").asDouble() - difference.get("cyclesA").asDouble(), change, 1e-9);
    }

    @Test
    void aTraceWithoutWarmUpIsRefusedUnlessAskedFor() {
        String cold = SampleTrace.write(folder.resolve("cold.cct"), 0).toString();
        refused("--cold", "replay", cold);
        assertEquals(0, InProcess.run("replay", cold, "--cold").exit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"info", "replay", "annotate"})
    void aTruncatedTraceIsRefusedWithItsNameAndTheOffset(String command) throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of(trace));
        Path cut = folder.resolve("cut.cct");
        for (int length : new int[] {0, 5, 20, bytes.length / 2, bytes.length - 1}) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            refused(cut.toString(), command, cut.toString());
        }
        Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1));
        refused("byte ", command, cut.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"info", "replay", "annotate"})
    void whatIsNoTraceIsRefusedByName(String command) throws IOException {
        Path text = Files.writeString(folder.resolve("text.cct"), "this is not a trace, but longer than a header is\n".repeat(9));
        refused(text.toString(), command, text.toString());
        refused("none.cct", command, folder.resolve("none.cct").toString());
        refused(folder.toString(), command, folder.toString());
    }

    @Test
    void anUnknownCoreIsRefused() {
        refused("zen9", "replay", trace, "--core", "zen9");
        refused("none.json", "replay", trace, "--core", folder.resolve("none.json").toString());
    }

    /** Asserts exit code 1, one line of complaint that holds a text, and no other output. */
    private static void refused(String text, String... arguments) {
        ChildProcess.Result result = InProcess.run(arguments);
        assertEquals(1, result.exit(), result.out() + result.err());
        assertEquals("", result.out());
        MainTest.assertOneLine(result.err());
        assertTrue(result.err().contains(text), result.err());
        assertTrue(!result.err().contains("internal error"), result.err());
    }

    private static JsonNode json(String... arguments) throws IOException {
        ChildProcess.Result result = InProcess.run(arguments);
        assertEquals(0, result.exit(), result.err());
        return new ObjectMapper().readTree(result.out());
    }

    private static long sum(JsonNode numbers) {
        long sum = 0;
        for (JsonNode number : numbers) {
            sum += number.asLong();
        }
        return sum;
    }
}
