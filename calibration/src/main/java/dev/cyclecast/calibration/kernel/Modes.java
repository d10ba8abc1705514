package dev.cyclecast.calibration.kernel;

import java.util.Arrays;

/**
 * Where the runs of a kernel gather: around one cost, or around two, as where a load is sometimes served by a store long past
 * and sometimes by the cache.
 *
 * @param typical cost around which most gather: the middle of the shortest range that holds half of them
 * @param other   the other one; NaN where there is one only
 * @param share   share of the runs that gather around the typical one
 * @param median  median of all
 * @param quarter a quarter of all took no longer
 * @param spread  half the distance of the quartiles of all, as a share of the median
 */
record Modes(double typical, double other, double share, double median, double quarter, double spread) {
    /** The rarer of two modes has at least this share of the runs. */
    private static final double LEAST_SHARE = 0.15;
    /** Two modes are at least this far from each other, as a share of the lower one. */
    private static final double LEAST_DISTANCE = 0.1;
    /** What is between them is at least this part of their distance. */
    private static final double LEAST_GAP = 0.3;
    /** Half of a mode's runs lie within this part of the distance between the modes. */
    private static final double TIGHT = 0.25;
    /** Where this share of the runs took less, what makes the others longer came from outside. */
    private static final double UNDISTURBED_SHARE = 0.25;
    private static final double BOUND_SHARE = 0.95;
    private static final double RESTLESS = 0.01;

    /** Of runs, in any order. */
    static Modes of(double[] runs) {
        double[] sorted = runs.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        if (n == 0) {
            return new Modes(Double.NaN, Double.NaN, 0, Double.NaN, Double.NaN, Double.NaN);
        }
        double median = Timing.median(sorted);
        double quarter = sorted[n / 4];
        double spread = (sorted[3 * n / 4 - (n % 4 == 0 && n > 1 ? 1 : 0)] - quarter) / 2 / Math.abs(median);
        int split = split(sorted);
        if (split == 0) {
            return new Modes(densest(sorted), Double.NaN, 1, median, quarter, spread);
        }
        double low = densest(Arrays.copyOf(sorted, split));
        double high = densest(Arrays.copyOfRange(sorted, split, n));
        double share = (double) split / n;
        return share >= 0.5 ? new Modes(low, high, share, median, quarter, spread) : new Modes(high, low, 1 - share, median, quarter, spread);
    }

    /** Whether runs gather around two costs. */
    boolean two() {
        return Double.isFinite(other);
    }

    /** Whether more runs would tell more: there are none yet, they scatter, or gather around two costs. */
    boolean restless() {
        return Double.isNaN(median) || two() || spread > RESTLESS;
    }

    /**
     * The cost to fit to. Of two, that is the lower one, since what comes from outside only adds, unless few runs came to it, or
     * no core comes to it by what the kernel observes.
     *
     * @param bound cost that none goes below
     */
    double best(double bound) {
        double lower = Math.min(typical, other);
        double shareOfLower = typical < other ? share : 1 - share;
        return two() && shareOfLower >= UNDISTURBED_SHARE && lower >= BOUND_SHARE * bound ? lower : likeliest(bound);
    }

    /** The cost to fit to where nothing from outside added to it: around which most gather, unless no core comes to it. */
    double likeliest(double bound) {
        return two() && typical < BOUND_SHARE * bound ? Math.max(typical, other) : typical;
    }

    /** The cost beside another one; the same where there is one only. */
    double beside(double cost) {
        return two() ? typical + other - cost : typical;
    }

    /** The middle of the shortest range that holds half of some sorted figures. */
    static double densest(double[] sorted) {
        int half = (sorted.length + 1) / 2;
        int best = 0;
        for (int i = 1; i + half <= sorted.length; i++) {
            if (sorted[i + half - 1] - sorted[i] < sorted[best + half - 1] - sorted[best]) {
                best = i;
            }
        }
        return Timing.median(Arrays.copyOfRange(sorted, best, best + half));
    }

    /** Number of sorted figures in the lower of two modes; 0 if there is one only. */
    private static int split(double[] sorted) {
        int n = sorted.length;
        int least = Math.max(2, (int) Math.ceil(LEAST_SHARE * n));
        int widest = 0;
        for (int i = least; i <= n - least; i++) {
            if (widest == 0 || sorted[i] - sorted[i - 1] > sorted[widest] - sorted[widest - 1]) {
                widest = i;
            }
        }
        if (widest == 0) {
            return 0;
        }
        double low = densest(Arrays.copyOf(sorted, widest));
        double high = densest(Arrays.copyOfRange(sorted, widest, n));
        double distance = high - low;
        boolean apart = distance >= LEAST_DISTANCE * Math.abs(low)
                && sorted[widest] - sorted[widest - 1] >= LEAST_GAP * distance;
        return apart && half(sorted, 0, widest) <= TIGHT * distance && half(sorted, widest, n) <= TIGHT * distance ? widest : 0;
    }

    /** Length of the shortest range that holds half of the figures from one to another. */
    private static double half(double[] sorted, int from, int to) {
        int half = (to - from + 1) / 2;
        double least = Double.POSITIVE_INFINITY;
        for (int i = from; i + half <= to; i++) {
            least = Math.min(least, sorted[i + half - 1] - sorted[i]);
        }
        return least;
    }
}
