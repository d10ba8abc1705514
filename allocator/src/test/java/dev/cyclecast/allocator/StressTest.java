package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads allocate, hand blocks to one another, end and fork; no block is damaged, none is lost, and no access races. */
class StressTest {
    private static final int SANITIZER_REPORTED = 66;

    @ParameterizedTest
    @CsvSource({
        "BASELINE, REFERENCE, 1", "BASELINE, REFERENCE, 2", "BASELINE, REFERENCE, 4", "BASELINE, REFERENCE, 16",
        "ALL, FREE, 1", "ALL, FREE, 2", "ALL, FREE, 4", "ALL, FREE, 16"})
    void noBlockIsDamaged(Variant variant, Shape shape, int threads) throws Exception {
        Path stress = Gcc.build().stress(variant, shape);
        String counts = assertSound(run(stress, Map.of(), threads + " 100000 7 --life 3000 --forks 2"), 100000);
        assertEquals(threads > 1, count(counts, "of-others") > 0, counts);
        assertEquals(2, count(counts, "forks"), counts);
    }

    /** Rings off: every call works on the slabs. Larson fix: blocks of other threads bypass the caches. */
    @ParameterizedTest
    @ValueSource(strings = {"HAKMEM_TINY_UNIFIED_CACHE=0", "HAKMEM_TINY_C7_ULTRA_ENABLED=0", "HAKMEM_TINY_LARSON_FIX=1"})
    void noBlockIsDamagedWithOtherGates(String setting) throws Exception {
        String[] words = setting.split("=");
        Path stress = Gcc.build().stress(Variant.BASELINE, Shape.REFERENCE);
        assertSound(run(stress, Map.of(words[0], words[1]), "4 100000 3 --life 3000 --forks 2"), 100000);
    }

    /** Ten thousand threads free, and free again in each round of their destructors: what one loses would add up to more. */
    @Test
    void threadsThatEndLoseNothing() throws Exception {
        Path stress = Gcc.build().stress(Variant.BASELINE, Shape.REFERENCE);
        String counts = assertSound(run(stress, Map.of(), "2 200000 1 --life 20 --memory 80"), 200000);
        assertTrue(count(counts, "late") >= 4 * count(counts, "threads"), counts);
    }

    /** As it is, a block goes to the cache of the thread that frees it (a live header); with the Larson fix to its slab. */
    @ParameterizedTest
    @CsvSource({"0, headers: a0 a4 a7", "1, headers: f0 f4 f7"})
    void slabsHaveOwnersAndFindNewOnes(String larsonFix, String headers, @TempDir Path folder) throws Exception {
        Path library = Gcc.build().preload(Variant.BASELINE, Shape.REFERENCE);
        Path source = Path.of(StressTest.class.getResource("/owners.c").toURI());
        Path program = folder.resolve("owners");
        Execution compiled = Execution.of(
                List.of("gcc", "-O0", "-w", "-o", program.toString(), source.toString()), Map.of());
        assertEquals(0, compiled.status(), compiled.errors());
        Execution run = Execution.of(List.of(program.toString()),
                Map.of("LD_PRELOAD", library.toString(), "HAKMEM_TINY_LARSON_FIX", larsonFix));
        assertEquals(new Execution(0, headers + "\nadopted: 1 reused: 1 back: 1 1\n", ""), run);
    }

    @Test
    void noAccessRaces() throws Exception {
        Path stress = sanitized(List.of());
        assertSound(run(stress, Map.of(), "4 30000 1 --life 2000"), 30000);
        assertSound(run(stress, Map.of("HAKMEM_TINY_LARSON_FIX", "1"), "2 10000 2 --life 2000"), 10000);
    }

    @Test
    void threadsThatWorkOnOneAnothersSlabsAreNoticed() throws Exception {
        Execution run = run(sanitized(List.of("-DHAK_PLANTED_BUG=HAK_BUG_NO_OWNER")), Map.of("TSAN_OPTIONS", "halt_on_error=1"),
                "4 60000 1 --life 3000");
        assertEquals(SANITIZER_REPORTED, run.status(), run.errors());
        assertTrue(run.errors().contains("WARNING: ThreadSanitizer: data race"), run.errors());
    }

    @Test
    void badArgumentsAreOneLineAndStatusOne() throws Exception {
        Path stress = Gcc.build().stress(Variant.BASELINE, Shape.REFERENCE);
        for (String line : List.of("", "4 1000", "0 1000 1", "17 1000 1", "4 0 1", "4 1000 0", "4 1000 1x", "-4 1000 1",
                "4 1000 1 --seconds", "4 1000 1 --seconds -1", "4 1000 1 --life 0", "4 1000 1 --forks many",
                "4 1000 1 --memory 0", "4 1000 1 --what 1", "4 99999999999999999999 1")) {
            Execution run = run(stress, Map.of(), line);
            assertEquals(1, run.status(), line);
            assertEquals("", run.output(), line);
            assertEquals(1, run.errors().lines().count(), line);
            assertTrue(run.errors().startsWith("stress: "), run.errors());
        }
        Execution starved = run(stress, Map.of(), "2 100000 1 --memory 8");
        assertEquals(1, starved.status());
        assertEquals(1, starved.errors().lines().count(), starved.errors());
    }

    private static Path sanitized(List<String> extraFlags) throws Exception {
        AllocatorBuild build = Gcc.build();
        assumeTrue(build.canSanitizeThreads(), "gcc has no ThreadSanitizer: apt-get install libtsan2");
        Path stress = build.stressUnderThreadSanitizer(Variant.BASELINE, Shape.REFERENCE, extraFlags);
        Execution trial = run(stress, Map.of(), "1 1 1");
        assumeFalse(trial.errors().startsWith("FATAL: ThreadSanitizer"),
                "ThreadSanitizer does not run on this kernel: " + trial.errors());
        return stress;
    }

    private static Execution run(Path program, Map<String, String> environment, String arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(program.toString());
        if (!arguments.isEmpty()) {
            command.addAll(List.of(arguments.split(" ")));
        }
        return Execution.of(command, environment);
    }

    /** The line of counts of a run that found nothing. */
    private static String assertSound(Execution run, long operations) {
        assertEquals("", run.errors());
        assertEquals(0, run.status());
        List<String> lines = run.output().lines().toList();
        assertEquals(2, lines.size(), run.output());
        assertEquals("operations: " + operations, lines.getFirst());
        return lines.getLast();
    }

    private static long count(String counts, String name) {
        List<String> words = List.of(counts.split(" "));
        return Long.parseLong(words.get(words.indexOf(name + ":") + 1));
    }
}
