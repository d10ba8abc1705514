package dev.cyclecast.calibration.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.methods.Guess;
import dev.cyclecast.model.predict.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole sessions in a made-up laboratory, where the truth is known. */
class ValidationTest {
    private static final Load MIXED = new Load("mixed", 0);
    private static final Load PRESSURE = new Load("mixed", 48);
    private static final Load TINY_HOT = new Load("tiny-hot", 0);
    private static final CoreMatch CORE = new CoreMatch("zen4", true, "made up");

    @TempDir
    Path folder;

    private static Forecast forecast(String proposal, Shape basis, double gain) {
        return new Forecast(proposal, gain, gain - 1, gain + 1, 0.9, Verdict.of(gain - 1, gain + 1), List.of(3.0, 3.5), basis, null);
    }

    private static FakeLaboratory laboratory() {
        return new FakeLaboratory(Map.of("E1/reference", 5.0, "E1/free", 2.0, "E4/reference", 0.0, "E4/free", -3.0),
                Map.of(Shape.REFERENCE, List.of(forecast("E1", Shape.REFERENCE, 4.5), forecast("E4", Shape.REFERENCE, 0.25)),
                        Shape.FREE, List.of(forecast("E1", Shape.FREE, 4))));
    }

    private static ValidationRequest request(double budgetSeconds, int layouts, Load... loads) {
        return new ValidationRequest(List.of("E1", "E4"), loads.length == 0 ? List.of(MIXED) : List.of(loads), "zen4", budgetSeconds, 500, 50,
                layouts, false, true, 1);
    }

    private static Validation validation(FakeLaboratory l) {
        return validation(l, null);
    }

    private static Validation validation(FakeLaboratory l, Rivals rivals) {
        return new Validation(l, l, rivals, CORE, l, new Pinning(1, "taskset -c 1"), l, l);
    }

    private Path session() {
        try (var folders = Files.list(folder)) {
            return folders.findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(session().resolve(name).toFile());
    }

    private static ScoreRow row(Scorecard card, String name) {
        return card.rows().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void findsThePlantedGainsAveragedOverLayouts() {
        Scorecard card = validation(laboratory()).begin(request(3600, 8), folder);
        assertEquals(4, card.rows().size());
        assertEquals(5, row(card, "E1/reference/mixed").measured().gainPercent(), 0.01);
        assertEquals(2, row(card, "E1/free/mixed").measured().gainPercent(), 0.01);
        assertEquals(-3, row(card, "E4/free/mixed").measured().gainPercent(), 0.01);
        Measured e1 = row(card, "E1/reference/mixed").measured();
        // Layout biases of -0.35 to +0.35 % in steps of 0.1 %: mean +- t(7) s / sqrt(8) is +- 0.205 %.
        assertEquals(0.205 * 1.05, e1.halfWidth(), 0.02);
        assertEquals(8, e1.layouts());
        assertEquals(Stopped.PRECISE, e1.stopped());
        assertEquals(Verdict.GO, e1.verdict());
        assertEquals(0, card.aa().gainPercent(), 1e-9);
        assertTrue(card.aa().clean());
        assertEquals(2, card.groups().size());
    }

    @Test
    void everyLoadHasRowsOfItsOwnAndRunsOfEqualLength() {
        FakeLaboratory l = laboratory();
        l.slower = Map.of("mixed-pressure48", 4.0);
        Scorecard card = validation(l).begin(request(3600, 4, MIXED, PRESSURE, TINY_HOT), folder);
        assertEquals(12, card.rows().size());
        assertTrue(card.rows().stream().allMatch(r -> r.measured() != null && r.replayedVariant() != null));
        assertEquals(Map.of("mixed", 1_300_000L, "mixed-pressure48", 310_000L, "tiny-hot", 1_300_000L), card.operationsPerRun());
        assertEquals(6, card.groups().size());
        // Loads that differ by arguments alone share a program.
        assertEquals(1, l.events.stream().filter("build e1-free-mixed-layout2"::equals).count());
        assertEquals(1, l.events.stream().filter("record e1-free-mixed-layout0 mixed-pressure48"::equals).count());
    }

    @Test
    void modelledCyclesStandBesideMeasuredOnes() {
        AbsoluteCycles cycles = validation(laboratory()).begin(request(3600, 4), folder).cycles();
        AbsoluteRow base = cycles.rows().stream().filter(r -> r.variant().equals("baseline")).findFirst().orElseThrow();
        assertEquals(FakeLaboratory.BASE_CYCLES, base.measuredCycles(), 1e-6);
        assertEquals(10, base.errorPercent(), 1e-6);
        assertEquals(6, cycles.rows().size());
        // The variant with the loss is modelled with a gain of 1.5 %.
        assertEquals("e1", cycles.worst().variant());
        assertEquals(100 * (1.1 / 1.015 * 1.05 * Math.exp(-0.002) - 1), cycles.worst().errorPercent(), 0.01);
    }

    @Test
    void forecastsAreOnDiskBeforeAnyVariantIsBuilt() throws IOException {
        FakeLaboratory l = laboratory();
        List<Boolean> sealed = new ArrayList<>();
        l.before = () -> sealed.add(Files.exists(session().resolve("forecasts-seal.json")));
        Scorecard card = validation(l).begin(request(3600, 2), folder);
        int lastForecast = l.events.lastIndexOf("forecast baseline-free-mixed-layout0.cct");
        assertTrue(l.events.subList(0, lastForecast).stream().noneMatch(e -> e.contains("e1") || e.contains("e4")), l.events.toString());
        for (int i = 0; i < l.events.size(); i++) {
            assertEquals(i > lastForecast, sealed.get(i), l.events.get(i));
        }
        Path forecasts = session().resolve("forecasts.json");
        assertEquals(card.forecastsSha256(), SessionFolder.sha256(forecasts));
        assertTrue(l.news.stream().anyMatch(n -> n.contains(card.forecastsSha256())), l.news.toString());
        JsonNode trace = json("forecasts.json").get("traces").get(0);
        assertEquals(SessionFolder.sha256(session().resolve("traces/baseline-reference-mixed-layout0.cct")),
                trace.get("traceSha256").asText());
    }

    @Test
    void aForecastThatOpensAVariantEndsTheSession() {
        FakeLaboratory l = laboratory();
        Programs programs = new BasesOnly(l, Set.of("baseline"));
        Path base = programs.build("baseline", Shape.FREE, MIXED, 0, folder);
        programs.record(base, MIXED, 1, folder.resolve("t"));
        assertThrows(IllegalStateException.class, () -> programs.build("e1", Shape.FREE, MIXED, 0, folder));
        Path variant = l.build("e1", Shape.FREE, MIXED, 0, folder);
        assertThrows(IllegalStateException.class, () -> programs.record(variant, MIXED, 1, folder.resolve("t")));
    }

    /** Until the forecasts are sealed, the laboratory has nothing but bases: whatever asks for a variant ends the session here. */
    @Test
    void forecastingRunsWhereNoVariantCanBeBuilt() {
        FakeLaboratory l = laboratory();
        l.before = () -> {
            if (l.events.size() > 1 && !Files.exists(session().resolve("forecasts-seal.json"))
                    && l.events.stream().anyMatch(e -> e.startsWith("build e"))) {
                throw new AssertionError("a variant was built before the forecasts were sealed: " + l.events);
            }
        };
        assertEquals(4, validation(l).begin(request(3600, 2), folder).rows().size());
    }

    @Test
    void aProposalWithoutSitesInTheFreeTraceIsForecastFromTheReference() {
        Scorecard card = validation(laboratory()).begin(request(3600, 2), folder);
        assertEquals(Shape.FREE, row(card, "E1/free/mixed").predicted().basis());
        assertEquals(4, row(card, "E1/free/mixed").predicted().gainPercent(), 0);
        assertEquals(Shape.REFERENCE, row(card, "E4/free/mixed").predicted().basis());
        assertEquals(0.25, row(card, "E4/free/mixed").predicted().gainPercent(), 0);
        assertEquals("nothing in the trace reads it", row(card, "E4/free/mixed").absent());
        assertNull(row(card, "E1/free/mixed").absent());
    }

    /** E1 has forecasts in both shapes under three loads; E4's trace of the free shape has nothing to edit. */
    @Test
    void withSharesEnoughTheFreeForecastIsTransferredAndSealed() throws IOException {
        Scorecard card = validation(laboratory()).begin(request(3600, 2, MIXED, PRESSURE, TINY_HOT), folder);
        Forecast e4 = row(card, "E4/free/mixed").predicted();
        assertEquals(4 / 4.5 * 0.25, e4.gainPercent(), 1e-12);
        assertEquals(new Transfer(4 / 4.5, 0, 3), e4.transfer());
        assertNull(row(card, "E1/free/mixed").predicted().transfer());
        assertEquals("nothing in the trace reads it", row(card, "E4/free/mixed").absent());
        JsonNode sealed = json("forecasts.json").at("/traces/1/forecasts/1");
        assertEquals("E4", sealed.get("proposal").asText());
        assertEquals(e4.gainPercent(), sealed.get("gainPercent").asDouble(), 0);
        assertEquals(card.rows(), validation(laboratory()).resume(session(), null).rows());
    }

    /** Forecasts that were sealed before there was any transfer stay what they were. */
    @Test
    void whatWasSealedWithoutTransferStaysSo() throws IOException {
        FakeLaboratory l = laboratory();
        l.before = () -> {
            if (Files.exists(session().resolve("forecasts-seal.json"))) {
                throw new IllegalStateException("switched off");
            }
        };
        Validation validation = validation(l);
        assertThrows(IllegalStateException.class, () -> validation.begin(request(3600, 2, MIXED, PRESSURE, TINY_HOT), folder));
        ObjectNode record = (ObjectNode) json("forecasts.json");
        record.get("traces").forEach(t -> {
            ArrayNode forecasts = (ArrayNode) t.get("forecasts");
            for (int i = forecasts.size() - 1; i >= 0; i--) {
                if (((ObjectNode) forecasts.get(i)).remove("transfer").isObject()) {
                    forecasts.remove(i);
                }
            }
        });
        write("forecasts.json", record.toString());
        write("forecasts-seal.json", "{\"sha256\":\"" + SessionFolder.sha256(session().resolve("forecasts.json")) + "\"}");
        Forecast e4 = row(validation(laboratory()).resume(session(), null), "E4/free/mixed").predicted();
        assertEquals(forecast("E4", Shape.REFERENCE, 0.25), e4);
    }

    @Test
    void aProposalWithoutSitesAnywhereIsAMistake() {
        FakeLaboratory l = new FakeLaboratory(laboratory().gains, Map.of(Shape.REFERENCE, List.of(forecast("E1", Shape.REFERENCE, 1)),
                Shape.FREE, List.of())) {
            @Override
            public List<Candidate> candidates() {
                return List.of(new Candidate("E1", "baseline", "e1", List.of()), new Candidate("E4", "baseline", "e4", List.of()));
            }
        };
        Validation validation = validation(l);
        String message = assertThrows(CalibrationException.class, () -> validation.begin(request(60, 2), folder)).getMessage();
        assertEquals("E4 can be applied to none of the recorded traces: nothing in the trace reads it", message);
    }

    @Test
    void theResultFileHasTheDocumentedFieldsAndCanBeReadAgain() throws IOException {
        Scorecard card = validation(laboratory()).begin(request(3600, 2), folder);
        JsonNode result = json("result.json");
        JsonNode row = result.get("rows").get(0);
        assertEquals("E1", row.get("proposal").asText());
        assertEquals("reference", row.get("shape").asText());
        assertEquals("mixed", row.get("workload").asText());
        for (String field : List.of("gainPercent", "low", "high")) {
            assertTrue(row.get("predicted").get(field).isNumber(), field);
            assertTrue(row.get("replayedVariant").get(field).isNumber(), field);
            assertTrue(row.get("measured").get(field).isNumber(), field);
            assertTrue(result.get("aa").get(field).isNumber(), field);
        }
        assertEquals(2, row.get("statedGain").size());
        assertTrue(result.get("host").get("core").get("reason").isTextual());
        Scorecard read = SessionFolder.open(session(), "result.json").read("result.json", Scorecard.class);
        assertEquals(card.rows(), read.rows());
        assertEquals(card.summary(), read.summary());
    }

    @Test
    void theRunLogHoldsEveryRunOfTheFigures() throws IOException {
        Scorecard card = validation(laboratory()).begin(request(3600, 2), folder);
        int pairs = card.aa().pairs() + card.rows().stream().mapToInt(r -> r.measured().pairs()).sum();
        assertEquals(2L * pairs, Files.lines(session().resolve("runs.jsonl")).count());
    }

    @Test
    void aShortBudgetMeasuresOneLayoutAndGivesNoVerdict() {
        FakeLaboratory l = laboratory();
        l.buildSeconds = 4;
        Scorecard card = validation(l).begin(request(20, 8), folder);
        for (ScoreRow row : card.rows()) {
            assertEquals(1, row.measured().layouts());
            assertNull(row.measured().verdict());
            assertTrue(row.measured().note().startsWith("one layout"), row.measured().note());
            assertEquals(Stopped.BUDGET, row.measured().stopped());
        }
    }

    @Test
    void measuringStopsWhenTheBudgetIsSpent() {
        FakeLaboratory l = laboratory();
        l.noisePercent = 40;
        l.buildSeconds = 0.1;
        Scorecard card = validation(l).begin(request(60, 8), folder);
        assertEquals(Stopped.BUDGET, row(card, "E1/reference/mixed").measured().stopped());
        assertTrue(card.elapsedSeconds() >= 60 && card.elapsedSeconds() < 60.5, Double.toString(card.elapsedSeconds()));
        assertTrue(card.warnings().stream().anyMatch(w -> w.startsWith("all rows: the budget was spent")), card.warnings().toString());
    }

    @Test
    void aVariantThatDoesOtherWorkIsRefusedBeforeItIsTimed() throws IOException {
        FakeLaboratory l = laboratory();
        l.cheat = "e4";
        Validation validation = validation(l);
        String message = assertThrows(CalibrationException.class, () -> validation.begin(request(3600, 2), folder)).getMessage();
        assertTrue(message.contains("baseline-reference-mixed-layout0 did") && message.contains("e4-reference-mixed-layout0 did"), message);
        assertEquals("", Files.readString(session().resolve("runs.jsonl")));
        assertFalse(Files.exists(session().resolve("result.json")));
    }

    @Test
    void aSessionThatFailsBeforeItHasMadeAnythingLeavesNothing() throws IOException {
        FakeLaboratory l = laboratory();
        l.before = () -> {
            throw new CalibrationException("no compiler");
        };
        Validation validation = validation(l);
        assertEquals("no compiler", assertThrows(CalibrationException.class, () -> validation.begin(request(60, 2), folder)).getMessage());
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void forecastsChangedMeanwhileVoidTheSession() {
        FakeLaboratory l = laboratory();
        l.before = () -> {
            if (Files.exists(session().resolve("runs.jsonl"))) {
                write("forecasts.json", "{}");
            }
        };
        Validation validation = validation(l);
        String message = assertThrows(CalibrationException.class, () -> validation.begin(request(3600, 2), folder)).getMessage();
        assertTrue(message.contains("forecasts.json: changed since it was written"), message);
        assertFalse(Files.exists(session().resolve("result.json")));
    }

    private void write(String name, String text) {
        try {
            Files.writeString(session().resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Wherever it is switched off, nothing that was made is made again, no run is lost, and the end is the same. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 6, 8, 11, 15, 17, 24, 30, 31, 33, 66, 101, 130})
    void anInterruptedSessionResumesFromWhatItHasMade(int at) throws IOException {
        FakeLaboratory first = laboratory();
        first.noisePercent = 0.2;
        first.switchedOffAt = at;
        Validation interrupted = validation(first);
        assertThrows(IllegalStateException.class, () -> interrupted.begin(request(3600, 3), folder));
        Path runs = session().resolve("runs.jsonl");
        String before = Files.exists(runs) ? Files.readString(runs) : "";
        if (Files.exists(runs)) {
            // As a machine does that stops in the middle of a line.
            Files.writeString(runs, before + "{\"comparison\":\"A/A\",\"lay");
        }
        FakeLaboratory second = laboratory();
        second.noisePercent = 0.2;
        Scorecard card = validation(second).resume(session(), null);
        assertTrue(Files.readString(runs).startsWith(before));
        Set<String> made = new HashSet<>();
        for (FakeLaboratory l : List.of(first, second)) {
            l.events.stream().filter(e -> !e.startsWith("run ")).filter(e -> !e.startsWith("replay "))
                    .forEach(e -> assertTrue(made.add(e), e + " was made again"));
        }
        Set<String> places = new HashSet<>();
        List<JsonNode> all = new ArrayList<>();
        for (String line : Files.readAllLines(runs)) {
            JsonNode run = new ObjectMapper().readTree(line);
            all.add(run);
            assertTrue(places.add(run.get("comparison") + "/" + run.get("layout") + "/" + run.get("block") + "/" + run.get("position")), line);
        }
        assertEquals(0, all.size() % 4);
        assertEquals(5, row(card, "E1/reference/mixed").measured().gainPercent(), 0.5);
        assertEquals(card.forecastsSha256(), SessionFolder.sha256(session().resolve("forecasts.json")));
        assertEquals(8, second.events.stream().filter(e -> e.startsWith("replay ")).count()
                + first.events.stream().filter(e -> e.startsWith("replay ")).count() + 4, "each replayed once");
    }

    @Test
    void aSessionThatHasEndedMayBePrintedAgainOrGoOn() throws IOException {
        FakeLaboratory l = laboratory();
        l.noisePercent = 30;
        Scorecard first = validation(l).begin(request(40, 3), folder);
        String runs = Files.readString(session().resolve("runs.jsonl"));
        Scorecard again = validation(l).resume(session(), null);
        assertEquals(runs, Files.readString(session().resolve("runs.jsonl")));
        assertEquals(first.rows(), again.rows());
        Scorecard longer = validation(l).resume(session(), 30.0);
        assertTrue(pairs(longer) > 1.2 * pairs(first), pairs(longer) + " after " + pairs(first));
        assertEquals(first.startedAt(), longer.startedAt());
        assertEquals(first.forecastsSha256(), longer.forecastsSha256());
    }

    private static int pairs(Scorecard card) {
        return card.rows().stream().mapToInt(r -> r.measured().pairs()).sum();
    }

    @Test
    void whatHasChangedSinceIsNamed() throws IOException {
        validation(laboratory()).begin(request(40, 2), folder);
        FakeLaboratory l = laboratory();
        l.inputs.put("the profile", "3");
        assertTrue(refusal(l).endsWith("changed since this session began: the profile; bring back what it was, or start another session"));
        Path trace = session().resolve("traces/e1-free-mixed-layout0.cct");
        String before = Files.readString(trace);
        Files.writeString(trace, before + "!");
        assertTrue(refusal(laboratory()).startsWith(trace + ": changed since it was replayed"));
        Files.writeString(trace, before);
        Path base = session().resolve("traces/baseline-free-mixed-layout0.cct");
        before = Files.readString(base);
        Files.writeString(base, before + "!");
        assertTrue(refusal(laboratory()).startsWith(base + ": it or its program is not what the forecasts were made from"));
        Files.writeString(base, before);
        Path program = session().resolve("programs/e1-free-mixed-layout1");
        Files.writeString(program, "another");
        assertTrue(refusal(laboratory()).startsWith(program + ": e1-free-mixed-layout1 is not the program"));
    }

    private String refusal(FakeLaboratory l) {
        Validation validation = validation(l);
        return assertThrows(CalibrationException.class, () -> validation.resume(session(), null)).getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "null", "[1]", "{\"request\":{}}", "{\"request\":{\"proposals\":[]}}",
        "{\"request\":{\"proposals\":[\"E1\"],\"workloads\":[\"?\"]}}"})
    void aDamagedBeginningIsNamedInOneLine(String text) throws IOException {
        Files.writeString(folder.resolve("session.json"), text);
        String message = assertThrows(CalibrationException.class, () -> Validation.requestOf(folder)).getMessage();
        assertTrue(message.contains("session.json") && !message.contains("\n"), message);
    }

    @Test
    void otherMethodsAreAskedOnceAndScoredBesideTheForecast() {
        // Two rows are asked about at a time.
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        Rivals coin = builds -> {
            asked.add(builds.row().name());
            assertTrue(Files.exists(builds.variant()) && Files.exists(builds.variantTrace()));
            assertEquals(List.of("7", "mixed"), builds.arguments().apply(7));
            return Map.of("coin (50/50)", builds.row().shape() == Shape.FREE ? new Guess(null, "no coin") : new Guess(6.0, null));
        };
        FakeLaboratory l = laboratory();
        Scorecard card = validation(l, coin).begin(request(3600, 2), folder);
        validation(l, coin).resume(session(), null);
        assertEquals(List.of("E1/free/mixed", "E1/reference/mixed", "E4/free/mixed", "E4/reference/mixed"), asked.stream().sorted().toList());
        MethodScore score = card.summary().methods().getLast();
        assertEquals("coin (50/50)", score.method());
        assertEquals(2, score.rows());
        assertEquals(3.5, score.meanAbsoluteErrorPercent(), 0.5);
        assertTrue(card.warnings().contains("the method coin (50/50): no coin (2 rows)"), card.warnings().toString());
    }

    @Test
    void thePhase4ProtocolDecidesByMeansOfOneLayout() {
        FakeLaboratory l = laboratory();
        ValidationRequest request = new ValidationRequest(List.of("E1", "E4"), List.of(MIXED, new Load("c6-heavy", 0)), "zen4", 3600, 500, 50, 3,
                true, true, 1);
        Scorecard card = validation(l).begin(request, folder);
        assertEquals(List.of("GO", "GO", "NEUTRAL", "NO-GO"), card.phase4().stream().map(Phase4Outcome::decision).toList());
        // Layout 0 has a bias of -0.35 %.
        assertEquals(100 * (1.05 * Math.exp(-0.0035) - 1), card.phase4().getFirst().mixedPercent(), 1e-6);
        int runs = l.events.size();
        assertEquals(card.phase4(), validation(l).resume(session(), null).phase4());
        assertNotEquals(0, runs);
    }

    @Test
    void thePhase4ProtocolChecksEveryProfile() {
        FakeLaboratory l = laboratory();
        l.cheat = "e1";
        l.cheatUnder = "full";
        ValidationRequest request = new ValidationRequest(List.of("E1", "E4"), List.of(MIXED, new Load("c6-heavy", 0)), "zen4", 3600, 500, 50, 3,
                true, true, 1);
        Phase4Outcome broken = validation(l).begin(request, folder).phase4().getFirst();
        assertEquals("NO-GO", broken.decision());
        assertTrue(broken.broken().startsWith("mixed under HAKMEM_TINY_PROFILE=full: "), broken.broken());
        assertNull(broken.mixedPercent());
    }

    @Test
    void thePhase4ProtocolNeedsItsWorkloads() {
        ValidationRequest request = new ValidationRequest(List.of("E1"), List.of(TINY_HOT), "zen4", 60, 500, 50, 3, true, true, 1);
        Validation validation = validation(laboratory());
        assertThrows(CalibrationException.class, () -> validation.begin(request, folder));
    }

    @Test
    void sessionsOfTheSameSecondHaveFoldersOfTheirOwn() {
        FakeLaboratory l = laboratory();
        Path first = SessionFolder.create(folder, l.instant()).path();
        Path second = SessionFolder.create(folder, l.instant()).path();
        assertEquals(folder.resolve("20260101T000000Z"), first);
        assertEquals(folder.resolve("20260101T000000Z-2"), second);
    }
}
