package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoldOutTest {
    private static final List<Kernel> ALL = Kernels.all();

    private static double[] measured() {
        double[] measured = new double[ALL.size()];
        Arrays.fill(measured, 1);
        return measured;
    }

    @Test
    void everySettingIsShownByAKernelThatStays() {
        List<Integer> held = HoldOut.of(ALL, measured());
        Set<Setting> shown = new HashSet<>();
        Set<Setting> left = new HashSet<>();
        for (int k = 0; k < ALL.size(); k++) {
            shown.addAll(ALL.get(k).settings());
            if (!held.contains(k)) {
                left.addAll(ALL.get(k).settings());
            }
        }
        assertEquals(shown, left);
        assertTrue(3 * held.size() <= ALL.size() && 5 * held.size() >= ALL.size(), held.size() + " of " + ALL.size());
        assertEquals(held.size(), new HashSet<>(held).size());
    }

    @Test
    void whatWasNotMeasuredIsNeitherHeldOutNorStandsIn() {
        double[] measured = measured();
        List<Kernel> loads = ALL.stream().filter(k -> k.group().equals("load")).toList();
        List<Integer> without = new ArrayList<>();
        for (int k = 0; k < measured.length; k++) {
            if (!loads.contains(ALL.get(k))) {
                measured[k] = Double.NaN;
                without.add(k);
            }
        }
        List<Integer> held = HoldOut.of(ALL, measured);
        assertTrue(!held.isEmpty() && held.stream().noneMatch(without::contains));
    }
}
