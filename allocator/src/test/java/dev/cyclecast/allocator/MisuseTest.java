package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pointer that is no block, or no block any more, ends the program with one line, where header or slab shows it. */
class MisuseTest {
    private static final int ABORTED = 128 + 6;
    private static final String NO_SLAB = "no slab holds it";
    private static final Map<String, String> NO_CACHES =
            Map.of("HAKMEM_TINY_UNIFIED_CACHE", "0", "HAKMEM_TINY_C7_ULTRA_ENABLED", "0");

    @TempDir
    private static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        Gcc.build();
        Path source = Path.of(MisuseTest.class.getResource("/misuse.c").toURI());
        program = folder.resolve("misuse");
        Execution run = Execution.of(List.of("gcc", "-O0", "-w", "-o", program.toString(), source.toString()), Map.of());
        assertEquals(0, run.status(), run.errors());
    }

    @ParameterizedTest
    @CsvSource({
        "foreign, 167, free, " + NO_SLAB,
        "foreign-realloc, 163, realloc, " + NO_SLAB,
        "foreign-size, 163, malloc_usable_size, " + NO_SLAB,
        "inside, 2000, free, no block of the slab starts here",
        "inside-bare, 200, free, no header before it",
        "class, 100, free, its class is not that of the slab",
        "twice, 5000, free, free already",
        "twice-cached, 1, free, free already",
        "twice-cached, 100, free, free already",
        "twice-cached, 2000, free, free already"})
    void isOneLine(String mistake, String number, String call, String line) throws Exception {
        assertDies(mistake, number, call, line, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "foreign, 163, free, " + NO_SLAB,
        "inside, 100, free, no block of the slab starts here",
        "twice, 1, free, free already",
        "twice, 100, free, free already",
        "twice, 2000, free, free already",
        "twice-realloc, 100, realloc, free already"})
    void isOneLineForEveryBlockWhereNoneIsCached(String mistake, String number, String call, String line) throws Exception {
        assertDies(mistake, number, call, line, NO_CACHES);
    }

    @Test
    void soundUseSurvives() throws Exception {
        Execution run = run("none", "100", Map.of());
        assertEquals(new Execution(0, "survived\n", ""), run);
    }

    private static void assertDies(String mistake, String number, String call, String line, Map<String, String> environment)
            throws Exception {
        Execution run = run(mistake, number, environment);
        assertEquals(ABORTED, run.status(), run.errors());
        assertEquals("", run.output());
        assertEquals(1, run.errors().lines().count(), run.errors());
        assertTrue(run.errors().startsWith("hakmem: " + call + "(0x"), run.errors());
        assertTrue(run.errors().contains(line), run.errors());
    }

    private static Execution run(String mistake, String number, Map<String, String> gates) throws Exception {
        Path library = Gcc.build().preload(Variant.BASELINE, Shape.REFERENCE);
        var environment = new HashMap<String, String>(gates);
        environment.put("LD_PRELOAD", library.toString());
        return Execution.of(List.of(program.toString(), mistake, number), environment);
    }
}
