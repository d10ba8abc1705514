package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.model.Cause;
import dev.cyclecast.trace.TraceReader;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SitesTest {
    @Test
    void theLargestChangesComeFirstWithTheirSign() {
        double[] cycles = new double[Cause.values().length];
        cycles[Cause.BTB.ordinal()] = -0.5;
        cycles[Cause.DISPATCH.ordinal()] = 0.25;
        cycles[Cause.L1D.ordinal()] = 0.001;
        assertEquals("btb -0.50 dispatch +0.25", Sites.largest(cycles, 3, "%+.2f"));
        assertEquals("btb -0.50", Sites.largest(cycles, 1, "%+.2f"));
        assertEquals(Map.of("btb", -0.5, "dispatch", 0.25, "l1d", 0.001), Sites.byCause(cycles));
    }

    @Test
    void aPlaceIsFunctionAndOffset(@TempDir Path folder) {
        try (TraceReader trace = TraceReader.open(SampleTrace.write(folder.resolve("t.cct"), 1))) {
            assertEquals("loop+0", Sites.place(trace.image(), 0));
            assertEquals("loop", Sites.symbolAt(trace.image(), trace.image().instructions().getFirst().address()));
            assertEquals("", Sites.symbolAt(trace.image(), 0x1000));
            assertEquals("loop+18", Sites.place(trace.image(), SampleTrace.ADDS));
        }
    }
}
