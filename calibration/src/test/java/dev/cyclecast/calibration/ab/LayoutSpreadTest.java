package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;

class LayoutSpreadTest {
    private static final double[] A = {0, 0.02, -0.03, 0.01};
    private static final double[] B = {-0.05, -0.05, -0.06, 0.02};

    private static List<LayoutSpread> spread(double drift, double noise, int rounds) {
        Well19937c random = new Well19937c(3);
        double[][][] logTimes = new double[2][A.length][rounds];
        for (int l = 0; l < A.length; l++) {
            for (int r = 0; r < rounds; r++) {
                logTimes[0][l][r] = Math.log(40) + A[l] + drift * r + noise * random.nextGaussian();
                logTimes[1][l][r] = Math.log(40) + B[l] + drift * r + noise * random.nextGaussian();
            }
        }
        return LayoutSpread.of(List.of("a", "b"), logTimes);
    }

    @Test
    void driftOfTheMachineIsNoLayoutsDoing() {
        LayoutSpread a = spread(0.01, 0, 5).getFirst();
        assertEquals(0, a.noisePercent(), 1e-9);
        // Their mean is 0, their squares sum to 0.0014.
        assertEquals(100 * Math.sqrt(0.0014 / 3), a.spreadPercent(), 1e-9);
        assertEquals(2, a.fastest());
        assertEquals(1, a.slowest());
        assertEquals(100 * Math.expm1(-0.03), a.fastestPercent(), 1e-9);
        assertEquals(100 * Math.expm1(0.02), a.slowestPercent(), 1e-9);
        assertEquals(40 * Math.exp(0.01 * 2), a.nanoseconds(), 1e-9);
        assertNull(a.gainPercent());
    }

    @Test
    void gainsAreByLayout() {
        LayoutSpread b = spread(0, 0, 2).getLast();
        // 0.05, 0.07, 0.03 and -0.01.
        assertEquals(100 * Math.expm1(0.035), b.gainPercent(), 1e-9);
        assertEquals(100 * Math.expm1(-0.01), b.leastGainPercent(), 1e-9);
        assertEquals(100 * Math.expm1(0.07), b.mostGainPercent(), 1e-9);
    }

    @Test
    void noiseOfTheRunsIsTakenOut() {
        LayoutSpread noisy = spread(0, 0.05, 400).getFirst();
        assertEquals(100 * 0.05 / 20, noisy.noisePercent(), 0.02);
        assertEquals(100 * Math.sqrt(0.0014 / 3), noisy.spreadPercent(), 0.4);
    }
}
