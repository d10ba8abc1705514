package dev.cyclecast.calibration.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampledProfileTest {
    @Test
    void samplesAreCountedByFunction() {
        SampledProfile profile = SampledProfile.parse(List.of(
                "     7f31c4e6f0c0 do_lookup_x (/usr/lib/ld-linux-x86-64.so.2)", "",
                "     56418a3e7cc4 malloc (/some where/random_mixed)",
                "     56418a3e7cc8 malloc (/some where/random_mixed)",
                "     56418a3e7c00 operator new(unsigned long) (/usr/lib/libstdc++.so.6)",
                "     7ffd00000000 [unknown] ([vdso])"));
        assertEquals(Map.of("do_lookup_x", 1L, "malloc", 2L, "operator new(unsigned long)", 1L, "[[vdso]]", 1L),
                profile.samples());
        assertEquals(40, profile.percent("malloc"), 1e-12);
        assertEquals(0, profile.percent("free"), 0);
        assertEquals(100 * Math.sqrt(0.4 * 0.6 / 5), profile.standardError("malloc"), 1e-12);
    }

    @Test
    void whatIsNoProgramIsNamed() {
        CalibrationException e = assertThrows(CalibrationException.class, () -> SampledProfile.of(List.of("/no/such", "1")));
        assertTrue(e.getMessage().startsWith("/no/such: "), e.getMessage());
    }
}
