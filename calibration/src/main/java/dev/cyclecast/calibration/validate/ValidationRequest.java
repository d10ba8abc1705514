package dev.cyclecast.calibration.validate;

import java.util.List;

/**
 * What a validation is made of: all that is needed to begin it again.
 *
 * @param proposals          ids of shipped proposals, or files
 * @param workloads          what the allocator is made to do
 * @param core               the core profile that forecasts are for
 * @param budgetSeconds      how long it may take in all
 * @param recordedOperations operations recorded of each program, after warm-up
 * @param runMillis          how long one timed run should take
 * @param layouts            code layouts beyond which none are built, however long the budget
 * @param phase4             whether the founding document's acceptance protocol is carried out too
 * @param methods            whether the methods that people use today are asked too
 * @param seed               seed of run order and bootstrap
 */
public record ValidationRequest(List<String> proposals, List<Load> workloads, String core, double budgetSeconds,
                                long recordedOperations, int runMillis, int layouts, boolean phase4, boolean methods, long seed) {
    /** Operations recorded of each program, unless a test wants fewer. */
    public static final long RECORDED_OPERATIONS = 20_000;
    /** Length of a run, unless a test wants shorter ones. */
    public static final int RUN_MILLIS = 30;

    public ValidationRequest {
        proposals = List.copyOf(proposals);
        workloads = List.copyOf(workloads);
    }

    /** The same with another budget. */
    ValidationRequest withBudget(double seconds) {
        return new ValidationRequest(proposals, workloads, core, seconds, recordedOperations, runMillis, layouts, phase4,
                methods, seed);
    }
}
