package dev.cyclecast.calibration.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.model.predict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationTest {
    @TempDir
    Path folder;

    private final List<String> news = new ArrayList<>();

    private static Forecast forecast(String proposal, Shape basis, double gain) {
        return new Forecast(proposal, gain, gain - 1, gain + 1, 0.9, Verdict.of(gain - 1, gain + 1), List.of(3.0, 3.5), basis);
    }

    private static FakeModules modules() {
        return new FakeModules(Map.of("E1/reference", 5.0, "E1/free", 2.0, "E4/reference", 0.0, "E4/free", -3.0),
                Map.of(Shape.REFERENCE, List.of(forecast("E1", Shape.REFERENCE, 4.5), forecast("E4", Shape.REFERENCE, 0.25)),
                        Shape.FREE, List.of(forecast("E1", Shape.FREE, 4))));
    }

    /** A clock that moves on by a fixed step whenever it is read, so that budgets do not depend on this machine. */
    private static InstantSource clock(Duration step) {
        AtomicLong reads = new AtomicLong();
        return () -> Instant.parse("2026-01-01T00:00:00Z").plus(step.multipliedBy(reads.getAndIncrement()));
    }

    private Validation validation(FakeModules modules, Duration budget, Duration step, int mostLayouts) {
        ValidationSettings settings = new ValidationSettings(folder, budget, 500, Duration.ofMillis(1), mostLayouts, 1);
        return new Validation(settings, modules, modules, new Pinning(-1, "not pinned: test"), clock(step), news::add);
    }

    private Path session() throws IOException {
        try (var folders = Files.list(folder)) {
            return folders.findFirst().orElseThrow();
        }
    }

    private static ScoreRow row(Scorecard card, String proposal, Shape shape) {
        return card.rows().stream().filter(r -> r.proposal().equals(proposal) && r.shape() == shape).findFirst().orElseThrow();
    }

    @Test
    void findsThePlantedGainsAveragedOverLayouts() {
        Scorecard card = validation(modules(), Duration.ofHours(1), Duration.ofMillis(1), 8).run();
        assertEquals(4, card.rows().size());
        assertEquals(5, row(card, "E1", Shape.REFERENCE).measured().gainPercent(), 0.01);
        assertEquals(2, row(card, "E1", Shape.FREE).measured().gainPercent(), 0.01);
        assertEquals(-3, row(card, "E4", Shape.FREE).measured().gainPercent(), 0.01);
        Measured e1 = row(card, "E1", Shape.REFERENCE).measured();
        // Layout biases of -0.35 to +0.35 % in steps of 0.1 %: mean +- t(7) s / sqrt(8) is +- 0.205 %.
        assertEquals(0.205 * 1.05, 0.5 * (e1.high() - e1.low()), 0.02);
        assertEquals(8, e1.layouts());
        assertEquals(8 * 3 * 2, e1.pairs());
        assertEquals(Stopped.PRECISE, e1.stopped());
        assertEquals(Verdict.GO, e1.verdict());
        assertEquals(0, card.aa().gainPercent(), 1e-9);
        assertTrue(card.aa().clean());
    }

    @Test
    void forecastsAreOnDiskBeforeAnyVariantIsBuilt() throws IOException {
        FakeModules modules = modules();
        List<Boolean> written = new ArrayList<>();
        modules.onBuild = () -> {
            synchronized (written) {
                written.add(folderHolds("forecasts.json"));
            }
        };
        Scorecard card = validation(modules, Duration.ofHours(1), Duration.ofMillis(1), 2).run();
        // The baseline in two shapes; after that, all builds find the forecasts.
        assertEquals(List.of(false, false), written.subList(0, 2));
        assertFalse(written.subList(2, written.size()).contains(false));
        int lastForecast = modules.events.lastIndexOf("forecast baseline-free-layout0.cct");
        assertTrue(modules.events.subList(0, lastForecast).stream().noneMatch(e -> e.contains("e1") || e.contains("e4")));
        Path forecasts = session().resolve("forecasts.json");
        assertEquals(card.forecastsSha256(), SessionFolder.sha256(forecasts));
        assertTrue(news.stream().anyMatch(n -> n.contains(card.forecastsSha256())), news.toString());
        JsonNode baseline = new ObjectMapper().readTree(forecasts.toFile()).get("bases").get(0);
        assertEquals(SessionFolder.sha256(session().resolve("traces/baseline-reference-layout0.cct")),
                baseline.get("traceSha256").asText());
    }

    private boolean folderHolds(String name) {
        try {
            return Files.exists(session().resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aProposalWithoutSitesInTheFreeTraceIsForecastFromTheReference() {
        Scorecard card = validation(modules(), Duration.ofHours(1), Duration.ofMillis(1), 2).run();
        assertEquals(Shape.FREE, row(card, "E1", Shape.FREE).predicted().basis());
        assertEquals(4, row(card, "E1", Shape.FREE).predicted().gainPercent(), 0);
        assertEquals(Shape.REFERENCE, row(card, "E4", Shape.FREE).predicted().basis());
        assertEquals(0.25, row(card, "E4", Shape.FREE).predicted().gainPercent(), 0);
    }

    @Test
    void theResultFileHasTheDocumentedFields() throws IOException {
        validation(modules(), Duration.ofHours(1), Duration.ofMillis(1), 2).run();
        JsonNode result = new ObjectMapper().readTree(session().resolve("result.json").toFile());
        JsonNode row = result.get("rows").get(0);
        assertEquals("E1", row.get("proposal").asText());
        assertEquals("reference", row.get("shape").asText());
        for (String field : List.of("gainPercent", "low", "high")) {
            assertTrue(row.get("predicted").get(field).isNumber(), field);
            assertTrue(row.get("measured").get(field).isNumber(), field);
            assertTrue(result.get("aa").get(field).isNumber(), field);
        }
        assertEquals(1.5, row.get("replayedVariant").get("gainPercent").asDouble(), 0);
        assertTrue(row.get("measured").get("layouts").isInt() && row.get("measured").get("pairs").isInt());
        assertEquals(2, row.get("statedGain").size());
        assertTrue(result.get("host").get("core").get("reason").isTextual());
        assertTrue(result.get("warnings").toString().contains("not pinned: test"), result.get("warnings").toString());
        long runs = Files.lines(session().resolve("runs.jsonl")).count();
        int pairs = result.get("aa").get("pairs").asInt();
        for (JsonNode r : result.get("rows")) {
            pairs += r.get("measured").get("pairs").asInt();
        }
        assertEquals(2L * pairs, runs);
    }

    @Test
    void aShortBudgetMeasuresOneLayoutAndGivesNoVerdict() {
        Scorecard card = validation(modules(), Duration.ofSeconds(10), Duration.ofSeconds(2), 2).run();
        for (ScoreRow row : card.rows()) {
            assertEquals(1, row.measured().layouts());
            assertNull(row.measured().verdict());
            assertTrue(row.measured().note().startsWith("one layout"), row.measured().note());
            assertEquals(Stopped.BUDGET, row.measured().stopped());
        }
    }

    @Test
    void measuringStopsWhenTheBudgetIsSpent() {
        // Some twenty readings of the clock until eight layouts are built, then one for each block; a few seconds are
        // kept free for the replays, which here take none.
        Scorecard card = validation(modules(), Duration.ofSeconds(100), Duration.ofSeconds(1), 8).run();
        Measured measured = row(card, "E1", Shape.REFERENCE).measured();
        assertEquals(8, measured.layouts());
        assertTrue(measured.pairs() < 8 * 3 * 2, measured.toString());
        assertTrue(card.elapsedSeconds() > 90 && card.elapsedSeconds() < 101, Double.toString(card.elapsedSeconds()));
    }

    @Test
    void aVariantThatDoesOtherWorkIsRefusedBeforeItIsTimed() throws IOException {
        FakeModules modules = modules();
        modules.cheat = "E4";
        Validation validation = validation(modules, Duration.ofHours(1), Duration.ofMillis(1), 2);
        String message = assertThrows(CalibrationException.class, validation::run).getMessage();
        assertTrue(message.contains("baseline-reference-layout0 did") && message.contains("e4-reference-layout0 did"), message);
        assertFalse(Files.exists(session().resolve("runs.jsonl")));
        assertFalse(Files.exists(session().resolve("result.json")));
    }

    @Test
    void aSessionThatFailsBeforeItsForecastsLeavesNothing() throws IOException {
        FakeModules modules = modules();
        modules.onBuild = () -> {
            throw new CalibrationException("no compiler");
        };
        Validation validation = validation(modules, Duration.ofHours(1), Duration.ofMillis(1), 2);
        assertEquals("no compiler", assertThrows(CalibrationException.class, validation::run).getMessage());
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void forecastsChangedMeanwhileVoidTheSession() throws IOException {
        FakeModules modules = modules();
        modules.onBuild = () -> {
            if (folderHolds("forecasts.json")) {
                try {
                    Files.writeString(session().resolve("forecasts.json"), "{}");
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        };
        Validation validation = validation(modules, Duration.ofHours(1), Duration.ofMillis(1), 2);
        String message = assertThrows(CalibrationException.class, validation::run).getMessage();
        assertTrue(message.contains("forecasts.json: changed since it was written"), message);
        assertFalse(Files.exists(session().resolve("result.json")));
    }

    @Test
    void sessionsOfTheSameSecondHaveFoldersOfTheirOwn() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Path first = SessionFolder.create(folder, now).path();
        Path second = SessionFolder.create(folder, now).path();
        assertEquals(folder.resolve("20260101T000000Z"), first);
        assertEquals(folder.resolve("20260101T000000Z-2"), second);
    }
}
