package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PrecisionRuleTest {
    private static GainEstimate of(double gain, double halfWidth) {
        return new GainEstimate(gain, gain - halfWidth, gain + halfWidth, 0.95, 8, 32);
    }

    @Test
    void smallExpectedGainsAskForHalfAPercent() {
        PrecisionRule rule = new PrecisionRule(0.4);
        assertEquals(0.5, rule.targetPercent(), 0);
        assertTrue(rule.satisfiedBy(of(0, 0.49)));
        assertFalse(rule.satisfiedBy(of(0, 0.51)));
    }

    @Test
    void largeExpectedGainsAskForAQuarterOfThem() {
        assertEquals(1, new PrecisionRule(-4).targetPercent(), 1e-12);
        assertTrue(new PrecisionRule(4).satisfiedBy(of(9, 0.99)));
    }

    @Test
    void theMeasuredGainDoesNotMatter() {
        PrecisionRule rule = new PrecisionRule(2);
        assertEquals(rule.satisfiedBy(of(0, 0.4)), rule.satisfiedBy(of(50, 0.4)));
        assertEquals(rule.satisfiedBy(of(0, 0.6)), rule.satisfiedBy(of(50, 0.6)));
    }
}
