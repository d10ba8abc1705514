package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.validate.Scorecard;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A scorecard as text, CSV and JSON, with rows that lack a forecast, a measurement or a verdict. */
class ScorecardTextTest {
    private static final Terminal PLAIN = new Terminal(new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
            System.err, false, false);

    private final Scorecard card = SampleScorecard.card();

    @Test
    void textShowsEachRowAndSaysWhatIsMissing() {
        String text = ScorecardText.text(PLAIN, card);
        String[] e1 = line(text, "  E1 ").trim().split(" {2,}");
        assertEquals(List.of("mixed", "E1", "reference", "+3.0..+3.5", "+2.50", "+1.25", "+4.00", "GO", "+2.25", "+2.00", "+2.50", "+2.00",
                "+1.50", "+2.75", "GO", "8", "64", "-1.00"), List.of(e1));
        for (String part : List.of("the host is not a Zen core", "E2/free/mixed: one layout", "abc", "one CPU was busy elsewhere",
                "it does not cover zero", "cover the measured gain on 1 of 1 rows (3..100 %; 90 % should)", "mean error 10.0 % over 2 programs",
                "worst -12.7 % (e1 reference mixed: 62.6 modelled, 71.7 measured)", "runs of one layout cannot separate a gain", "died | badly")) {
            assertTrue(text.contains(part), part + " is not in:\n" + text);
        }
        assertFalse(text.contains("null") || text.contains("NaN"), text);
    }

    @Test
    void csvHasOneRowForEach() {
        List<String> lines = ScorecardText.rows(card).csv().lines().toList();
        assertEquals(4, lines.size());
        assertEquals("workload,proposal,shape,statedGain,predictedGainPercent,predictedLow,predictedHigh,predictedVerdict,replayedGainPercent,"
                + "replayedLow,replayedHigh,measuredGainPercent,measuredLow,measuredHigh,measuredVerdict,layouts,pairs,coinPercent",
                lines.getFirst());
        assertEquals("mixed,E4,free,+0.3..+0.5,,,,,,,,,,,,,,", lines.getLast());
    }

    @Test
    void jsonHasTheFieldsThatScriptsRelyOn() throws Exception {
        JsonNode json = new ObjectMapper().readTree(Json.text(card));
        JsonNode row = json.get("rows").get(0);
        assertEquals("E1", row.get("proposal").asText());
        assertEquals("reference", row.get("shape").asText());
        assertEquals("mixed", row.get("workload").asText());
        assertEquals(2.5, row.at("/predicted/gainPercent").asDouble());
        assertEquals(1.25, row.at("/predicted/low").asDouble());
        assertEquals(4, row.at("/predicted/high").asDouble());
        assertEquals("GO", row.at("/predicted/verdict").asText());
        assertEquals(2.25, row.at("/replayedVariant/gainPercent").asDouble());
        assertEquals(2, row.at("/measured/gainPercent").asDouble());
        assertEquals(1.5, row.at("/measured/low").asDouble());
        assertEquals(8, row.at("/measured/layouts").asInt());
        assertEquals(64, row.at("/measured/pairs").asInt());
        assertEquals(-1, row.at("/others/coin/gainPercent").asDouble());
        assertTrue(json.get("aa").has("gainPercent"));
        assertTrue(json.get("rows").get(2).get("measured").isNull());
        assertEquals(0.25, json.at("/summary/errors/modelErrorPercent").asDouble());
        assertEquals(1, json.at("/summary/intervals/widened/held").asInt());
        assertEquals(60, json.at("/cycles/rows/0/measuredCycles").asDouble());
        assertEquals("NO-GO", json.at("/phase4/1/decision").asText());
    }

    @Test
    void transferredForecastsAreMarkedForPeopleAndToldInJson() throws Exception {
        Scorecard transferred = SampleScorecard.withTransfer();
        String text = ScorecardText.text(PLAIN, transferred);
        assertTrue(line(text, "  E2 ").contains("+1.25*") && !line(text, "  E1 ").contains("*"), text);
        assertTrue(text.contains("Forecasts marked * are the reference shape's times 0.50, the mean share that 7 forecasts"), text);
        assertFalse(ScorecardText.text(PLAIN, card).contains("marked *"));
        assertTrue(ScorecardText.rows(transferred).csv().contains("mixed,E2,free,,1.25,-0.5,3.0,UNDECIDED,"));
        JsonNode rows = new ObjectMapper().readTree(Json.text(transferred)).get("rows");
        assertEquals("reference", rows.at("/1/predicted/basis").asText());
        assertEquals(0.5, rows.at("/1/predicted/transfer/share").asDouble());
        assertEquals(7, rows.at("/1/predicted/transfer/pairs").asInt());
        assertTrue(rows.at("/0/predicted/transfer").isNull());
    }

    private static String line(String text, String part) {
        return text.lines().filter(l -> l.contains(part)).findFirst().orElseThrow();
    }
}
