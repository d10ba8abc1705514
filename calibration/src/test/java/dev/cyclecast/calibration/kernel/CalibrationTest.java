package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole calibrations of few kernels, on the machine that runs the tests. */
class CalibrationTest {
    private static final Set<String> NAMES = Set.of("latency-add", "load-to-use-base", "not-taken-fused");
    private static final List<Kernel> KERNELS = Kernels.all().stream().filter(k -> NAMES.contains(k.name())).toList();
    private static final HostCpu CPU = new HostCpu("GenuineIntel", 6, 106, 6, "a CPU of another kind", 2);

    /** A first level that is larger than the second makes no sense. */
    private static final Map<Constant, Integer> FACTS = Map.of(Constant.L2_KIB, 2048, Constant.L2_WAYS, 16, Constant.L1D_KIB, 4096,
            Constant.L1D_WAYS, 16, Constant.L3_KIB, 1024, Constant.L3_WAYS, 16, Constant.DTLB_L1_ENTRIES, 96);

    private static HostCalibration calibrate(Path home, HostCpu cpu) {
        Calibration.Settings settings = new Calibration.Settings(home, Duration.ofMinutes(5), 5, 2000, 1, 2, true, null, FACTS);
        return new Calibration(settings, KERNELS, cpu, Pinning.detect(), InstantSource.fixed(Instant.EPOCH), text -> { }).run();
    }

    @Test
    void aCalibrationWritesAProfileThatLoads(@TempDir Path home) throws Exception {
        HostCalibration result = calibrate(home, CPU);
        assertEquals(NAMES.size(), result.kernels().size());
        assertFalse(result.exact());
        assertTrue(result.notes().getFirst().contains("not a Zen core"), result.notes().toString());
        Path file = home.resolve("build/calibration/host.json");
        CoreProfile profile = CoreProfile.load(file.toString());
        assertEquals("host", profile.name());
        for (FittedSetting s : result.settings()) {
            assertEquals(s.value(), s.setting().get(profile), s.setting().name());
            if (s.setting() instanceof Setting.OfConstant c) {
                CoreProfile.Value value = profile.constants().get(c.constant());
                assertEquals(s.low(), value.low());
                assertEquals(s.high(), value.high());
                assertEquals(s.known() ? 'A' : CoreProfile.load("zen4").constants().get(c.constant()).confidence(), value.confidence());
            }
        }
        assertEquals(List.of(2048, 16, 96), List.of(profile.get(Constant.L2_KIB), profile.get(Constant.L2_WAYS),
                profile.get(Constant.DTLB_L1_ENTRIES)));
        assertEquals("cpuid", profile.constants().get(Constant.DTLB_L1_ENTRIES).source());
        assertTrue(result.notes().contains("this host does not state, or not so that it makes sense, l1iKib, l1iWays, l1dKib, l1dWays, l3Kib,"
                + " l3Ways, itlbL1Entries, itlbL2Entries, dtlbL2Entries, dtlbL2Ways: fitted as far as kernels show it, else as in zen4"),
                result.notes().toString());
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertEquals(NAMES.size(), root.path("kernels").size());
        assertEquals("a CPU of another kind", root.path("cpu").path("modelName").asText());
        assertEquals(Instant.EPOCH.toString(), root.path("date").asText());
        assertTrue(Files.exists(home.resolve("build/calibration/measured.jsonl")));
        assertFalse(Files.exists(home.resolve("build/calibration/timings.jsonl")));
    }

    @Test
    void whatAnInterruptedCalibrationTimedIsNotTimedAgain(@TempDir Path home) {
        KernelBuild build = new KernelBuild(home.resolve("build/kernels"));
        Kernel add = KERNELS.stream().filter(k -> k.name().equals("latency-add")).findFirst().orElseThrow();
        try (MeasurementLog log = new MeasurementLog(home.resolve("build/calibration/timings.jsonl"),
                "a CPU of another kind, family 6, model 106, stepping 6")) {
            log.append(build.program(add), 0, new Timing(List.of(64 * 77.0, 64 * 77.0, 64 * 77.0), 0, 0.8));
        }
        HostCalibration result = calibrate(home, CPU);
        assertEquals(77, result.kernels().stream().filter(k -> k.kernel().equals("latency-add")).findFirst().orElseThrow().measured());
        assertTrue(result.notes().stream().anyMatch(n -> n.startsWith("1 timings were taken up")), result.notes().toString());
    }

    @Test
    void aProgramThatFailsIsNamed(@TempDir Path home) throws Exception {
        KernelBuild build = new KernelBuild(home.resolve("build/kernels"));
        Path program = build.program(KERNELS.getFirst());
        KernelTimer timer = new KernelTimer(Pinning.detect(), 3, 1000);
        Files.writeString(program, "#!/bin/sh\necho broken\nexit 3\n");
        assertNull(timer.time(program, 0, OwnCore.of(List.of())));
        Files.writeString(program, "#!/bin/sh\nexit 4\n");
        assertNull(timer.time(program, 1, OwnCore.of(List.of())));
        String message = timer.failures().get(program).getMessage();
        assertTrue(message.contains(program + ": ended with exit code 3: broken"), message);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed(@TempDir Path home) throws Exception {
        Files.createDirectories(home.resolve("build"));
        Files.writeString(home.resolve("build/calibration"), "in the way");
        var e = assertThrows(CalibrationException.class, () -> calibrate(home, CPU));
        assertTrue(e.getMessage().contains("build/calibration/timings.jsonl: timings cannot be kept"), e.getMessage());
    }

    @Test
    void aDamagedHostProfileIsNamedWithItsPath(@TempDir Path home) throws Exception {
        calibrate(home, CPU);
        Path file = home.resolve("build/calibration/host.json");
        ObjectMapper json = new ObjectMapper();
        JsonNode root = json.readTree(file.toFile());
        ((com.fasterxml.jackson.databind.node.ObjectNode) root.path("constants").path(Constant.L1D_LATENCY.key())).put("value", 999);
        json.writeValue(file.toFile(), root);
        var e = assertThrows(ModelException.class, () -> CoreProfile.load(file.toString()));
        assertTrue(e.getMessage().contains("host.json: /constants/l1dLatency/value: 999"), e.getMessage());
        Files.writeString(file, Files.readString(file).substring(0, 100));
        assertThrows(ModelException.class, () -> CoreProfile.load(file.toString()));
    }
}
