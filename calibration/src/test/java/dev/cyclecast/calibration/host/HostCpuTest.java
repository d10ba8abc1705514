package dev.cyclecast.calibration.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostCpuTest {
    private static HostCpu cpu(String vendor, int family, int model) {
        return new HostCpu(vendor, family, model, 1, "name", 2);
    }

    @Test
    void readsTheFirstCpuAndCountsAll() {
        HostCpu cpu = HostCpu.parse(List.of("processor\t: 0", "vendor_id\t: AuthenticAMD", "cpu family\t: 26", "model\t\t: 2",
                "model name\t: AMD EPYC 9555: test", "stepping\t: 1", "", "processor\t: 1", "vendor_id\t: Other", "model\t\t: 9"));
        assertEquals(new HostCpu("AuthenticAMD", 26, 2, 1, "AMD EPYC 9555: test", 2), cpu);
        assertTrue(cpu.core().exact());
        assertEquals("zen5", cpu.core().core());
    }

    @Test
    void readsACpuinfoWithoutX86Fields() {
        HostCpu cpu = HostCpu.parse(List.of("processor\t: 0", "BogoMIPS\t: 50.00", "CPU implementer\t: 0x41"));
        assertEquals(new HostCpu("unknown", -1, -1, -1, "unknown CPU", 1), cpu);
        assertFalse(cpu.core().exact());
    }

    /** Part numbers named in AMD's documents, one per generation and range end. */
    @ParameterizedTest
    @CsvSource({"25,1,zen3", "25,8,zen3", "25,33,zen3", "25,68,zen3", "25,80,zen3", "25,15,zen3", "25,16,zen4", "25,17,zen4",
            "25,24,zen4", "25,97,zen4", "25,116,zen4", "25,160,zen4", "25,175,zen4", "26,2,zen5", "26,17,zen5", "26,36,zen5",
            "26,68,zen5", "26,96,zen5", "26,112,zen5"})
    void listedCoresAreExact(int family, int model, String core) {
        CoreMatch match = cpu("AuthenticAMD", family, model).core();
        assertEquals(core, match.core());
        assertTrue(match.exact());
    }

    @ParameterizedTest
    @CsvSource({"AuthenticAMD,23,49,zen3", "AuthenticAMD,25,200,zen4", "AuthenticAMD,26,80,zen5", "AuthenticAMD,26,128,zen5",
            "AuthenticAMD,30,1,zen5", "GenuineIntel,6,106,zen4", "unknown,-1,-1,zen4", "GenuineIntel,25,17,zen4"})
    void otherCoresGetTheNearestAndSaySo(String vendor, int family, int model, String core) {
        CoreMatch match = cpu(vendor, family, model).core();
        assertEquals(core, match.core());
        assertFalse(match.exact());
        assertTrue(match.reason().contains("measurement and forecast are of different machines"), match.reason());
    }

    @Test
    void thisMachineHasACpu() {
        assertTrue(HostCpu.detect().cpus() >= 1);
    }
}
