package dev.cyclecast.calibration.ab;

import com.fasterxml.jackson.annotation.JsonValue;

/** Why a measurement ended. */
public enum Stopped {
    /** The interval was narrow enough. */
    PRECISE("precise"),
    /** The time was up first. */
    BUDGET("budget spent"),
    /** Something went wrong; what was measured before stands. */
    FAILED("failed");

    private final String label;

    Stopped(String label) {
        this.label = label;
    }

    /** Name in files and tables. */
    @JsonValue
    public String label() {
        return label;
    }
}
