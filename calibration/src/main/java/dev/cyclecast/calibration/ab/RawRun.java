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
 * @param operations            timed operations
 * @param seconds               wall time of the timed part
 * @param cpuSeconds            its time on the CPU
 * @param tscCyclesPerOperation time-stamp counter cycles per operation
 * @param checksum              checksum over what was done
 * @param startedAtSeconds      when the run started, since the log was opened
 */
@JsonPropertyOrder({"comparison", "layout", "block", "position", "arm", "paddingBytes", "operations", "seconds",
        "cpuSeconds", "tscCyclesPerOperation", "checksum", "startedAtSeconds"})
public record RawRun(String comparison, int layout, int block, int position, String arm, int paddingBytes,
                     long operations, double seconds, double cpuSeconds, double tscCyclesPerOperation, String checksum,
                     double startedAtSeconds) {
}
