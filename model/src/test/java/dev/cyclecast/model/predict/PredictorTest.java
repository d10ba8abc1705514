package dev.cyclecast.model.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.trace.Function;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceHeader;
import dev.cyclecast.trace.TraceReader;
import dev.cyclecast.trace.TraceSource;
import dev.cyclecast.trace.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Forecasts on the shipped trace of the baseline, with few operations each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PredictorTest {
    private static final Predictor.Options QUICK = new Predictor.Options(64, 1, 2, 3000, 7000);
    private TraceReader shipped;
    @TempDir
    private Path folder;

    @BeforeAll
    void open() {
        shipped = TraceReader.open(Path.of(System.getProperty("cyclecast.home"), "traces", "recorded", "mixed.cct"));
    }

    @AfterAll
    void close() {
        shipped.close();
    }

    private static List<Prediction> predict(TraceSource trace, List<Proposal> proposals, Predictor.Options options) {
        return new Predictor(List.of(CoreProfile.load("zen4")), proposals, options, x -> { })
                .predict(List.of(new Predictor.NamedTrace("mixed", trace)));
    }

    private Proposal renamed(String id) throws IOException {
        try (InputStream in = Proposal.class.getResourceAsStream("/proposals/" + id + ".json")) {
            String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            for (Variable v : shipped.image().variables()) {
                text = text.replace("\"" + v.name() + "\"", "\"" + other(v.name()) + "\"");
            }
            for (Function f : shipped.image().functions()) {
                text = text.replace("\"" + f.name() + "\"", "\"" + other(f.name()) + "\"");
            }
            Path file = folder.resolve(id + ".json");
            Files.writeString(file, text);
            return Proposal.load(file.toString());
        }
    }

    private static String other(String name) {
        return "n" + Integer.toHexString(name.hashCode()) + "_" + name.length();
    }

    /** The shipped trace with every function and variable under another name. */
    private TraceSource renamedTrace() {
        ProgramImage image = shipped.image();
        ProgramImage renamed = new ProgramImage(image.modules(),
                image.functions().stream().map(f -> new Function(other(f.name()), f.module(), f.address(), f.size())).toList(),
                image.variables().stream()
                        .map(v -> new Variable(other(v.name()), v.module(), v.storage(), v.address(), v.size())).toList(),
                image.instructions(), image.bytes());
        return new TraceSource() {
            @Override
            public TraceHeader header() {
                return shipped.header();
            }

            @Override
            public ProgramImage image() {
                return renamed;
            }

            @Override
            public Cursor cursor() {
                return shipped.cursor();
            }
        };
    }

    @Test
    void namesMeanNothing() throws IOException {
        List<Proposal> renamed = new ArrayList<>();
        for (Proposal p : Proposal.shipped()) {
            renamed.add(renamed(p.variant()));
        }
        List<Prediction> before = predict(shipped, Proposal.shipped(), QUICK);
        List<Prediction> after = predict(renamedTrace(), renamed, QUICK);
        assertEquals(before, after);
    }

    @Test
    void threadsDoNotMatterAndSeedsDo() {
        List<Proposal> e4 = List.of(Proposal.load("E4"));
        List<Prediction> two = predict(shipped, e4, QUICK);
        assertEquals(two, predict(shipped, e4, new Predictor.Options(64, 1, 1, 3000, 7000)));
        assertNotEquals(two, predict(shipped, e4, QUICK.withSeed(2)));
    }

    @Test
    void theEmptyProposalGainsExactlyZero() throws IOException {
        Path file = folder.resolve("empty.json");
        Files.writeString(file, "{\"id\": \"none\", \"title\": \"nothing\", \"edits\": []}");
        Prediction p = predict(shipped, List.of(Proposal.load(file.toString())), QUICK).getFirst();
        assertEquals(0.0, p.gainPercent());
        assertEquals(0.0, p.low());
        assertEquals(0.0, p.high());
        assertEquals(Verdict.NEUTRAL, p.verdict());
        p.byCause().values().forEach(saved -> assertEquals(0.0, saved));
    }

    @Test
    void oneDrawHasNoIntervalAndNoVerdict() {
        Prediction p = predict(shipped, List.of(Proposal.load("E1")), QUICK.withDraws(1)).getFirst();
        assertTrue(Double.isNaN(p.low()) && Double.isNaN(p.high()) && Double.isNaN(p.lowInOneLayout()) && Double.isNaN(p.highInOneLayout()));
        assertNull(p.verdict());
        assertTrue(p.shares().isEmpty());
    }

    @Test
    void partsAddUp() {
        for (Prediction p : predict(shipped, Proposal.shipped(), QUICK)) {
            double saved = p.byCause().values().stream().mapToDouble(Double::doubleValue).sum();
            assertEquals(p.baseCyclesPerOperation() - p.editedCyclesPerOperation(), saved, 1e-9, p.proposal());
            assertEquals(1, p.shares().values().stream().mapToDouble(Double::doubleValue).sum(), 1e-9, p.proposal());
            assertTrue(p.low() <= p.gainPercent() && p.gainPercent() <= p.high(), p.toString());
            assertTrue(p.lowInOneLayout() <= p.low() && p.high() <= p.highInOneLayout(), p.toString());
            assertEquals(64, p.draws());
        }
    }

    @Test
    void aTraceThatIsTooShortIsRefused() {
        ModelException e = assertThrows(ModelException.class,
                () -> predict(shipped, Proposal.shipped(), new Predictor.Options(64, 1, 2, 3000, 100_000_000)));
        assertTrue(e.getMessage().contains("record a longer one"), e.getMessage());
    }

    @Test
    void theDesignIsOrthogonal() {
        List<Design.Draw> draws = Design.draws(128, 5);
        assertEquals(128, draws.stream().map(d -> List.of(d.constants().level(), d.segment())).distinct().count(),
                "each level of constants meets each part of the trace once in a block");
        assertThrows(ModelException.class, () -> QUICK.withDraws(63));
    }

    @Test
    void whatIsSampledServesTwoDrawsThatDifferInAllElse() {
        List<Design.Draw> draws = Design.draws(128, 5);
        for (ToLongFunction<Design.Draw> sampled : List.<ToLongFunction<Design.Draw>>of(Design.Draw::layout, Design.Draw::colours)) {
            Map<Long, List<Design.Draw>> pairs = draws.stream().collect(Collectors.groupingBy(sampled::applyAsLong));
            assertEquals(64, pairs.size());
            for (List<Design.Draw> pair : pairs.values()) {
                assertEquals(2, pair.size());
                assertNotEquals(pair.get(0).constants().level(), pair.get(1).constants().level());
                assertNotEquals(pair.get(0).segment(), pair.get(1).segment());
                assertEquals(pair.get(0).layout() == pair.get(1).layout(), pair.get(0).colours() != pair.get(1).colours());
            }
        }
        draws.forEach(d -> draws.forEach(e -> assertEquals(d.layout() == e.layout(), d.layoutLevel() == e.layoutLevel())));
        draws.forEach(d -> draws.forEach(e -> assertEquals(d.colours() == e.colours(), d.coloursLevel() == e.coloursLevel())));
    }

    @Test
    void oneDrawOfEachLayoutHasOtherConstants() {
        List<Design.Draw> repeated = Design.draws(128, 5).stream().filter(d -> d.other() != null).toList();
        assertEquals(64, repeated.stream().map(Design.Draw::layout).distinct().count());
        Map<List<Integer>, Long> met = repeated.stream().collect(Collectors.groupingBy(
                d -> List.of(d.constants().level(), d.other().level()), Collectors.counting()));
        assertEquals(2 * 4 * 4, met.size());
        met.forEach((levels, times) -> assertEquals(2, times, levels.toString()));
        assertNull(Design.draws(1, 5).getFirst().other());
    }

    @Test
    void eachPlaceOfTheTraceIsTimedTwice() {
        Map<List<Integer>, Long> timed = Design.draws(64, 5).stream()
                .collect(Collectors.groupingBy(d -> List.of(d.segment(), d.place()), Collectors.counting()));
        assertEquals(Design.LEVELS * Design.PLACES, timed.size());
        timed.forEach((place, draws) -> assertEquals(2, draws, place.toString()));
    }

    @Test
    void verdictsFollowTheThreshold() {
        assertEquals(Verdict.GO, Verdict.of(1.0, 5));
        assertEquals(Verdict.NO_GO, Verdict.of(-3, -1.0));
        assertEquals(Verdict.NEUTRAL, Verdict.of(-1.0, 1.0));
        assertEquals(Verdict.UNDECIDED, Verdict.of(-0.5, 1.1));
        assertEquals(Verdict.UNDECIDED, Verdict.of(0.9, 2));
    }
}
