package dev.cyclecast.calibration.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What timing one size of a kernel in one process gave, in core cycles per iteration.
 *
 * <p>Every slice is a run of n iterations and one of 2n, each between two runs of a chain of known length; the chain turns
 * ticks of the time-stamp counter into cycles, whatever the clock does from slice to slice.
 *
 * @param runs          cycles per iteration of each run, without what entering and leaving the kernel takes
 * @param rejected      slices left out, because the process moved or the clock changed in them
 * @param ticksPerCycle ticks of the time-stamp counter in a core cycle, in the middle
 * @param beside        cycles of independent instructions beside each run; empty where they were not timed
 */
record Timing(List<Double> runs, int rejected, double ticksPerCycle, List<Double> beside) {
    /** More cycles than reading the counter, entering the kernel and leaving its loop can take. */
    private static final double MOST_OVERHEAD = 200;
    /** The clock may differ by this much between the chains around a run. */
    private static final double CLOCK_TOLERANCE = 0.02;
    private static final int LEAST_SLICES = 3;
    /** Runs are kept to so many parts of a cycle. */
    private static final double PARTS = 1e4;

    Timing {
        runs = List.copyOf(runs);
        beside = beside == null ? List.of() : List.copyOf(beside);
    }

    /** A timing beside which nothing else was timed. */
    Timing(List<Double> runs, int rejected, double ticksPerCycle) {
        this(runs, rejected, ticksPerCycle, List.of());
    }

    /** Whether there can be such a timing. */
    boolean possible() {
        return !runs.isEmpty() && runs.stream().allMatch(Double::isFinite) && rejected >= 0 && ticksPerCycle > 0
                && Double.isFinite(ticksPerCycle);
    }

    /**
     * One slice, in ticks.
     *
     * @param before      the chain before
     * @param once        n iterations
     * @param between     the chain between
     * @param twice       2n iterations
     * @param after       the chain after
     * @param moved       whether another CPU ran a part of it
     * @param besideOnce  independent instructions right before or after the n iterations, whichever took longer
     * @param besideTwice the same of the 2n iterations
     */
    record Slice(long before, long once, long between, long twice, long after, boolean moved, long besideOnce,
                 long besideTwice) {
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
        if (steady.size() < LEAST_SLICES || 2 * steady.size() < all.size()) {
            return null;
        }
        double[][] cycles = new double[steady.size()][];
        Arrays.setAll(cycles, i -> {
            Slice s = steady.get(i);
            double once = 2.0 * referenceCycles / (s.before + s.between);
            double twice = 2.0 * referenceCycles / (s.between + s.after);
            return new double[] {s.once * once, s.twice * twice, s.besideOnce * once, s.besideTwice * twice};
        });
        double overhead = Math.clamp(median(Arrays.stream(cycles).mapToDouble(c -> 2 * c[0] - c[1]).sorted().toArray()), 0, MOST_OVERHEAD);
        List<Double> runs = new ArrayList<>();
        List<Double> beside = new ArrayList<>();
        for (double[] c : cycles) {
            runs.add(rounded((c[0] - overhead) / iterations));
            runs.add(rounded((c[1] - overhead) / (2 * iterations)));
            beside.add((double) Math.round(c[2]));
            beside.add((double) Math.round(c[3]));
        }
        double[] ticks = steady.stream().mapToDouble(s -> (double) s.between / referenceCycles).sorted().toArray();
        return new Timing(runs, all.size() - steady.size(), median(ticks), beside);
    }

    private static double rounded(double cycles) {
        return Math.round(cycles * PARTS) / PARTS;
    }

    static double median(double[] sorted) {
        int n = sorted.length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
}
