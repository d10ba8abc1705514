package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every variant in every shape and layout does the same work; the driver refuses bad arguments. */
class VariantsTest {
    private static final List<List<String>> WORKLOADS = List.of(
            List.of("30000", "400", "1"),
            List.of("30000", "400", "7", "--profile", "c6-heavy", "--skip", "1000"),
            List.of("10000", "50", "3", "--sizes", "1:6000", "--warmup", "100"),
            List.of("3000", "400", "1", "--pressure", "48"));

    @ParameterizedTest
    @MethodSource("dev.cyclecast.allocator.Variant#named")
    void everyVariantDoesTheWorkOfTheSystemAllocator(Variant variant) throws Exception {
        AllocatorBuild build = Gcc.build();
        Path reference = build.driverOnSystemAllocator();
        for (Shape shape : Shape.values()) {
            Path driver = build.driver(variant, shape, Layout.DEFAULT);
            for (List<String> workload : WORKLOADS) {
                assertSameWork(run(reference, workload), run(driver, workload));
            }
        }
    }

    @Test
    void layoutsMoveTheFunctionsAndNothingElse() throws Exception {
        assumeTrue(AllocatorBuild.canOrderFunctions(), "ld.gold is not installed: apt-get install binutils-gold");
        AllocatorBuild build = Gcc.build();
        Set<List<String>> orders = new HashSet<>();
        DriverResult expected = run(build.driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT), WORKLOADS.getFirst());
        for (int number = 0; number < 3; number++) {
            Path driver = build.driver(Variant.BASELINE, Shape.REFERENCE, Layout.of(number));
            assertSameWork(expected, run(driver, WORKLOADS.getFirst()));
            orders.add(functionsByAddress(driver));
        }
        assertEquals(3, orders.size(), "the layouts order the functions differently");
    }

    @Test
    void layoutsAreReproducibleAndDiffer() {
        assertEquals(Layout.of(5), Layout.of(5));
        assertEquals(20, IntStream.range(0, 20).mapToObj(n -> Layout.of(n).functionOrderSeed()).distinct().count());
        assertNotEquals(Layout.of(1).environment(), Layout.of(2).environment());
        assertThrows(AllocatorException.class, () -> Layout.of(-1));
    }

    @Test
    void theNamedFunctionsAreSymbolsInTheReferenceShape() throws Exception {
        Path driver = Gcc.build().driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT);
        var functions = Set.copyOf(functionsByAddress(driver));
        for (String name : List.of("malloc", "free", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign",
                "malloc_usable_size", "tiny_alloc_gate_fast", "malloc_tiny_fast_for_class", "tiny_c7_ultra_alloc",
                "tiny_c7_ultra_free", "unified_cache_push", "unified_cache_refill", "tiny_region_id_write_header",
                "free_tiny_fast_cold", "tiny_route_for_class", "tiny_legacy_fallback_free_base",
                "tiny_c7_ultra_enabled_env", "tiny_front_v3_enabled", "tiny_metadata_cache_enabled", "tiny_get_max_size",
                "cyclecast_record_begin", "cyclecast_count_begin", "cyclecast_record_end")) {
            assertTrue(functions.contains(name), name);
        }
        assertTrue(!functions.contains("free_tiny_fast_hot"), "free_tiny_fast_hot is in line in free");
    }

    @Test
    void aBuildIsMadeOnce() throws IOException {
        AllocatorBuild build = Gcc.build();
        Path first = build.driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT);
        var made = Files.getLastModifiedTime(first);
        Path second = AllocatorBuild.atHome().driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT);
        assertEquals(first, second);
        assertEquals(made, Files.getLastModifiedTime(second));
        assertNotEquals(first, build.driver(Variant.of(Change.E4), Shape.REFERENCE, Layout.DEFAULT));
    }

    @Test
    void badArgumentsAreOneLineAndStatusOne() throws Exception {
        Path driver = Gcc.build().driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT);
        for (String line : List.of("", "1000", "0 400 1", "1000 0 1", "1000 400 0", "-5 400 1", "1000 400 1x",
                "1000 400 1 --profile slow", "1000 400 1 --sizes 5", "1000 400 1 --sizes 9:5", "1000 400 1 --sizes 0:5",
                "1000 400 1 --pressure 3", "1000 400 1 --pressure 512", "1000 400 1 --skip", "1000 400 1 --what 1",
                "99999999999999999999 400 1")) {
            String[] arguments = line.isEmpty() ? new String[0] : line.split(" ");
            Execution run = Execution.of(driver, arguments);
            assertEquals(1, run.status(), line);
            assertEquals("", run.output(), line);
            assertEquals(1, run.errors().lines().count(), line);
            assertTrue(run.errors().startsWith("random_mixed: "), run.errors());
        }
    }

    @Test
    void variantsAreFoundByName() {
        assertEquals(Variant.of(Change.E2), Variant.parse("e2"));
        assertEquals(Variant.parse("e2"), Variant.parse("baseline+E2"));
        assertEquals(Variant.BASELINE, Variant.parse("Baseline"));
        assertEquals(Variant.BASELINE, Variant.parse("e4-e4"));
        assertEquals(Variant.ALL, Variant.parse("baseline+e4+e3+e2+e1"));
        assertEquals("baseline+e1+e3", Variant.parse("all-e4-e2").id());
        for (Variant variant : Variant.named()) {
            assertEquals(variant, Variant.parse(variant.id()));
        }
        for (String name : List.of("e9", "baseline+", "", "baseline-baseline", "e1+", "+e1", "e1 e2")) {
            var unknown = assertThrows(AllocatorException.class, () -> Variant.parse(name), name);
            assertTrue(unknown.getMessage().contains("e1, e2, e3, e4"), unknown.getMessage());
        }
    }

    @Test
    void everyChangeIsAConstantOfOptionsHWithTheSameDefault() throws IOException {
        String options = Files.readString(Path.of(System.getProperty("cyclecast.home"), "allocator/src/main/c/options.h"));
        for (Change change : Change.values()) {
            String definition = "#define " + change.constant() + " " + (change.inBaseline() ? 1 : 0) + "\n";
            assertTrue(options.contains(definition), definition);
        }
    }

    @Test
    void aDriverThatPrintsSomethingElseIsAnError() {
        assertThrows(AllocatorException.class, () -> DriverResult.parse("ops: 5\n"));
        assertThrows(AllocatorException.class, () -> DriverResult.parse("""
                ops: many
                seconds: 1
                tsc_cycles_per_op: 1
                mallocs: 1
                frees: 1
                checksum: 0
                """));
    }

    private static void assertSameWork(DriverResult expected, DriverResult actual) {
        assertEquals(expected.checksum(), actual.checksum());
        assertEquals(expected.mallocs(), actual.mallocs());
        assertEquals(expected.frees(), actual.frees());
        assertEquals(actual.operations(), actual.mallocs() + actual.frees());
    }

    private static DriverResult run(Path driver, List<String> workload) throws IOException, InterruptedException {
        Execution run = Execution.of(driver, workload.toArray(String[]::new));
        assertEquals(0, run.status(), run.errors());
        return DriverResult.parse(run.output());
    }

    private static List<String> functionsByAddress(Path program) throws IOException, InterruptedException {
        Execution run = Execution.of(List.of("nm", "-n", program.toString()), Map.of("LC_ALL", "C"));
        assertEquals(0, run.status(), run.errors());
        return Arrays.stream(run.output().split("\n"))
                .map(line -> line.trim().split("\\s+"))
                .filter(words -> words.length == 3 && words[1].equalsIgnoreCase("t"))
                .map(words -> words[2])
                .collect(Collectors.toList());
    }
}
