package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions on a made-up machine, where the truth is known and time passes as it should. */
class AbSessionTest {
    @TempDir
    Path folder;

    private static List<RawRun> runs(Path session) {
        try (RunLog log = RunLog.resume(session.resolve("runs.jsonl"))) {
            return log.runs();
        }
    }

    private Path session() throws IOException {
        try (var sessions = Files.list(folder)) {
            return sessions.findFirst().orElseThrow();
        }
    }

    @Test
    void findsAPlantedGainAndStopsWhenItIsPrecise() {
        Simulation simulation = new Simulation(3, 0.4, 0.3, 0, 1);
        AbResult result = simulation.session().begin(Simulation.request(600, 0.5), folder);
        assertEquals("faster", result.verdict());
        assertEquals(Stopped.PRECISE, result.stopped());
        assertEquals(3, result.measured().gainPercent(), 0.5);
        assertEquals(1 + result.measured().gainPercent() / 100, result.measured().ratio(), 1e-12);
        assertEquals(3, result.measured().hodgesLehmannPercent(), 0.5);
        assertTrue(result.measured().estimate().halfWidthPercent() <= 0.5);
        assertEquals("cpu", result.measured().time());
        assertEquals("wall", result.otherTime().time());
        assertFalse(result.contaminated());
        assertEquals(32, result.layouts().size());
        assertEquals("layout 3", result.layouts().get(3).description());
        assertTrue(simulation.instant().toString().compareTo("2026-01-01T00:10:00Z") < 0, simulation.instant().toString());
    }

    @Test
    void stopsWhenTheBudgetIsSpentAndSaysSo() {
        Simulation simulation = new Simulation(0.2, 1, 2, 0, 2);
        AbResult result = simulation.session().begin(Simulation.request(6, 0.1), folder);
        assertEquals(Stopped.BUDGET, result.stopped());
        assertEquals("undecided", result.verdict());
        String pilot = simulation.news.getLast();
        assertTrue(pilot.startsWith("pilot: layouts vary by"), pilot);
        assertTrue(result.warnings().stream().anyMatch(w -> w.startsWith("the pilot foresaw ±")), result.warnings().toString());
        // What the pilot foresaw is what came out, but for the luck of its few blocks.
        double ratio = result.measured().estimate().halfWidthPercent() / result.pilot().detectablePercent();
        assertTrue(ratio > 0.5 && ratio < 2, Double.toString(ratio));
        // A block takes 0.05 s; none was begun after the end.
        double took = 1e-3 * Duration.between(Instant.parse("2026-01-01T00:00:00Z"), simulation.instant()).toMillis();
        assertTrue(took >= 6 && took < 6.1, Double.toString(took));
    }

    @Test
    void equalProgramsAreEquivalentWithinTheMargin() {
        AbResult result = new Simulation(0, 0.3, 0.3, 0, 3).session().begin(Simulation.request(600, 0.3), folder);
        assertEquals("equivalent within ±1 %", result.verdict());
    }

    @Test
    void theControlComesFirstAndBlocksAreABBA() throws IOException {
        new Simulation(1, 0.3, 0.3, 0, 4).session().begin(Simulation.request(20, 0.5), folder);
        List<RawRun> runs = runs(session());
        int controls = (int) runs.stream().filter(r -> r.comparison().equals("A/A")).count();
        assertTrue(controls >= 4 && runs.subList(0, controls).stream().allMatch(r -> r.comparison().equals("A/A")));
        for (int i = 0; i < runs.size(); i++) {
            assertEquals(i % 4, runs.get(i).position());
            boolean b = i >= controls && (i % 4 == 1 || i % 4 == 2);
            assertEquals(b ? "b" : "a", runs.get(i).arm());
        }
    }

    @Test
    void steadyDriftDoesNotLookLikeAGain() {
        // The machine slows down by 60 % in all.
        AbResult result = new Simulation(0, 0, 0.1, 1, 5).session().begin(Simulation.request(60, 0.05), folder);
        assertTrue(result.measured().estimate().covers(0), result.measured().toString());
        assertEquals(0, result.measured().gainPercent(), 0.1);
        assertFalse(result.contaminated());
    }

    @Test
    void aControlThatMissesOneContaminatesTheSession() {
        Simulation simulation = new Simulation(0, 0.1, 0.1, 0, 6);
        // The second and third run of each block are favoured, whichever program it is; two runs come before the blocks.
        simulation.hits = n -> (n - 2) % 4 == 1 || (n - 2) % 4 == 2 ? -0.01 : 0;
        AbResult result = simulation.session().begin(Simulation.request(60, 0.5), folder);
        assertTrue(result.contaminated());
        assertTrue(result.aa().low() > 0.5, result.aa().toString());
    }

    @Test
    void differentWorkIsRefusedBeforeAnythingIsKept() throws IOException {
        Simulation simulation = new Simulation(0, 0, 0, 0, 7);
        simulation.checksumOfB = "bad";
        AbSession session = simulation.session();
        String message = assertThrows(CalibrationException.class, () -> session.begin(Simulation.request(6, 1), folder)).getMessage();
        assertTrue(message.contains("different work"), message);
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void aProgramThatFailsInOneArmLeavesWhatWasMeasured() throws IOException {
        Simulation simulation = new Simulation(2, 0.3, 0.3, 0, 8);
        simulation.failsBefore = 402;
        AbResult result = simulation.session().begin(Simulation.request(12, 0.01), folder);
        assertEquals(Stopped.FAILED, result.stopped());
        assertTrue(result.failure().contains("heap is corrupt"), result.failure());
        // The first two runs are no blocks.
        assertEquals(400, runs(session()).size());
        assertTrue(result.measured().pairs() > 0);
        assertEquals("failed", new ObjectMapper().readTree(session().resolve("result.json").toFile()).get("stopped").asText());
    }

    @Test
    void aFailureBeforeAnyBlockSaysHowToGoOn() throws IOException {
        Simulation simulation = new Simulation(2, 0.3, 0.3, 0, 9);
        simulation.failsBefore = 7;
        AbSession session = simulation.session();
        String message = assertThrows(CalibrationException.class, () -> session.begin(Simulation.request(60, 1), folder)).getMessage();
        assertTrue(message.endsWith("go on with: ./cyclecast ab --resume " + session()), message);
        assertEquals(5, runs(session()).size());
    }

    /** Wherever it is interrupted, no run is lost, none is made twice, and the session comes to its end. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 61, 150, 203, 204, 205})
    void anInterruptedSessionResumesWithoutLosingARun(int at) throws IOException {
        Simulation first = new Simulation(2, 0.3, 0.5, 0, 10);
        first.failsBefore = at;
        first.failure = new IllegalStateException("killed");
        AbSession killed = first.session();
        assertThrows(IllegalStateException.class, () -> killed.begin(Simulation.request(12, 0.01), folder));
        String before = Files.readString(session().resolve("runs.jsonl"));
        assertEquals(at - 2, before.lines().count());
        // As a machine does that stops in the middle of a line.
        Files.writeString(session().resolve("runs.jsonl"), before + "{\"comparison\":\"A/A\",\"lay");

        Simulation second = new Simulation(2, 0.3, 0.5, 0, 11);
        AbResult result = second.session().resume(session(), null);
        assertTrue(Files.readString(session().resolve("runs.jsonl")).startsWith(before));
        List<RawRun> runs = runs(session());
        assertEquals(at - 2 + second.ran.size(), runs.size());
        Set<String> places = new HashSet<>();
        runs.forEach(r -> assertTrue(places.add(r.comparison() + r.layout() + "/" + r.block() + "/" + r.position())));
        assertEquals(0, runs.size() % 4);
        long pairs = runs.stream().filter(r -> r.comparison().equals("A/B")).count() / 2;
        assertEquals(pairs, result.measured().pairs());
        assertEquals(2, result.measured().gainPercent(), 0.6);
        assertEquals(Stopped.BUDGET, result.stopped());
    }

    @Test
    void aResumedSessionMayHaveMoreTime() throws IOException {
        AbResult shorter = new Simulation(2, 0.3, 1, 0, 12).session().begin(Simulation.request(4, 0.01), folder);
        AbResult longer = new Simulation(2, 0.3, 1, 0, 13).session().resume(session(), 20.0);
        assertTrue(longer.measured().pairs() > 2 * shorter.measured().pairs());
        assertEquals(shorter.startedAt(), longer.startedAt());
    }

    @Test
    void aSessionOfOtherProgramsIsNotResumed() throws IOException {
        new Simulation(2, 0.3, 1, 0, 14).session().begin(Simulation.request(4, 1), folder);
        Simulation changed = new Simulation(2, 0.3, 1, 0, 14);
        changed.hash = "other";
        Path session = session();
        AbSession again = changed.session();
        String message = assertThrows(CalibrationException.class, () -> again.resume(session, null)).getMessage();
        assertTrue(message.contains("a program has changed"), message);
        assertThrows(CalibrationException.class, () -> again.resume(folder, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "null", "[1]", "{\"request\":{\"kind\":\"NONE\"}}", "{\"request\":{},\"operations\":1}"})
    void aDamagedBeginningIsNamedInOneLine(String text) throws IOException {
        Files.writeString(folder.resolve("session.json"), text);
        String message = assertThrows(CalibrationException.class, () -> AbSession.requestOf(folder)).getMessage();
        assertTrue(message.contains("session.json") && !message.contains("\n"), message);
    }

    @Test
    void theResultIsJsonWithoutHoles() throws IOException {
        new Simulation(3, 0.4, 0.3, 0, 1).session().begin(Simulation.request(60, 0.5), folder);
        JsonNode result = new ObjectMapper().readTree(session().resolve("result.json").toFile());
        for (String field : List.of("/measured/ratio", "/measured/low", "/aa/low", "/pilot/detectablePercent", "/a/minorFaults",
                "/layouts/0/gainPercent", "/host/noise/loadAtEnd")) {
            assertTrue(result.at(field).isNumber(), field);
        }
        assertNull(result.get("failure").textValue());
    }
}
