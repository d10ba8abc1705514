package dev.cyclecast.calibration.ab;

import java.time.Duration;

/**
 * One timed run of a program.
 *
 * @param work                  what the program did
 * @param seconds               wall time of the timed part, as the program measured it; of the process where it prints none
 * @param cpuSeconds            its time on the CPU; the wall time where the program prints only that
 * @param tscCyclesPerOperation time-stamp counter cycles per operation, as the program measured them; NaN if it did not
 * @param usage                 what the kernel counted of the process; null where nobody watched
 * @param slices                the run in slices, between which the core was probed; null where the program ran in none
 */
public record Run(Work work, double seconds, double cpuSeconds, double tscCyclesPerOperation, Usage usage, Slices slices) {
    /** A run that was not sliced. */
    public Run(Work work, double seconds, double cpuSeconds, double tscCyclesPerOperation, Usage usage) {
        this(work, seconds, cpuSeconds, tscCyclesPerOperation, usage, null);
    }

    /** Time of one operation on the CPU, in nanoseconds: what other programs got meanwhile is not in it. */
    public double nanosecondsPerOperation() {
        return 1e9 * cpuSeconds / work.operations();
    }

    /** Wall time of one operation, in nanoseconds. */
    public double wallNanosecondsPerOperation() {
        return 1e9 * seconds / work.operations();
    }

    /** Operations that take about that long, to two digits. */
    public long operationsIn(Duration length) {
        double wanted = length.toNanos() / nanosecondsPerOperation();
        double unit = Math.pow(10, Math.floor(Math.log10(wanted)) - 1);
        return Math.max(1_000, Math.round(Math.round(wanted / unit) * unit));
    }
}
