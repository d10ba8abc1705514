package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class HodgesLehmannTest {
    private final HodgesLehmann location = new HodgesLehmann();

    @Test
    void isTheMedianOfPairwiseMeans() {
        // Means of pairs: 1, 1.5, 2, 3.5, 2, 2.5, 4, 3, 4.5, 6; their median is 2.75.
        assertEquals(2.75, location.of(new double[] {1, 2, 3, 6}), 1e-12);
    }

    @Test
    void isTheValueOfASingleSample() {
        assertEquals(-4.5, location.of(new double[] {-4.5}), 0);
    }

    @Test
    void doesNotFollowOneWildValue() {
        double[] calm = {0.010, 0.011, 0.009, 0.010, 0.012, 0.008, 0.010, 0.011};
        double[] hit = calm.clone();
        hit[3] = 25;
        assertEquals(location.of(calm), location.of(hit), 0.002);
    }

    @Test
    void moveWithTheData() {
        double[] values = {3, 1, 4, 1, 5, 9, 2, 6};
        double[] moved = java.util.Arrays.stream(values).map(v -> 2 * v + 7).toArray();
        assertEquals(2 * location.of(values) + 7, location.of(moved), 1e-12);
    }

    @Test
    void usesOnlyTheCountedValues() {
        location.of(new double[] {100, 200, 300, 400, 500});
        assertEquals(1.5, location.of(new double[] {1, 2, 1000}, 2), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> location.of(new double[] {1}, 0));
    }
}
