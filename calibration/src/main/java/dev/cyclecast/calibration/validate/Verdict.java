package dev.cyclecast.calibration.validate;

import com.fasterxml.jackson.annotation.JsonValue;

/** What an interval of a gain advises. */
public enum Verdict {
    /** At least one percent faster. */
    GO("GO"),
    /** At least one percent slower. */
    NO_GO("NO-GO"),
    /** Within one percent either way. */
    NEUTRAL("NEUTRAL"),
    /** The interval is too wide to say. */
    UNDECIDED("UNDECIDED");

    private static final double MARGIN_PERCENT = 1;

    private final String label;

    Verdict(String label) {
        this.label = label;
    }

    /** Name in files and tables. */
    @JsonValue
    public String label() {
        return label;
    }

    /** That of an interval, in percent. */
    public static Verdict of(double low, double high) {
        if (low >= MARGIN_PERCENT) {
            return GO;
        }
        if (high <= -MARGIN_PERCENT) {
            return NO_GO;
        }
        return low >= -MARGIN_PERCENT && high <= MARGIN_PERCENT ? NEUTRAL : UNDECIDED;
    }
}
