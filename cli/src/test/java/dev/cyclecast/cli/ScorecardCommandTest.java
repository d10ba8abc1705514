package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scorecard} on a session's result: once more, and as a page with explanations. */
class ScorecardCommandTest {
    @TempDir
    private Path folder;

    private Path page;
    private Path explanations;

    @BeforeEach
    void writeResult() throws IOException {
        new ObjectMapper().writeValue(folder.resolve("result.json").toFile(), SampleScorecard.card());
        page = folder.resolve("scorecard.md");
        explanations = folder.resolve("scorecard-explanations.json");
    }

    private String write() throws IOException {
        ChildProcess.Result result = InProcess.run("scorecard", folder.toString(), "-o", page.toString());
        assertEquals(0, result.exit(), result.err());
        return Files.readString(page);
    }

    private static void contains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), part + " is not in:\n" + text);
        }
    }

    @Test
    void showsASessionOnceMore() {
        assertTrue(InProcess.run("scorecard", folder.toString()).out().contains("Forecast and measurement on A CPU"));
        assertTrue(InProcess.run("scorecard", folder.toString(), "--format", "csv").out().startsWith("workload,proposal,shape"));
    }

    @Test
    void thePageHasTheWholeRecordLossesFirst() throws IOException {
        String text = write();
        contains(text, "| date | 2026-01-01T00:00:00Z |", "| compiler | gcc version 12.2.0 |", "| revision | 0123456789ab+ |", "A CPU, family 6, model 106",
                "./cyclecast validate --proposal E1,E2,E4 --workload mixed --core zen4 --budget 60s --protocol phase4",
                "| cycles per operation within 10 % for every program | 1 of 2 (within 5 %: 0) | **no** |",
                "| mean error in reference shape at most half of that of: stated gain | 0.40 of it | yes |",
                "| mean error in both shapes at most half of that of: stated gain | 0.40 of it | yes |",
                "| mean error in reference shape at most 1 point | 0.50 points | yes |",
                "| E1/reference/mixed | +2.50 | +2.25 | +2.00 [+1.50, +2.75] | +0.50 | not explained yet |", "**contaminated**",
                "| coin | 1 | 0 of 1 |", "mixed: died \\| badly", "Runs of one layout cannot separate", "* one CPU was busy elsewhere");
        assertTrue(text.indexOf("## Worst misses") < text.indexOf("## All rows"));
        assertFalse(text.contains("null") || text.contains("NaN"), text);
        assertFalse(text.contains(folder.toString()), text);
        assertTrue(text.lines().noneMatch(line -> line.endsWith(" ")), text);
        assertEquals(text, write());
    }

    @Test
    void thePageMarksTransferredForecasts() throws IOException {
        assertFalse(write().contains("marked *"));
        new ObjectMapper().writeValue(folder.resolve("result.json").toFile(), SampleScorecard.withTransfer());
        String text = write();
        contains(text, "| E2/free/mixed | +1.25* | -1.00 |", "| mixed | E2 | free | | +1.25* | -0.50 | +3.00 |");
        assertEquals(2, text.lines().filter(line -> line.startsWith("Forecasts marked * are the reference shape's times 0.50")).count(), text);
    }

    @Test
    void explanationsAreMergedInAndFlaggedWhenTheMissHasTurned() throws IOException {
        Files.writeString(explanations, """
                // Written by hand.
                {"E1/reference/mixed": {"miss": "too high", "mechanism": "No next-line prefetch."},
                 "E9/free/mixed": {"miss": "too low", "mechanism": "Gone."}}
                """);
        contains(write(), "| +0.50 | No next-line prefetch. |", "* `E9/free/mixed` (no row of this session): Gone.");
        Files.writeString(explanations, "{\"E1/reference/mixed\": {\"miss\": \"too low\", \"mechanism\": \"No next-line prefetch.\"}}");
        contains(write(), "| **Stale: written of a forecast that was too low.** No next-line prefetch. |");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{\"E1/free/mixed\": 3}", "{\"E1/free/mixed\": {\"miss\": \"odd\", \"mechanism\": \"x\"}}",
        "{\"E1/free/mixed\": {\"miss\": \"too low\"}}", "{\"E1/free/mixed\": {\"miss\": \"too low\", \"mechanism\": \"x\", \"y\": 1}}", "{\"E1"})
    void badExplanationsAreNamedInOneLine(String text) throws IOException {
        Files.writeString(explanations, text);
        ChildProcess.Result result = InProcess.run("scorecard", folder.toString(), "-o", page.toString());
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("scorecard-explanations.json") && result.err().lines().count() == 1, result.err());
        assertFalse(Files.exists(page));
    }

    @Test
    void whatIsNoSessionIsNamed() throws IOException {
        Files.delete(folder.resolve("result.json"));
        ChildProcess.Result result = InProcess.run("scorecard", folder.toString());
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("holds no result.json"), result.err());
        for (String text : List.of("", "{}", "[]", "{\"rows\":3}", "null")) {
            Files.writeString(folder.resolve("result.json"), text);
            ChildProcess.Result damaged = InProcess.run("scorecard", folder.toString());
            assertEquals(1, damaged.exit(), text);
            assertTrue(damaged.err().contains("result.json") && damaged.err().lines().count() == 1, damaged.err());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--budget=0", "--layouts=0", "--protocol=phase5", "--budget=soon"})
    void validateRefusesArgumentsThatMakeNoSense(String argument) {
        ChildProcess.Result result = InProcess.run("validate", argument);
        assertEquals(2, result.exit());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @Test
    void validateTakesTheMatrixOfASessionThatIsResumedFromIt() {
        assertEquals(2, InProcess.run("validate", "--resume", folder.toString(), "--workload", "mixed").exit());
        ChildProcess.Result none = InProcess.run("validate", "--resume", folder.toString());
        assertEquals(1, none.exit());
        assertTrue(none.err().contains("holds no session.json"), none.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"larson", "mixed-pressure47", "no such thing"})
    void validateRefusesWorkloadsThatCannotBeRecorded(String workload) {
        ChildProcess.Result result = InProcess.run("validate", "--workload", workload, "--budget", "1s");
        assertEquals(1, result.exit());
        assertEquals(1, result.err().lines().count(), result.err());
    }
}
