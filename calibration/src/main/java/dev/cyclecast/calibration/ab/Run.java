package dev.cyclecast.calibration.ab;

/**
 * One timed run of a program.
 *
 * @param work                  what the program did
 * @param seconds               time of the timed part, as the program measured it
 * @param tscCyclesPerOperation time-stamp counter cycles per operation, as the program measured them
 */
public record Run(Work work, double seconds, double tscCyclesPerOperation) {
    /** Time of one operation, in nanoseconds. */
    public double nanosecondsPerOperation() {
        return 1e9 * seconds / work.operations();
    }
}
