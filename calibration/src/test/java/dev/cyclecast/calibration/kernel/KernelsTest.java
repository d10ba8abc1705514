package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KernelsTest {
    private static final List<Kernel> ALL = Kernels.all();

    @Test
    void thereAreAtLeastEightyKernelsWithNamesOfTheirOwn() {
        assertTrue(ALL.size() >= 80, ALL.size() + " kernels");
        assertEquals(ALL.size(), ALL.stream().map(Kernel::name).collect(Collectors.toSet()).size());
    }

    @Test
    void everyGroupHasKernels() {
        Set<String> groups = ALL.stream().map(Kernel::group).collect(Collectors.toSet());
        assertEquals(new HashSet<>(Kernels.groups()), groups);
    }

    @Test
    void noParameterIsLeftOpen() {
        for (Kernel kernel : ALL) {
            assertFalse(kernel.sizes().stream().anyMatch(s -> (s.before() + s.body() + s.outside()).matches("(?s).*[{}].*")), kernel.name());
        }
    }

    @Test
    void everyKernelAssembles() throws Exception {
        KernelBuild build = new KernelBuild(Path.of(System.getProperty("cyclecast.home"), "build/kernels"));
        for (Kernel kernel : ALL) {
            assertTrue(Files.isExecutable(build.program(kernel)), kernel.name());
        }
    }
}
