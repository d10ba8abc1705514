package dev.cyclecast.calibration.kernel;

/**
 * One kernel, measured and replayed, in cycles per unit.
 *
 * @param kernel       its name
 * @param group        its group
 * @param observes     what it shows
 * @param unit         what the cost is per
 * @param allocator    whether malloc and free depend on it
 * @param marginal     whether it is judged in cycles: the cost of one more in a context
 * @param measured     measured cost: around which most runs gather, or the median where chance is part of it; NaN if it could
 *                     not be measured, or is now one and now another
 * @param second       the other cost around which runs gather; NaN where there is one only
 * @param median       median of the measured cost
 * @param spread       half the distance of the quartiles between slices, as a share
 * @param before       replayed on the profile that the fit started from
 * @param after        replayed on the fitted profile
 * @param lacks        what the model has not, where it cannot meet the kernel; empty where nothing is known
 * @param counted      what the hardware counts per unit; null where it counts nothing
 * @param errorPercent of {@code after} against {@code measured}
 */
public record KernelRow(String kernel, String group, String observes, String unit, boolean allocator, boolean marginal,
                        double measured, double second, double median, double spread, double before, double after, String lacks,
                        PerfStat.Counts counted, double errorPercent) {
    static KernelRow of(Kernel kernel, double measured, double second, double median, double spread, double before, double after,
                        PerfStat.Counts counted) {
        return new KernelRow(kernel.name(), kernel.group(), kernel.observes(), kernel.unit(), kernel.allocator(),
                kernel.marginal(), measured, second, median, spread, before, after, kernel.lacks(), counted,
                percent(after, measured));
    }

    private static double percent(double replayed, double measured) {
        return 100 * (replayed - measured) / measured;
    }

    /** Error in cycles. */
    public double errorCycles() {
        return after - measured;
    }

    /** Error before the fit, in percent. */
    public double percentBefore() {
        return percent(before, measured);
    }
}
