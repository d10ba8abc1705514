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
 * @param defaulted             share of instructions whose form the instruction table does not know
 * @param unknownForms          those forms, where executed
 */
public record ReplayReport(String core, long cycles, long instructions, long operations, double cyclesPerOperation,
                           double ipc, double instructionsPerSecond, Map<String, Double> rates,
                           Map<Cause, Long> causes, List<FunctionCost> functions, double defaulted,
                           List<String> unknownForms) {

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
}
