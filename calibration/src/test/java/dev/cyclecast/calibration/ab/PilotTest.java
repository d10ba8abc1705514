package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PilotTest {
    @Test
    void separatesLayoutsFromBlocks() {
        // Within a layout, two values 0.02 apart: variance 2e-4. Means -0.01, 0 and 0.01: variance 1e-4, all of it noise.
        Pilot noise = Pilot.of(List.of(new double[] {-0.02, 0}, new double[] {-0.01, 0.01}, new double[] {0, 0.02}), 8, 64);
        assertEquals(100 * Math.sqrt(2e-4), noise.withinPercent(), 1e-9);
        assertEquals(0, noise.betweenPercent(), 1e-6);
        // Student's t of 7 degrees of freedom.
        assertEquals(100 * 2.364624 * Math.sqrt(2e-4 / 64), noise.detectablePercent(), 1e-5);
        Pilot layouts = Pilot.of(List.of(new double[] {-0.01, -0.01}, new double[] {0, 0}, new double[] {0.01, 0.01}), 16, 1000);
        assertEquals(1, layouts.betweenPercent(), 1e-9);
        assertEquals(100 * 2.131450 * 0.01 / 4, layouts.detectablePercent(), 1e-5);
    }

    @Test
    void oneLayoutSaysNothing() {
        Pilot pilot = Pilot.of(List.of(new double[] {0.1, 0.2}), 1, 100);
        assertNull(pilot.detectablePercent());
        assertTrue(pilot.text().contains("does not say"), pilot.text());
    }
}
