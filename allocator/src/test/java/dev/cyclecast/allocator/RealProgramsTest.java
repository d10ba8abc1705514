package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The allocator runs under programs that know nothing of it. */
class RealProgramsTest {
    @ParameterizedTest
    @CsvSource({"BASELINE, REFERENCE", "ALL, FREE"})
    void programsDoTheirWorkUnderPreload(Variant variant, Shape shape) throws Exception {
        Path library = Gcc.build().preload(variant, shape);
        assertUnchanged(library, List.of("ls", "-lR", "/usr/lib/gcc"));
        assertUnchanged(library, List.of("sh", "-c", "for i in 1 2 3; do ls / | sort -r | wc -c; done"));
        assertUnchanged(library, List.of("sort", "-k2", "/etc/passwd"));
    }

    @Test
    void gccCompilesTheAllocatorUnderTheAllocator(@TempDir Path folder) throws Exception {
        Path library = Gcc.build().preload(Variant.BASELINE, Shape.REFERENCE);
        Path source = Path.of(System.getProperty("cyclecast.home"), "allocator/src/main/c/stress.c");
        Path plain = folder.resolve("plain.s");
        Path preloaded = folder.resolve("preloaded.s");
        assertEquals(0, compile(source, plain, Map.of()).status());
        Execution run = compile(source, preloaded, Map.of("LD_PRELOAD", library.toString()));
        assertEquals(0, run.status(), run.errors());
        assertEquals(Files.readString(plain), Files.readString(preloaded));
    }

    @Test
    void pythonRunsUnderPreload() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed: apt-get install python3");
        Path library = Gcc.build().preload(Variant.BASELINE, Shape.REFERENCE);
        assertUnchanged(library, List.of("/usr/bin/python3", "-c",
                "import json,threading,subprocess\n"
                + "def work(): return [json.dumps({str(i): [i] * 50 for i in range(100)}) for _ in range(10)]\n"
                + "threads = [threading.Thread(target=work) for _ in range(8)]\n"
                + "[t.start() for t in threads]; [t.join() for t in threads]\n"
                + "print(subprocess.run(['true']).returncode, sum(len(str(x)) for x in range(50000)))"));
    }

    /** Gates are read from the environment: statistics count the classes, closed gates lead around the tiny front end. */
    @Test
    void theEnvironmentOpensAndClosesGates() throws Exception {
        Path driver = Gcc.build().driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT);
        List<String> command = List.of(driver.toString(), "5000", "100", "1");
        String expected = DriverResult.parse(Execution.of(command, Map.of()).output()).checksum();
        for (String setting : List.of("HAKMEM_FRONT_GATE_UNIFIED=0", "HAKMEM_WRAP_SHAPE=0", "HAKMEM_TINY_PROFILE=off",
                "HAKMEM_TINY_PROFILE=hot", "HAKMEM_TINY_C7_ULTRA_ENABLED=0", "HAKMEM_TINY_UNIFIED_CACHE=0",
                "HAKMEM_FREE_TINY_FAST_HOTCOLD=0", "HAKMEM_TINY_LARSON_FIX=1", "HAKMEM_LEARNER=1",
                "HAKMEM_TINY_METADATA_CACHE=1", "HAKMEM_FREE_STATIC_ROUTE=0", "HAKMEM_TINY_FRONT_V3_ENABLED=0",
                "HAKMEM_TINY_HEADER_FULL=0", "HAKMEM_TINY_C7_ULTRA_HEADER_LIGHT=1", "HAKMEM_ALLOC_GATE_SHAPE=1",
                "HAKMEM_TINY_ALLOC_ROUTE_SHAPE=0", "HAKMEM_TINY_PREFETCH=1", "HAKMEM_ALLOC_DUALHOT=1")) {
            String[] words = setting.split("=");
            for (Variant variant : List.of(Variant.BASELINE, Variant.ALL)) {
                Path program = Gcc.build().driver(variant, Shape.REFERENCE, Layout.DEFAULT);
                Execution run = Execution.of(List.of(program.toString(), "5000", "100", "1"), Map.of(words[0], words[1]));
                assertEquals(0, run.status(), () -> variant + " with " + setting + ": " + run.errors());
                assertEquals(expected, DriverResult.parse(run.output()).checksum(), setting);
            }
        }
    }

    @Test
    void theC7RouteIsLoggedOnceWhereAskedFor() throws Exception {
        Path driver = Gcc.build().driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT);
        Execution run = Execution.of(List.of(driver.toString(), "5000", "100", "1"),
                Map.of("HAKMEM_TINY_C7_ROUTE_LOGGING", "1", "HAKMEM_CLASS_STAT", "1"));
        assertEquals(1, run.errors().lines().filter(line -> line.contains("C7 takes route ULTRA")).count(), run.errors());
        assertTrue(run.errors().contains("tiny allocations by class: 0 "), run.errors());
    }

    private static Execution compile(Path source, Path target, Map<String, String> environment) throws Exception {
        return Execution.of(List.of("gcc", "-O2", "-S", "-o", target.toString(), source.toString()), environment);
    }

    private static void assertUnchanged(Path library, List<String> command) throws Exception {
        Execution plain = Execution.of(command, Map.of("LC_ALL", "C"));
        Execution preloaded = Execution.of(command, Map.of("LC_ALL", "C", "LD_PRELOAD", library.toString()));
        assertEquals(plain, preloaded);
        assertEquals(0, preloaded.status());
    }
}
