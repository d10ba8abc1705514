package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every variant in every shape and layout does the same work; the driver refuses bad arguments. */
class VariantsTest {
    private static final List<List<String>> WORKLOADS = List.of(
            List.of("30000", "400", "1"),
            List.of("30000", "400", "7", "--profile", "c6-heavy", "--skip", "1000"),
            List.of("10000", "50", "3", "--sizes", "1:6000", "--warmup", "100"),
            List.of("3000", "400", "1", "--pressure", "48"));
    /** What every variant is compared with, run once. */
    private static final Map<List<String>, DriverResult> SYSTEM_WORK = new ConcurrentHashMap<>();
    private static final Map<String, Execution> BASELINE_ROUTES = new ConcurrentHashMap<>();
    private static final Set<List<Change>> PAIRS = Arrays.stream(Change.values())
            .flatMap(first -> Arrays.stream(Change.values())
                    .filter(second -> first.compareTo(second) < 0)
                    .map(second -> List.of(first, second)))
            .collect(Collectors.toSet());

    @ParameterizedTest
    @MethodSource("dev.cyclecast.allocator.Variant#named")
    void everyVariantDoesTheWorkOfTheSystemAllocator(Variant variant) throws Exception {
        AllocatorBuild build = Gcc.build();
        atTheSameTime(List.of(Shape.values()), shape -> {
            Path driver = build.driver(variant, shape, Layout.DEFAULT);
            for (List<String> workload : WORKLOADS) {
                assertSameWork(workOfTheSystemAllocator(workload), run(driver, workload));
            }
        });
    }

    private static DriverResult workOfTheSystemAllocator(List<String> workload) throws Exception {
        DriverResult known = SYSTEM_WORK.get(workload);
        if (known == null) {
            known = run(Gcc.build().driverOnSystemAllocator(), workload);
            SYSTEM_WORK.put(workload, known);
        }
        return known;
    }

    /** One of several things that a test does, which may fail. */
    private interface Part<T> {
        void check(T subject) throws Exception;
    }

    /** Checks each subject, on all processors; fails if one does. */
    private static <T> void atTheSameTime(List<T> subjects, Part<T> part) {
        subjects.parallelStream().forEach(subject -> {
            try {
                part.check(subject);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void everyPairOfChangesCompiles() {
        AllocatorBuild build = Gcc.build();
        PAIRS.stream().parallel().forEach(pair -> {
            for (Shape shape : Shape.values()) {
                build.check(Variant.BASELINE.flipped(pair), shape);
            }
        });
    }

    /** In each of these variants most changes meet; every pair of them does in one at least. */
    @ParameterizedTest
    @MethodSource("crowdedVariants")
    void everyPairOfChangesWorksTogether(Variant variant) throws Exception {
        everyVariantDoesTheWorkOfTheSystemAllocator(variant);
    }

    static List<Variant> crowdedVariants() {
        var random = new Random(1);
        var missing = new HashSet<>(PAIRS);
        var variants = new ArrayList<Variant>();
        while (!missing.isEmpty()) {
            var changes = new ArrayList<>(List.of(Change.values()));
            Collections.shuffle(changes, random);
            List<Change> crowd = changes.subList(0, changes.size() * 3 / 4);
            if (missing.removeIf(crowd::containsAll)) {
                variants.add(Variant.BASELINE.flipped(crowd));
            }
        }
        variants.add(Variant.BASELINE.flipped(List.of(Change.values())));
        return variants;
    }

    @ParameterizedTest
    @EnumSource
    void everyChangeShowsInTheCodeOfBothShapes(Change change) throws Exception {
        Variant variant = Variant.of(change);
        for (Shape shape : Shape.values()) {
            assertNotEquals(code(Variant.BASELINE, shape), code(variant, shape));
        }
    }

    /** Whatever the environment says about routes, the same blocks come from the same front ends. */
    @ParameterizedTest
    @MethodSource("dev.cyclecast.allocator.Variant#named")
    void routesFollowTheEnvironmentInEveryVariant(Variant variant) throws Exception {
        atTheSameTime(List.of("HAKMEM_TINY_PROFILE=off", "HAKMEM_TINY_PROFILE=hot", "HAKMEM_TINY_PROFILE=full",
                "HAKMEM_TINY_C7_ULTRA_ENABLED=0", "HAKMEM_TINY_LARSON_FIX=1", "HAKMEM_TINY_STATIC_ROUTE=0",
                "HAKMEM_FREE_STATIC_ROUTE=0", "HAKMEM_TINY_ALLOC_ROUTE_SHAPE=0", "HAKMEM_ALLOC_GATE_SHAPE=0",
                "HAKMEM_ALLOC_GATE_SHAPE=1", "HAKMEM_FREE_TINY_FAST_HOTCOLD=0", "HAKMEM_TINY_METADATA_CACHE=1",
                "HAKMEM_LEARNER=1", "HAKMEM_TINY_HEADER_FULL=0", "HAKMEM_TINY_UNIFIED_CACHE=0"), setting -> {
            Execution expected = baselineWith(setting);
            Execution actual = runWith(setting, variant);
            assertEquals(0, actual.status(), () -> setting + ": " + actual.errors());
            assertEquals(DriverResult.parse(expected.output()).checksum(), DriverResult.parse(actual.output()).checksum(), setting);
            assertEquals(expected.errors(), actual.errors(), () -> setting + ": tiny blocks by class");
        });
    }

    private static Execution baselineWith(String setting) throws Exception {
        Execution known = BASELINE_ROUTES.get(setting);
        if (known == null) {
            known = runWith(setting, Variant.BASELINE);
            BASELINE_ROUTES.put(setting, known);
        }
        return known;
    }

    /** 31 blocks of 2 KiB fill a slab; a line in every second KiB is in one of two of the L1D's 64 sets. */
    @Test
    void colouringSpreadsTheHeadersOverTheSets() {
        assertEquals(2, setsOfHeaders(Variant.BASELINE));
        assertEquals(31, setsOfHeaders(Variant.of(Change.COLOUR)));
    }

    @Test
    void impossibleRequestsFailCleanly(@TempDir Path folder) throws Exception {
        Path source = Path.of(System.getProperty("cyclecast.home"), "allocator/src/test/c/impossible_requests.c");
        Path program = folder.resolve("impossible_requests");
        Execution compiled = Execution.of(List.of("gcc", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-fno-builtin",
                "-o", program.toString(), source.toString()), Map.of());
        assertEquals(0, compiled.status(), compiled.errors());
        for (Shape shape : Shape.values()) {
            for (Variant variant : List.of(Variant.BASELINE, Variant.BASELINE.flipped(List.of(Change.values())))) {
                Path library = Gcc.build().preload(variant, shape);
                Execution run = Execution.of(List.of(program.toString()), Map.of("LD_PRELOAD", library.toString()));
                assertEquals("", run.output() + run.errors());
                assertEquals(0, run.status());
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
    void someLayoutsOrderBlocksAnewAndAllAreDescribed() {
        List<Layout> layouts = IntStream.range(1, 40).mapToObj(Layout::of).toList();
        long reordered = layouts.stream().filter(l -> l.description().contains("-freorder-blocks-algorithm=simple")).count();
        assertTrue(reordered >= 5 && reordered <= 25, reordered + " of 39");
        for (Layout layout : layouts) {
            layout.compilerFlags().forEach(flag -> assertTrue(layout.description().contains(flag), layout.description()));
            assertTrue(layout.description().contains("environment +" + layout.environmentPaddingBytes() + " bytes"));
        }
    }

    @Test
    void plantedCyclesDoTheSameWork() throws Exception {
        AllocatorBuild build = Gcc.build();
        DriverResult expected = run(build.driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT), WORKLOADS.getFirst());
        Path planted = build.driverWithPlantedCycles(Layout.DEFAULT, 5);
        assertNotEquals(planted, build.driverWithPlantedCycles(Layout.DEFAULT, 6));
        assertSameWork(expected, run(planted, WORKLOADS.getFirst()));
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
    void changesMakeAndUnmakeFunctionsOfTheReferenceShape() throws Exception {
        assertTrue(functions("b2").containsAll(List.of("free_tiny_fast_cold_c4", "free_tiny_fast_cold_c5",
                "free_tiny_fast_cold_c6", "free_tiny_fast_cold_c7")));
        assertTrue(functions("e2").containsAll(List.of("tiny_alloc_gate_fast_c0", "malloc_tiny_fast_for_class_c7")));
        assertTrue(!functions("baseline-hotcold").contains("free_tiny_fast_cold"));
        assertTrue(!functions("inlineheader").contains("tiny_region_id_write_header"));
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

    private static long setsOfHeaders(Variant variant) {
        try (var allocator = new CompiledAllocator(variant.id(), Gcc.build().pipe(variant, Shape.REFERENCE, List.of()))) {
            List<Operation> mallocs = IntStream.range(0, 31).mapToObj(block -> new Operation(0, Call.MALLOC, block, 2047, 0)).toList();
            return allocator.run(new Sequence(List.of(), mallocs)).answers().stream()
                    .mapToLong(made -> {
                        assertEquals(2047, made.usable());
                        return (made.address() - 1) / 64 % 64;
                    })
                    .distinct()
                    .count();
        }
    }

    private static Execution runWith(String setting, Variant variant) throws IOException, InterruptedException {
        Path driver = Gcc.build().driver(variant, Shape.REFERENCE, Layout.DEFAULT);
        String[] words = setting.split("=");
        return Execution.of(List.of(driver.toString(), "5000", "100", "1", "--sizes", "1:3000"),
                Map.of(words[0], words[1], "HAKMEM_CLASS_STAT", "1"));
    }

    private static String code(Variant variant, Shape shape) throws IOException, InterruptedException {
        Path driver = Gcc.build().driver(variant, shape, Layout.DEFAULT);
        Execution run = Execution.of(List.of("objdump", "-d", "--no-show-raw-insn", driver.toString()), Map.of("LC_ALL", "C"));
        assertEquals(0, run.status(), run.errors());
        return run.output().lines().skip(2).collect(Collectors.joining("\n")); // the first line names the file
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

    private static Set<String> functions(String variant) throws IOException, InterruptedException {
        return Set.copyOf(functionsByAddress(Gcc.build().driver(Variant.parse(variant), Shape.REFERENCE, Layout.DEFAULT)));
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
