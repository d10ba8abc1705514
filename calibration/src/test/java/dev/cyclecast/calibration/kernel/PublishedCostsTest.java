package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.CoreProfile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PublishedCostsTest {
    @Test
    void everyFigureIsOfAKernelAndInOrder() {
        Set<String> kernels = Kernels.all().stream().map(Kernel::name).collect(Collectors.toSet());
        List<PublishedCosts.Figure> figures = PublishedCosts.figures();
        for (PublishedCosts.Figure f : figures) {
            assertTrue(kernels.contains(f.kernel()), f.kernel());
            assertTrue(f.low() <= f.high(), f.kernel());
        }
        assertEquals(figures.size(), new HashSet<>(figures.stream().map(f -> f.core() + f.kernel()).toList()).size());
        assertEquals(Set.copyOf(CoreProfile.names()),
                figures.stream().map(PublishedCosts.Figure::core).collect(Collectors.toSet()));
    }

    @Test
    void aMissIsTheDistanceFromTheRange() {
        assertEquals(-2, row(1).missCycles());
        assertEquals(0, row(3.5).missCycles());
        assertEquals(1, row(5).missCycles());
        assertTrue(row(4.3).holds());
        assertFalse(row(4.5).holds());
    }

    private static PublishedCosts.Row row(double modelled) {
        return new PublishedCosts.Row("k", "shows", "load", 3, 4, "H", modelled);
    }
}
