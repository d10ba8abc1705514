package dev.cyclecast.calibration.ab;

/**
 * When a comparison is precise enough: the interval's half width is at most 0.5 % or a quarter of the expected gain,
 * whichever is more.
 *
 * <p>It looks at the width alone, never at the gain that was measured: stopping when a result looks significant would
 * bias it.
 */
public final class PrecisionRule {
    private static final double LEAST_PERCENT = 0.5;
    private static final double SHARE_OF_EXPECTED_GAIN = 0.25;

    private final double targetPercent;

    /** For a gain that is expected to be this large, in percent. */
    public PrecisionRule(double expectedGainPercent) {
        this(expectedGainPercent, LEAST_PERCENT);
    }

    private PrecisionRule(double expectedGainPercent, double leastPercent) {
        targetPercent = Math.max(leastPercent, SHARE_OF_EXPECTED_GAIN * Math.abs(expectedGainPercent));
    }

    /** For a half width that is asked for, in percent. */
    public static PrecisionRule halfWidth(double percent) {
        return new PrecisionRule(0, percent);
    }

    /** Half width to be reached, in percent. */
    public double targetPercent() {
        return targetPercent;
    }

    /** Whether an estimate is precise enough; one without an interval never is. */
    public boolean satisfiedBy(GainEstimate estimate) {
        return estimate.halfWidthPercent() <= targetPercent;
    }
}
