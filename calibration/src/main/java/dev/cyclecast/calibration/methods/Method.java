package dev.cyclecast.calibration.methods;

/** A way to guess what a change gains, as people do it today. */
public interface Method {
    /** Its name in tables. */
    String name();

    /** What it looks at, in a few words. */
    String inputs();

    /**
     * The gain that it expects of a change.
     *
     * @return the gain, or why there is none, such as a tool that is not installed
     * @throws dev.cyclecast.calibration.CalibrationException if a tool fails, or prints what cannot be read
     */
    Guess guess(Pair pair);
}
