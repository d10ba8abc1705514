package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Usage, exit codes, and the shape of messages. */
class MainTest {
    @Test
    void withoutACommandItShowsThemAll() {
        ChildProcess.Result result = InProcess.run();
        assertEquals(0, result.exit());
        for (String command : commands()) {
            assertTrue(result.out().contains("\n  " + command + " "), command + " is not in:\n" + result.out());
        }
        assertEquals("", result.err());
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : commands()) {
            ChildProcess.Result result = InProcess.run(command, "--help");
            assertEquals(0, result.exit(), result.err());
            assertTrue(result.out().startsWith("Usage: cyclecast " + command), result.out());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"coers", "cores --nonsense", "cores zen4 zen5", "cores --format yaml", "--verbose"})
    void badUsageIsOneLineAndExitCode2(String line) {
        ChildProcess.Result result = InProcess.run(line.split(" "));
        assertEquals(2, result.exit());
        assertEquals("", result.out());
        assertOneLine(result.err());
        assertTrue(result.err().contains("--help"), result.err());
    }

    @Test
    void anUnknownCoreIsOneLineThatNamesTheKnownOnes() {
        ChildProcess.Result result = InProcess.run("cores", "zen9");
        assertEquals(1, result.exit());
        assertEquals("", result.out());
        assertOneLine(result.err());
        assertTrue(result.err().contains("zen9") && result.err().contains("zen4"), result.err());
    }

    @Test
    void coresListsEachWithItsSources() throws IOException {
        JsonNode list = new ObjectMapper().readTree(InProcess.run("cores", "--format", "json").out());
        Set<String> names = new TreeSet<>();
        list.get("cores").forEach(core -> names.add(core.get("name").asText()));
        // The machine that runs the tests may have been calibrated.
        names.remove("host");
        assertEquals(Set.of("zen3", "zen4", "zen5"), names);
        for (String name : names) {
            JsonNode core = new ObjectMapper().readTree(InProcess.run("cores", name, "--format", "json").out());
            assertFalse(core.get("constants").isEmpty());
            core.get("constants").properties().forEach(constant -> {
                JsonNode value = constant.getValue();
                assertTrue(value.get("low").asDouble() <= value.get("value").asInt()
                        && value.get("value").asInt() <= value.get("high").asDouble(), name + " " + constant);
                assertFalse(value.get("source").asText().isBlank(), name + " " + constant);
            });
            String text = InProcess.run("cores", name).out();
            core.get("missing").forEach(unit -> assertTrue(text.contains(unit.asText()), unit + " is not in:\n" + text));
        }
    }

    @Test
    void coloursAppearOnATerminalOnly() {
        String plain = InProcess.run("cores", "zen4").out();
        String coloured = InProcess.runOnTerminal("cores", "zen4").out();
        assertFalse(plain.contains("\u001b"));
        assertTrue(coloured.contains("\u001b["));
        assertEquals(plain, coloured.replaceAll("\u001b\\[[0-9;]*[mK]", ""));
    }

    @Test
    void anUnforeseenExceptionIsOneLineToo() {
        assertEquals("internal error: java.lang.IllegalStateException: oops; run again with CYCLECAST_DEBUG=1 to see where",
                Failure.line(new IllegalStateException("oops")));
        assertEquals("x.cct: no such file; check the path", Failure.line(new UncheckedIOException(new NoSuchFileException("x.cct"))));
    }

    private static Set<String> commands() {
        return Main.commands().keySet();
    }

    /** Asserts that an error output is one line that names the program. */
    static void assertOneLine(String err) {
        assertTrue(err.matches("cyclecast: [^\n]+\n"), err);
    }
}
