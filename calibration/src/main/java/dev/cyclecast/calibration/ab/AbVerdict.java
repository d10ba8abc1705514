package dev.cyclecast.calibration.ab;

import java.util.Locale;

/** The words for what was found. */
public final class AbVerdict {
    public static final String FASTER = "faster";
    public static final String SLOWER = "slower";
    public static final String UNDECIDED = "undecided";

    private AbVerdict() {
    }

    /**
     * What the interval of B's gain says: that the difference does not matter where all of it lies within the margin, else
     * which is faster where it leaves zero out. Too little for an interval over layouts decides nothing.
     *
     * @param equivalencePercent a difference up to this does not matter; 0 for none
     */
    public static String of(GainEstimate gain, double equivalencePercent) {
        if (Double.isNaN(gain.low()) || gain.layouts() < 2) {
            return UNDECIDED;
        }
        if (equivalencePercent > 0 && gain.low() >= -equivalencePercent && gain.high() <= equivalencePercent) {
            return String.format(Locale.ROOT, "equivalent within ±%s %%", shortest(equivalencePercent));
        }
        return gain.low() > 0 ? FASTER : gain.high() < 0 ? SLOWER : UNDECIDED;
    }

    private static String shortest(double percent) {
        return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
    }

    /** Whether a verdict says that the two differ. */
    public static boolean differs(String verdict) {
        return verdict.equals(FASTER) || verdict.equals(SLOWER);
    }
}
