package dev.cyclecast.calibration.ab;

import java.time.Duration;

/** A time that is left, for people. */
public final class TimeLeft {
    private TimeLeft() {
    }

    /** Minutes and seconds; none where the time is up. */
    public static String text(Duration left) {
        long seconds = Math.max(0, left.toSeconds());
        return "%d:%02d".formatted(seconds / 60, seconds % 60);
    }
}
