package dev.cyclecast.calibration.ab;

/** What makes timed runs. */
public interface Runner {
    /**
     * Runs one arm.
     *
     * @param paddingBytes size of the padding in the environment
     * @throws dev.cyclecast.calibration.CalibrationException if there is no run to be timed
     */
    Run run(Arm arm, int paddingBytes);
}
