package dev.cyclecast.calibration.ab;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One line of the run log.
 *
 * @param comparison            what is compared, such as {@code E1/free}
 * @param layout                number of the code layout
 * @param block                 number of the block within comparison and layout
 * @param position              place within the block, 0 to 3: A B B A
 * @param arm                   which program ran
 * @param paddingBytes          size of the padding in the environment
 * @param operations            timed operations; 1 where the whole process is timed
 * @param mallocs               allocations among them
 * @param frees                 releases among them
 * @param seconds               wall time of the timed part
 * @param cpuSeconds            its time on the CPU
 * @param tscCyclesPerOperation time-stamp counter cycles per operation; null where the program prints none
 * @param checksum              checksum over what was done; null where the program prints none
 * @param startedAtSeconds      when the run started, since the session began to measure
 * @param usage                 what the kernel counted of the process; null where nobody watched
 * @param slices                the run in slices, between which the core was probed; null where the program ran in none
 */
@JsonPropertyOrder({"comparison", "layout", "block", "position", "arm", "paddingBytes", "operations", "mallocs", "frees",
        "seconds", "cpuSeconds", "tscCyclesPerOperation", "checksum", "startedAtSeconds", "usage", "slices"})
public record RawRun(String comparison, int layout, int block, int position, String arm, int paddingBytes,
                     long operations, long mallocs, long frees, double seconds, double cpuSeconds,
                     Double tscCyclesPerOperation, String checksum, double startedAtSeconds, Usage usage, Slices slices) {
    /** The line of a run. */
    static RawRun of(LayoutPair pair, int block, int position, Arm arm, Run run, double startedAtSeconds) {
        double tsc = run.tscCyclesPerOperation();
        return new RawRun(pair.comparison(), pair.layout(), block, position, arm.name(), pair.paddingBytes(),
                run.work().operations(), run.work().mallocs(), run.work().frees(), run.seconds(), run.cpuSeconds(),
                Double.isNaN(tsc) ? null : tsc, run.work().checksum(), startedAtSeconds, run.usage(), run.slices());
    }

    /** The run. */
    Run run() {
        return new Run(new Work(operations, checksum, mallocs, frees), seconds, cpuSeconds,
                tscCyclesPerOperation == null ? Double.NaN : tscCyclesPerOperation, usage, slices);
    }
}
