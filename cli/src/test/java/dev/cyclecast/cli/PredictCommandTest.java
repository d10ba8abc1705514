package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code predict} on the shipped traces: its fields, its determinism, and proposals that cannot be forecast. */
class PredictCommandTest {
    @TempDir
    private Path folder;

    @Test
    void jsonHoldsAForecastForEachTraceCoreAndProposal() throws Exception {
        JsonNode json = new ObjectMapper().readTree(done("predict", "--draws", "1", "--core", "zen3,zen4", "--proposal", "E1,E4",
                "--format", "json"));
        assertEquals("[\"zen3\",\"zen4\"]", json.get("cores").toString());
        int traces = json.get("traces").size();
        assertTrue(traces >= 2, "a quiet trace and one under pressure");
        assertEquals(traces * 2 * 2, json.get("predictions").size());
        for (JsonNode p : json.get("predictions")) {
            for (String field : List.of("proposal", "title", "core", "trace", "gainPercent", "low", "high", "lowInOneLayout",
                    "highInOneLayout", "level", "draws", "verdict", "effortDays", "risk", "statedGain", "baseCyclesPerOperation", "editedCyclesPerOperation", "byCause")) {
                assertTrue(p.has(field), field + " is not in " + p);
            }
            assertEquals(1, p.get("draws").asInt());
            assertTrue(p.get("low").isNull() && p.get("high").isNull() && p.get("verdict").isNull()
                    && p.get("lowInOneLayout").isNull() && p.get("highInOneLayout").isNull(),
                    "one draw has no interval and no verdict: " + p);
            double saved = 0;
            for (JsonNode cycles : p.get("byCause")) {
                saved += cycles.asDouble();
            }
            assertEquals(p.get("baseCyclesPerOperation").asDouble() - p.get("editedCyclesPerOperation").asDouble(), saved, 1e-6);
            assertEquals(p.get("proposal").asText().equals("E1") ? "[3.0,3.5]" : "[0.3,0.5]", p.get("statedGain").toString());
        }
    }

    @Test
    void theSameSeedGivesTheSameBytes() {
        String[] arguments = {"predict", "--draws", "1", "--core", "zen5", "--proposal", "E3", "--format", "csv"};
        assertEquals(done(arguments), done(arguments));
    }

    @Test
    void theTableNamesEachProposal() {
        String text = done("predict", "--draws", "1", "--core", "zen4", "--width");
        for (String part : List.of("E1", "E2", "E3", "E4", "gain %", "+3.0..+3.5", "on zen4", "width of")) {
            assertTrue(text.contains(part), part + " is not in:\n" + text);
        }
    }

    @Test
    void aProposalThatSelectsNothingInTheTraceIsRefused() throws Exception {
        Path proposal = Files.writeString(folder.resolve("none.json"), """
                {"id": "X1", "title": "Remove what is not there", "edits": [{"verb": "remove", "reads": ["no_such_variable"]}]}
                """);
        refused("no_such_variable", "--core", "zen4", "--proposal", proposal.toString());
    }

    @Test
    void whatIsNoProposalIsRefusedByName() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"id\": \"X1\",\n  \"edits\": [}");
        refused("broken.json", "--proposal", broken.toString());
        refused("none.json", "--proposal", folder.resolve("none.json").toString());
        refused("E9", "--proposal", "E9");
        refused("draws", "--draws", "7");
    }

    @Test
    void aTraceWithTooFewOperationsIsRefused() {
        String trace = SampleTrace.write(folder.resolve("short.cct"), 50).toString();
        refused("500 operations", trace);
    }

    private static String done(String... arguments) {
        ChildProcess.Result result = InProcess.run(arguments);
        assertEquals(0, result.exit(), result.err());
        return result.out();
    }

    private static void refused(String text, String... arguments) {
        ChildProcess.Result result = InProcess.run(java.util.stream.Stream.concat(java.util.stream.Stream.of("predict"),
                java.util.stream.Stream.of(arguments)).toArray(String[]::new));
        assertEquals(1, result.exit(), result.out() + result.err());
        assertEquals("", result.out());
        MainTest.assertOneLine(result.err());
        assertTrue(result.err().contains(text) && !result.err().contains("internal error"), result.err());
    }
}
