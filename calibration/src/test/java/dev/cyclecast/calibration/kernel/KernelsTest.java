package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.model.CoreProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KernelsTest {
    private static final List<Kernel> ALL = Kernels.all();
    private static KernelBuild build;

    @BeforeAll
    static void compiler() {
        build = new KernelBuild(Path.of(System.getProperty("cyclecast.home"), "build/kernels"));
    }

    @Test
    void thereAreAtLeastEightyKernelsWithNamesOfTheirOwn() {
        assertTrue(ALL.size() >= 80, ALL.size() + " kernels");
        assertEquals(ALL.size(), ALL.stream().map(Kernel::name).collect(Collectors.toSet()).size());
    }

    @Test
    void aFewKernelsShowAsManySettings() {
        List<Kernel> light = ALL.stream().filter(Kernel::light).toList();
        List<Kernel> few = Kernels.informative(light);
        assertTrue(3 * few.size() <= 2 * light.size(), few.size() + " of " + light.size());
        assertEquals(light.stream().flatMap(k -> k.settings().stream()).collect(Collectors.toSet()),
                few.stream().flatMap(k -> k.settings().stream()).collect(Collectors.toSet()));
    }

    @Test
    void everyGroupHasKernels() {
        Set<String> groups = ALL.stream().map(Kernel::group).collect(Collectors.toSet());
        assertEquals(new HashSet<>(Kernels.groups()), groups);
    }

    @Test
    void noParameterIsLeftOpenAndBothSizesDiffer() {
        for (Kernel kernel : ALL) {
            assertFalse(kernel.sizes().stream().anyMatch(s -> (s.before() + s.body() + s.outside()).matches("(?s).*[{}].*")), kernel.name());
            if (kernel.large() != null) {
                assertTrue(kernel.large().units() > kernel.small().units(), kernel.name());
                assertFalse(kernel.large().body().equals(kernel.small().body()), kernel.name());
            }
        }
    }

    @Test
    void everyKernelAssembles() {
        for (Kernel kernel : ALL) {
            assertTrue(Files.isExecutable(build.program(kernel)), kernel.name());
        }
    }

    @Test
    void everyKernelRunsNatively() {
        // A slice of few ticks: that it runs and prints what is expected, not how fast it is.
        KernelTimer timer = new KernelTimer(Pinning.detect(), 1, 1);
        for (Kernel kernel : ALL) {
            for (int size = 0; size < kernel.sizes().size(); size++) {
                timer.time(build.program(kernel), size, OwnCore.of(List.of()));
            }
        }
    }

    /** One of each description: its other values differ in a number or an instruction. */
    @Test
    void kernelsAreRecordedAndReplayNotBelowTheirBound() {
        List<String> below = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Kernel kernel : ALL) {
            if (kernel.light() && seen.add(kernel.observes() + kernel.group())) {
                try (KernelReplay replay = new KernelReplay(kernel, build.program(kernel))) {
                    for (String core : CoreProfile.names()) {
                        double cost = replay.cost(CoreProfile.load(core));
                        if (!(cost >= kernel.bound()) && !kernel.marginal()) {
                            below.add("%s on %s: %.3f < %.3f".formatted(kernel.name(), core, cost, kernel.bound()));
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), below);
    }
}
