package dev.cyclecast.calibration.ab;

/**
 * A measured gain: throughput ratio minus one, in percent, averaged over code layouts, with its interval.
 *
 * @param gainPercent point estimate
 * @param low         low end of the interval, in percent; NaN where a single block gives no interval
 * @param high        high end of the interval, in percent; NaN likewise
 * @param level       nominal coverage of the interval, such as 0.95
 * @param layouts     number of code layouts measured
 * @param pairs       number of pairs of runs, two in each block A B B A
 */
public record GainEstimate(double gainPercent, double low, double high, double level, int layouts, int pairs) {
    /** Half the width of the interval, in percent. */
    public double halfWidthPercent() {
        return 0.5 * (high - low);
    }

    /** Whether the interval covers a gain. */
    public boolean covers(double gain) {
        return low <= gain && gain <= high;
    }
}
