package dev.cyclecast.model.predict;

import com.fasterxml.jackson.annotation.JsonValue;

/** What an interval of a gain says, against a threshold of one percent. */
public enum Verdict {
    /** Its low end is at least +1 %. */
    GO("GO"),
    /** Its high end is at most -1 %. */
    NO_GO("NO-GO"),
    /** All of it lies within one percent of zero. */
    NEUTRAL("NEUTRAL"),
    /** None of these. */
    UNDECIDED("UNDECIDED");

    private static final double THRESHOLD_PERCENT = 1.0;
    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    /** The verdict for an interval in percent. */
    public static Verdict of(double low, double high) {
        if (low >= THRESHOLD_PERCENT) {
            return GO;
        }
        if (high <= -THRESHOLD_PERCENT) {
            return NO_GO;
        }
        return low >= -THRESHOLD_PERCENT && high <= THRESHOLD_PERCENT ? NEUTRAL : UNDECIDED;
    }

    @JsonValue
    @Override
    public String toString() {
        return text;
    }
}
