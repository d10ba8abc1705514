package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every workload does the same work on every allocator, notices damage, and refuses bad arguments. */
class WorkloadsTest {
    private static final String OPERATIONS = """
            7: malloc 0x10 100
            7: calloc 0x20 3 40
            8: memalign 0x40 64 200 1000 1001
            7: realloc 0x30 0x10 300
            8: realloc 0x10 0x0 5
            8: realloc 0x10 0x10 2
            7: malloc 0x50 0
            7: free 0x0
            7: free 0x30
            8: realloc 0x0 0x10 0
            8: thread_done 0x0 1002
            7: malloc 0x30 70000
            7: malloc 0x60 17
            7: malloc 0x70 33
            7: malloc 0x80 49
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Workload.class)
    void theWorkIsTheSameOnEveryAllocator(Workload workload) throws Exception {
        AllocatorBuild build = Gcc.build();
        Path reference = build.driverOnSystemAllocator(workload);
        for (List<String> options : optionsOf(workload)) {
            DriverResult expected = run(reference, workload, 20_001, options);
            assertEquals(20_001, calls(expected), () -> "calls of " + workload);
            for (Variant variant : Variant.named()) {
                for (Shape shape : Shape.values()) {
                    DriverResult actual = run(build.driver(variant, shape, Layout.DEFAULT, workload), workload, 20_001, options);
                    assertEquals(work(expected), work(actual), () -> variant + " " + shape + " " + options);
                }
            }
        }
    }

    /** Skipped and warm-up operations come first, and are not counted; the seed and the options decide the work. */
    @ParameterizedTest
    @EnumSource(Workload.class)
    void theArgumentsDecideTheWork(Workload workload) throws Exception {
        Path driver = Gcc.build().driverOnSystemAllocator(workload);
        List<String> options = optionsOf(workload).getFirst();
        DriverResult whole = run(driver, workload, 5000, with(options, "--warmup", "0"));
        DriverResult parts = run(driver, workload, 3000, with(options, "--skip", "1500", "--warmup", "500"));
        assertEquals(whole.checksum(), parts.checksum());
        assertEquals(3000, calls(parts));
        List<String> arguments = new ArrayList<>(workload.arguments(5000));
        arguments.set(2, "2");
        arguments.addAll(with(options, "--warmup", "0"));
        DriverResult otherSeed = DriverResult.parse(succeed(driver, Map.of(), arguments).output());
        // Replay's operations are the file's, whatever the seed.
        if (workload != Workload.REPLAY) {
            assertNotEquals(whole.checksum(), otherSeed.checksum());
        }
    }

    /** Laps do the same work, and print one time each; what is left over belongs to none. */
    @ParameterizedTest
    @EnumSource(Workload.class)
    void lapsDoTheSameWork(Workload workload) throws Exception {
        String output = outputInParts(workload, "--lap", "50");
        String ticks = output.lines().filter(line -> line.startsWith("lap_ticks: ")).findFirst().orElseThrow();
        assertTrue(ticks.matches("lap_ticks:( [1-9]\\d*){20}"), ticks);
    }

    /** Slices do the same work; between them clock and core are probed, and before the first. */
    @ParameterizedTest
    @EnumSource(Workload.class)
    void slicesDoTheSameWork(Workload workload) throws Exception {
        String output = outputInParts(workload, "--slice", "100");
        assertTrue(output.matches("(?s).*\nchain_cycles: 1024\nslice_ticks:( [1-9]\\d*){10}\nchain_ticks:( [1-9]\\d*){11}\n"
                + "beside_ticks:( [1-9]\\d*){10}\n"), output);
    }

    /** What a driver prints that does 1029 operations in parts, which is the same work as without parts. */
    private String outputInParts(Workload workload, String option, String operations) throws Exception {
        Path driver = Gcc.build().driverOnSystemAllocator(workload);
        List<String> options = optionsOf(workload).getFirst();
        List<String> arguments = new ArrayList<>(workload.arguments(1029));
        arguments.addAll(with(options, option, operations));
        String output = succeed(driver, Map.of(), arguments).output();
        assertEquals(work(run(driver, workload, 1029, options)), work(DriverResult.parse(output)));
        return output;
    }

    @Test
    void onlyWhatAWorkloadCallsIsCounted() throws Exception {
        DriverResult result = run(Gcc.build().driverOnSystemAllocator(Workload.REALLOC), Workload.REALLOC, 20_000, List.of());
        assertTrue(result.reallocs() > 10 * result.mallocs() && result.mallocs() > 0, result.toString());
        DriverResult mixed = run(Gcc.build().driverOnSystemAllocator(), Workload.MIXED, 20_000, List.of());
        assertEquals(0, mixed.reallocs() + mixed.callocs() + mixed.memaligns());
    }

    /** A malloc that hands out each address twice is noticed by every workload. */
    @ParameterizedTest
    @EnumSource(Workload.class)
    void damagedBlocksAreNoticed(Workload workload) throws Exception {
        Path driver = Gcc.build().driverOnSystemAllocator(workload);
        Path wrong = folder.resolve("overlapping.so");
        Path source = Path.of(System.getProperty("cyclecast.home"), "allocator/src/test/c/overlapping_malloc.c");
        assertEquals(0, Execution.of(List.of("gcc", "-O1", "-fno-builtin", "-shared", "-fPIC", "-o", wrong.toString(),
                source.toString()), Map.of()).status());
        List<String> command = new ArrayList<>(List.of(driver.toString()));
        command.addAll(workload.arguments(20_000));
        command.addAll(optionsOf(workload).getFirst());
        Execution run = Execution.of(command, Map.of("LD_PRELOAD", wrong.toString()));
        assertEquals(1, run.status(), run.toString());
        assertEquals("", run.output());
        assertTrue(run.errors().matches(workload.program() + ": the block of slot \\d+ was overwritten\n"), run.errors());
    }

    /** Where blocks overlap by 16 bytes, drivers that stamp both ends notice it, at the size that leaves the headers whole. */
    @Test
    void blocksThatOverlapAtTheirEndsAreNoticed() throws Exception {
        AllocatorBuild build = Gcc.build();
        Path trace = Files.writeString(folder.resolve("t.txt"), Stream.iterate(1, i -> i + 1).limit(200)
                .map(i -> "1: malloc 0x%x 49\n".formatted(i)).collect(Collectors.joining()));
        Map<Workload, List<String>> options = Map.of(Workload.TINY_HOT, List.of("--size", "49"), Workload.LARSON,
                List.of("--sizes", "49:49"), Workload.REPLAY, List.of("--trace", trace.toString()));
        for (Workload workload : options.keySet()) {
            Path driver = build.driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT, workload, List.of("-DHAK_PLANTED_BUG=HAK_BUG_OVERLAP"));
            List<String> command = new ArrayList<>(List.of(driver.toString()));
            command.addAll(workload.arguments(20_000));
            command.addAll(options.get(workload));
            Execution run = Execution.of(command, Map.of());
            assertEquals(1, run.status(), run.toString());
            assertTrue(run.errors().contains("was overwritten"), run.errors());
        }
    }

    @ParameterizedTest
    @EnumSource(Workload.class)
    void badArgumentsAreOneLineAndStatusOne(Workload workload) throws Exception {
        Path driver = Gcc.build().driverOnSystemAllocator(workload);
        Set<String> lines = new TreeSet<>(Set.of("", "1000", "1000 400", "0 400 1", "1000 0 1", "1000 400 0", "-5 400 1",
                "1000 400 1x", "1000 400 1 --pressure 3", "1000 400 1 --pressure 512", "1000 400 1 --pressure", "1000 400 1 --what 1",
                "1000 99999999999 1", "99999999999999999999 400 1"));
        lines.addAll(switch (workload) {
            case MIXED, C6_HEAVY, SINGLE -> Set.of("1000 400 1 --profile slow", "1000 400 1 --sizes 9:5", "1000 400 1 --sizes 0:5");
            case TINY_HOT -> Set.of("1000 400 1 --size 0", "1000 400 1 --size 1:2", "1000 400 1 --size 99999999999");
            case LARSON -> Set.of("1000 400 1 --threads 0", "1000 400 1 --threads 1000", "1000 400 1 --sizes 7:9",
                    "1000 400 1 --rounds 0");
            case REALLOC -> Set.of("1000 400 1 --sizes 5", "1000 400 1 --sizes 5:x");
            case REPLAY -> Set.of("1000 400 1", "1000 400 1 --trace");
        });
        for (String line : lines) {
            Execution run = Execution.of(driver, line.isEmpty() ? new String[0] : line.split(" "));
            assertEquals(1, run.status(), line);
            assertEquals("", run.output(), line);
            assertEquals(1, run.errors().lines().count(), line);
            assertTrue(run.errors().startsWith(workload.program() + ": "), run.errors());
        }
    }

    @Test
    void workloadsAreFoundByName() {
        for (Workload workload : Workload.values()) {
            assertEquals(workload, Workload.parse(workload.id()));
            assertEquals(workload, Workload.parse(workload.id().toUpperCase(Locale.ROOT)));
        }
        for (String name : List.of("", "mixed2", "c6_heavy", "random_mixed")) {
            var unknown = assertThrows(AllocatorException.class, () -> Workload.parse(name), name);
            assertTrue(unknown.getMessage().contains("mixed, c6-heavy, single, tiny-hot, larson, realloc, replay"),
                    unknown.getMessage());
        }
    }

    /** What to run the workload with; the first is what it needs at least. */
    private List<List<String>> optionsOf(Workload workload) throws Exception {
        if (workload == Workload.REPLAY) {
            Path trace = Files.writeString(folder.resolve("operations.txt"), OPERATIONS);
            List<String> needed = List.of("--trace", trace.toString());
            return List.of(needed, with(needed, "--pressure", "4"));
        }
        return switch (workload) {
            case LARSON -> List.of(List.of(), List.of("--pressure", "4"), List.of("--sizes", "8:8", "--rounds", "1"),
                    List.of("--threads", "3", "--rounds", "2", "--pressure", "2"));
            case TINY_HOT -> List.of(List.of(), List.of("--pressure", "4"), List.of("--size", "1"), List.of("--size", "3000"));
            case REALLOC -> List.of(List.of(), List.of("--pressure", "4"), List.of("--sizes", "1:5000"));
            default -> List.of(List.of(), List.of("--pressure", "4"));
        };
    }

    private static List<String> with(List<String> options, String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return all;
    }

    private static DriverResult run(Path driver, Workload workload, long operations, List<String> options) throws Exception {
        List<String> arguments = new ArrayList<>(workload.arguments(operations));
        arguments.addAll(options);
        return DriverResult.parse(succeed(driver, Map.of(), arguments).output());
    }

    private static Execution succeed(Path program, Map<String, String> environment, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        Execution run = Execution.of(command, environment);
        assertEquals(0, run.status(), run.errors());
        return run;
    }

    private static List<Object> work(DriverResult result) {
        return List.of(result.operations(), result.mallocs(), result.frees(), result.callocs(), result.reallocs(),
                result.memaligns(), result.checksum());
    }

    private static long calls(DriverResult result) {
        return result.mallocs() + result.frees() + result.callocs() + result.reallocs() + result.memaligns();
    }
}
