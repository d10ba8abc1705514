package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.cyclecast.calibration.ab.Pinning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters as a made-up perf prints them. */
class PerfStatTest {
    private static final Pinning ANYWHERE = new Pinning(-1, "not pinned");
    private static final Kernel ADD = Kernels.all().stream().filter(k -> k.name().equals("latency-add")).findFirst().orElseThrow();
    private static final Kernel GATE = Kernels.all().stream().filter(k -> k.name().equals("tls-gate-fused")).findFirst().orElseThrow();

    @TempDir
    Path folder;

    private String perf(String script) throws IOException {
        Path perf = folder.resolve("perf");
        Files.writeString(perf, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(perf, PosixFilePermissions.fromString("rwxr-xr-x"));
        return perf.toString();
    }

    /** A machine that runs any program in a thousand cycles, and a kernel in 64 more for each iteration, 80 where it is large. */
    private static final String COUNTING = """
            while [ "$1" != -- ]; do shift; done
            n=0
            each=64
            if [ "$3" = count ]; then n=$6; fi
            if [ "$4" = large ]; then each=80; fi
            echo "$((1000 + each * n)),,cycles:u,100,100.00,,"
            echo "$((500 + 2 * each * n)),,instructions:u,100,100.00,,"
            echo "$((7 + n / 8)),,branch-misses:u,100,100.00,,"
            """;

    @Test
    void whatAUnitCountsIsTheDifferenceOfTwoRuns() throws IOException {
        PerfStat.Detected detected = PerfStat.detect(perf(COUNTING), ANYWHERE);
        assertNotNull(detected.perf(), detected.why());
        PerfStat.Counts counts = detected.perf().of(ADD, Path.of("program"), new double[] {64});
        assertEquals(1, counts.cycles(), 1e-9);
        assertEquals(2, counts.instructions(), 1e-9);
        assertEquals(1.0 / 8 / 64, counts.branchMisses(), 1e-4);
        // Of a marginal kernel, a unit is what the larger size has more.
        double units = GATE.large().units() - GATE.small().units();
        assertEquals(16 / units, detected.perf().of(GATE, Path.of("program"), new double[] {64, 80}).cycles(), 1e-9);
    }

    @Test
    void aMachineThatDoesNotCountSaysSo() throws IOException {
        assertEquals("perf stat counts nothing here",
                PerfStat.detect(perf("echo '<not supported>,,cycles:u,0,100.00,,'\n"), ANYWHERE).why());
        assertEquals("perf stat counts nothing here", PerfStat.detect(perf("exit 1\n"), ANYWHERE).why());
        assertEquals("perf cannot be run", PerfStat.detect(folder.resolve("missing").toString(), ANYWHERE).why());
    }

    @Test
    void aRunThatIsNotCountedGivesNothing() throws IOException {
        PerfStat perf = PerfStat.detect(perf(COUNTING.replace("n=$6", "exit 3")), ANYWHERE).perf();
        assertNull(perf.of(ADD, Path.of("program"), new double[] {64}));
        assertEquals(Map.of("cycles:u", 12.0), PerfStat.parse("12,,cycles:u,1,1\nnoise\n<not counted>,,instructions:u,0,0\n,,,\n"));
    }
}
