package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.Host;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import dev.cyclecast.calibration.validate.Forecast;
import dev.cyclecast.calibration.validate.Measured;
import dev.cyclecast.calibration.validate.MethodScore;
import dev.cyclecast.calibration.validate.ScoreRow;
import dev.cyclecast.calibration.validate.Scorecard;
import dev.cyclecast.calibration.validate.Shape;
import dev.cyclecast.calibration.validate.Summary;
import dev.cyclecast.model.predict.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A scorecard as text, CSV and JSON, with rows that lack a forecast, a measurement or a verdict. */
class ScorecardTextTest {
    private static final Terminal PLAIN = new Terminal(new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
            System.err, false, false);

    private final Scorecard card = new Scorecard("2026-01-01T00:00:00Z", 61, 60, "build/validate/x", "abc", 1000,
            new Host(new HostCpu("GenuineIntel", 6, 106, 6, "A CPU", 2), new CoreMatch("zen4", false, "the host is not a Zen core"),
                    new Pinning(1, "taskset -c 1"), "Linux", "not visible", new HostNoise(0, 1, 1)),
            List.of("one CPU was busy elsewhere"),
            new AaControl(0.3, null, null, 0.95, 1, 2, false),
            List.of(new ScoreRow("E1", Shape.REFERENCE, List.of(3.0, 3.5),
                            new Forecast("E1", 2.5, 1.25, 4, 0.9, Verdict.GO, List.of(3.0, 3.5), Shape.REFERENCE),
                            new ScoreRow.Replayed(2.25), new Measured(2.0, 1.5, 2.75, 0.95, 8, 64, Verdict.GO, null, Stopped.PRECISE)),
                    new ScoreRow("E2", Shape.FREE, List.of(), null, new ScoreRow.Replayed(-1),
                            new Measured(-1.5, null, null, 0.95, 1, 2, null, "one layout", Stopped.BUDGET)),
                    new ScoreRow("E4", Shape.FREE, List.of(0.3, 0.5), null, null, null)),
            new Summary(List.of(new MethodScore("forecast", 1, 1, 1, 1, 0.5), new MethodScore("stated gain", 0, 0, 0, 0, null)),
                    1, 1, 1, 1, 0.9));

    @Test
    void textShowsEachRowAndSaysWhatIsMissing() {
        String text = ScorecardText.text(PLAIN, card);
        String[] e1 = line(text, "E1 ").trim().split(" {2,}");
        assertEquals(List.of("E1", "reference", "+3.0..+3.5", "+2.50", "+1.25", "+4.00", "GO", "+2.25", "+2.00", "+1.50", "+2.75", "GO",
                "8", "64"), List.of(e1));
        for (String part : List.of("the host is not a Zen core", "E2 free: one layout", "E4 free: not measured", "abc", "one CPU was busy elsewhere",
                "it does not cover zero")) {
            assertTrue(text.contains(part), part + " is not in:\n" + text);
        }
        assertFalse(text.contains("null") || text.contains("NaN"), text);
    }

    @Test
    void csvHasOneRowForEach() {
        List<String> lines = ScorecardText.rows(card).csv().lines().toList();
        assertEquals(4, lines.size());
        assertEquals("E4,free,+0.3..+0.5,,,,,,,,,,,", lines.getLast());
    }

    @Test
    void jsonHasTheFieldsThatScriptsRelyOn() throws Exception {
        JsonNode json = new ObjectMapper().readTree(Json.text(card));
        JsonNode row = json.get("rows").get(0);
        assertEquals("E1", row.get("proposal").asText());
        assertEquals("reference", row.get("shape").asText());
        assertEquals(2.5, row.at("/predicted/gainPercent").asDouble());
        assertEquals(1.25, row.at("/predicted/low").asDouble());
        assertEquals(4, row.at("/predicted/high").asDouble());
        assertEquals(2.25, row.at("/replayedVariant/gainPercent").asDouble());
        assertEquals(2, row.at("/measured/gainPercent").asDouble());
        assertEquals(1.5, row.at("/measured/low").asDouble());
        assertEquals(8, row.at("/measured/layouts").asInt());
        assertEquals(64, row.at("/measured/pairs").asInt());
        assertTrue(json.get("aa").has("gainPercent"));
        assertTrue(json.get("rows").get(2).get("measured").isNull());
    }

    private static String line(String text, String part) {
        return text.lines().filter(l -> l.contains(part)).findFirst().orElseThrow();
    }
}
