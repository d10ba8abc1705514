package dev.cyclecast.calibration.ab;

/**
 * One timed run of a program.
 *
 * @param work                  what the program did
 * @param seconds               wall time of the timed part, as the program measured it
 * @param cpuSeconds            its time on the CPU; the wall time where the program prints none
 * @param tscCyclesPerOperation time-stamp counter cycles per operation, as the program measured them
 */
public record Run(Work work, double seconds, double cpuSeconds, double tscCyclesPerOperation) {
    /** Time of one operation on the CPU, in nanoseconds: what other programs got meanwhile is not in it. */
    public double nanosecondsPerOperation() {
        return 1e9 * cpuSeconds / work.operations();
    }
}
