package dev.cyclecast.calibration.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What timing one size of a kernel gave, in core cycles per iteration.
 *
 * <p>Every slice is a run of n iterations and one of 2n, each between two runs of a chain of known length; the chain turns
 * ticks of the time-stamp counter into cycles, whatever the clock does from slice to slice. Overhead is the same in both
 * runs and cancels.
 *
 * @param least      from the least cycles of n and of 2n iterations
 * @param middle     from the middle of the sums of both, for kernels whose cost is a matter of chance
 * @param median     median over the slices of the difference of 2n and n iterations
 * @param spread     half the distance of the quartiles over the slices, as a share of the median
 * @param slices     slices used
 * @param rejected   slices left out, because the process moved, the clock changed in them, or they were disturbed
 * @param ticksPerCycle ticks of the time-stamp counter in a core cycle, in the middle
 */
record Timing(double least, double middle, double median, double spread, int slices, int rejected, double ticksPerCycle) {
    /** More cycles than reading the counter, entering the kernel and leaving its loop can take. */
    private static final double MOST_OVERHEAD = 200;
    /** The clock may differ by this much between the chains around a run. */
    private static final double CLOCK_TOLERANCE = 0.02;
    /** A slice is disturbed if it takes this much longer than the middle one, and so many deviations more. */
    private static final double OUTLIER_SHARE = 0.03;
    private static final double OUTLIER_DEVIATIONS = 6;

    /**
     * One slice, in ticks.
     *
     * @param before  the chain before
     * @param once    n iterations
     * @param between the chain between
     * @param twice   2n iterations
     * @param after   the chain after
     * @param moved   whether another CPU ran a part of it
     */
    record Slice(long before, long once, long between, long twice, long after, boolean moved) {
        private boolean steady() {
            long most = Math.max(before, Math.max(between, after));
            long least = Math.min(before, Math.min(between, after));
            return !moved && least > 0 && once > 0 && twice > 0 && most <= least * (1 + CLOCK_TOLERANCE);
        }
    }

    /**
     * The timing that slices give.
     *
     * @param referenceCycles length of the chain
     * @return null if fewer than half of the slices, or fewer than three, are of use
     */
    static Timing of(List<Slice> all, long iterations, long referenceCycles) {
        List<Slice> steady = all.stream().filter(Slice::steady).toList();
        List<double[]> cycles = new ArrayList<>();
        for (Slice s : steady) {
            cycles.add(new double[] {
                s.once * 2.0 * referenceCycles / (s.before + s.between),
                s.twice * 2.0 * referenceCycles / (s.between + s.after)});
        }
        double limitOnce = limit(cycles, 0);
        double limitTwice = limit(cycles, 1);
        List<double[]> used = cycles.stream().filter(c -> c[0] <= limitOnce && c[1] <= limitTwice).toList();
        if (used.size() < 3 || 2 * used.size() < all.size()) {
            return null;
        }
        double[] difference = used.stream().mapToDouble(c -> (c[1] - c[0]) / iterations).sorted().toArray();
        double once = used.stream().mapToDouble(c -> c[0]).min().getAsDouble();
        double twice = used.stream().mapToDouble(c -> c[1]).min().getAsDouble();
        double[] sums = used.stream().mapToDouble(c -> c[0] + c[1]).sorted().toArray();
        double[] overheads = used.stream().mapToDouble(c -> 2 * c[0] - c[1]).sorted().toArray();
        double overhead = Math.clamp(median(overheads), 0, MOST_OVERHEAD);
        double middle = (median(sums) - 2 * overhead) / (3 * iterations);
        double median = median(difference);
        double spread = (difference[difference.length * 3 / 4] - difference[difference.length / 4]) / 2 / Math.abs(median);
        double[] ticks = steady.stream().mapToDouble(s -> (double) s.between / referenceCycles).sorted().toArray();
        return new Timing(least(once, twice, iterations), middle, median, spread, used.size(), all.size() - used.size(), median(ticks));
    }

    /**
     * Cycles per iteration from the least of n and of 2n iterations. Their difference is free of overhead, but too small
     * if every one of the shorter runs was disturbed; what overhead cannot explain is not believed.
     */
    private static double least(double once, double twice, long iterations) {
        double most = Math.min(once, twice / 2);
        return Math.clamp(twice - once, Math.max(0, most - MOST_OVERHEAD), most) / iterations;
    }

    private static double limit(List<double[]> cycles, int which) {
        double[] sorted = cycles.stream().mapToDouble(c -> c[which]).sorted().toArray();
        if (sorted.length == 0) {
            return 0;
        }
        double middle = median(sorted);
        double deviation = median(Arrays.stream(sorted).map(c -> Math.abs(c - middle)).sorted().toArray());
        return middle + Math.max(OUTLIER_SHARE * middle, OUTLIER_DEVIATIONS * deviation);
    }

    private static double median(double[] sorted) {
        int n = sorted.length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
}
