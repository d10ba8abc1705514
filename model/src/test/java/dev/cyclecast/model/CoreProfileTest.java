package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.Property;
import net.jqwik.api.ForAll;
import java.util.List;
import java.util.Random;
import java.util.Map;
import java.util.EnumMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles: complete, within their ranges, and precise about what is wrong with one. */
class CoreProfileTest {
    @TempDir
    private Path folder;

    private String changed(String from, String to) throws IOException {
        try (InputStream in = CoreProfile.class.getResourceAsStream("/cores/zen4.json")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(text.contains(from), from);
            Path file = folder.resolve("mine.json");
            Files.writeString(file, text.replace(from, to));
            return file.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void shippedProfilesAreCompleteAndSourced(String name) {
        CoreProfile core = CoreProfile.load(name);
        assertEquals(name, core.name());
        for (Constant c : Constant.values()) {
            assertFalse(core.constants().get(c).source().isBlank(), name + " " + c.key());
        }
        assertFalse(core.missing().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void drawsStayWithinTheirRanges(String name) {
        CoreProfile core = CoreProfile.load(name);
        double[] quantile = new double[Constant.values().length];
        for (double u : new double[] {0, 0.1, 0.5, 0.9, 0.999999}) {
            Arrays.fill(quantile, u);
            CoreProfile drawn = core.draw(quantile);
            for (Constant c : Constant.values()) {
                CoreProfile.Value v = core.constants().get(c);
                assertTrue(drawn.get(c) >= Math.floor(v.low()) && drawn.get(c) <= Math.ceil(v.high()), c.key());
                if (c.kind() == Constant.Kind.FLAG || c.kind() == Constant.Kind.GEOMETRY || v.confidence() == 'B'
                        && v.low() == v.high()) {
                    assertEquals(v.value(), drawn.get(c), c.key());
                }
            }
        }
    }

    /** However wide ranges are, what is drawn from them is a core, and one whose code has an end. */
    @Property(tries = 300)
    void drawsFromWideRangesMakeACore(@ForAll long seed) {
        CoreProfile core = CoreProfile.load("zen4");
        Map<Constant, CoreProfile.Value> wide = new EnumMap<>(core.constants());
        wide.replaceAll((c, v) -> c.unit().equals("ports") || c.key().endsWith("Latency")
                ? new CoreProfile.Value(v.value(), c.minimum(), Math.min(c.maximum(), 4.0 * v.value()), 'G', "", "") : v);
        Random random = new Random(seed);
        double[] quantile = random.doubles(Constant.values().length).toArray();
        CoreProfile drawn = new CoreProfile("wide", "wide", "zen4", wide, Map.of(), List.of("")).draw(quantile);
        for (InstructionTable.Port group : InstructionTable.Port.values()) {
            int mask = new Ports(drawn).mask(group);
            assertTrue(group == InstructionTable.Port.NONE || new Schedulers(drawn).serving(mask) != 0, group + " of " + drawn);
        }
        if (drawn.get(Constant.BRANCH_PORTS_SHARED) + drawn.get(Constant.BRANCH_PORTS_OWN) > 0) {
            drawn.check("wide");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"dispatchWidth\": {\"value\": 6 | \"dispatchWidth\": {\"value\": 600 | /constants/dispatchWidth/value: 600",
        "\"dispatchWidth\": {\"value\": 6 | \"dispatchWidth\": {\"value\": 6.5 | not a whole number",
        "\"dispatchWidth\" | \"dispatchwidth\" | /constants/dispatchwidth",
        "\"l2Latency\": {\"value\": 14 | \"l2Latency\": {\"value\": 2 | /constants/l2Latency/value",
        "\"aluPorts\": {\"value\": 4 | \"aluPorts\": {\"value\": 1 | aluPorts",
        "\"instructions\": \"zen4\" | \"instructions\": \"zen9\" | zen9",
        "\"tageEntries\": {\"value\": 1024 | \"tageEntries\": {\"value\": 1000 | power of two",
        "\"bankBytes\": {\"value\": 8 | \"bankBytes\": {\"value\": 6 | bankBytes/value: 6 is not a power of two",
    })
    void mistakesAreNamedWithTheirPath(String from, String to, String expected) throws IOException {
        String file = changed(from, to);
        ModelException e = assertThrows(ModelException.class, () -> CoreProfile.load(file));
        assertTrue(e.getMessage().contains(expected) && e.getMessage().contains("mine.json"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    private static final String FORMS = "\"instructions\": \"zen4\",\n  \"forms\": ";

    @Test
    void aProfileMayTimeInstructionFormsOtherwise() throws IOException {
        String file = changed("\"instructions\": \"zen4\",", FORMS + "{\"imul r64,r64\": {\"latency\": 7}, \"lock\": {\"latency\": 20}},");
        CoreProfile core = CoreProfile.load(file);
        CoreProfile table = CoreProfile.load("zen4");
        assertEquals(table.form("imul r64,r64").with(FormTiming.Part.LATENCY, 7), core.form("imul r64,r64"));
        assertEquals(20, core.form(FormTiming.LOCKED).latency());
        // The row of two operands is another one than that of one operand.
        assertEquals(table.form("imul r64"), core.form("imul r64"));
        assertEquals(core.forms(), core.with(Constant.L1D_LATENCY, 5).forms());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[1] | /forms: not an object",
        "{\"frobnicate r64\": {\"latency\": 1}} | /forms/frobnicate r64: no row",
        "{\"lea r64,m64\": {\"latency\": -1}} | /forms/lea r64,m64/latency: -1 is not a whole number from 0 to 1000",
        "{\"lea r64,m64\": {\"ops\": 1.5}} | /forms/lea r64,m64/ops: 1.5 is not",
    })
    void mistakesInFormsAreNamedWithTheirPath(String forms, String expected) throws IOException {
        String file = changed("\"instructions\": \"zen4\",", FORMS + forms + ",");
        ModelException e = assertThrows(ModelException.class, () -> CoreProfile.load(file));
        assertTrue(e.getMessage().contains(expected) && e.getMessage().contains("mine.json"), e.getMessage());
    }

    @Test
    void unknownCoresAreRefused() {
        ModelException e = assertThrows(ModelException.class, () -> CoreProfile.load("zen9"));
        assertTrue(e.getMessage().contains("zen3, zen4, zen5"), e.getMessage());
    }
}
