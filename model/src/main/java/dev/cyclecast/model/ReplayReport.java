package dev.cyclecast.model;

import java.util.List;
import java.util.Map;

/**
 * What one replay found, warm-up excluded.
 *
 * @param core                  name of the profile
 * @param cycles                modelled core cycles
 * @param instructions          instructions retired
 * @param operations            allocator operations; 0 where the trace marks none
 * @param cyclesPerOperation    cycles per operation; 0 without operations
 * @param ipc                   instructions per cycle
 * @param instructionsPerSecond speed of the replay itself, warm-up included (this machine, this run)
 * @param rates                 events, per operation (per 1000 instructions without operations)
 * @param causes                the CPI stack: cycles by cause; they sum to {@code cycles}
 * @param functions             cost by function, most cycles first; they sum to {@code cycles}
 * @param byOperation           what each kind of operation cost by size class, and the program around them (first); they
 *                              sum to {@code cycles} and to the event counts
 * @param sites                 cost of each executed instruction, in order of address; they sum to {@code cycles}
 * @param defaulted             share of instructions whose form the instruction table does not know
 * @param unknownForms          those forms, where executed
 * @param bound                 the least cycles that any core of these widths could take
 */
public record ReplayReport(String core, long cycles, long instructions, long operations, double cyclesPerOperation,
                           double ipc, double instructionsPerSecond, Map<String, Double> rates,
                           Map<Cause, Long> causes, List<FunctionCost> functions,
                           List<OperationCost> byOperation, List<SiteCost> sites, double defaulted,
                           List<String> unknownForms, CycleBound bound) {

    /**
     * Cost of one function itself, callees excluded.
     *
     * @param name         function name
     * @param cycles       modelled cycles
     * @param selfPercent  share of all cycles
     * @param instructions instructions executed in it
     * @param mispredicts  branches mispredicted in it
     */
    public record FunctionCost(String name, long cycles, double selfPercent, long instructions, long mispredicts) {
    }

    /**
     * Cost of all operations of one kind and size class, callees included.
     *
     * @param operation name of the operation; empty for the program around the operations
     * @param sizeClass the size class of the allocator; -1 where it is not known
     * @param count     number of operations
     * @param counters  sums of {@link #COUNTERS}
     */
    public record OperationCost(String operation, int sizeClass, long count, List<Long> counters) {
        /** What is counted. */
        public static final List<String> COUNTERS = List.of("cycles", "instructions", "loads", "stores",
                "conditionalBranches", "takenBranches", "mispredicts", "l1dMisses");

        /** Sum of one of the counters. */
        public long sum(String counter) {
            return counters.get(COUNTERS.indexOf(counter));
        }
    }

    /**
     * Cost of one instruction of the trace's image.
     *
     * @param number      its number in the image
     * @param executions  how often it was executed
     * @param mispredicts how often it was mispredicted
     * @param byCause     cycles by {@link Cause#ordinal()}
     */
    public record SiteCost(int number, long executions, long mispredicts, List<Long> byCause) {
        /** Cycles for whatever cause. */
        public long cycles() {
            return byCause.stream().mapToLong(c -> c).sum();
        }
    }
}
