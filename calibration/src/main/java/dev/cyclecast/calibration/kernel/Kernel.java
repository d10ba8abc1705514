package dev.cyclecast.calibration.kernel;

import java.util.List;

/**
 * One kernel: a loop body in assembly, in one size or in two, and what its cost per unit tells.
 *
 * @param name      unique name, the values of its parameters included
 * @param group     the group that it belongs to
 * @param observes  what it shows, in a few words
 * @param unit      what the cost is given per
 * @param settings  the constants and instruction timings that it is meant to show
 * @param bound     cycles per unit that no core in question goes below
 * @param random    whether its cost depends on chance, so that the least of many runs would be luck
 * @param allocator whether it shows something that malloc and free depend on
 * @param marginal  whether it is the cost of one more in a context, of which cycles count and not shares
 * @param lacks     what the model has not, where it cannot meet the kernel; empty where nothing is known
 * @param small     its only size, or the smaller one
 * @param large     the larger size, or null
 */
record Kernel(String name, String group, String observes, String unit, List<Setting> settings, double bound,
              boolean random, boolean allocator, boolean marginal, String lacks, Size small, Size large) {
    /** Cycles by which a marginal cost may be off, and other costs where five percent of them are less. */
    private static final double MARGINAL_TOLERANCE = 0.2;
    private static final double SHARE_TOLERANCE = 0.05;
    private static final double LEAST_TOLERANCE = 0.02;

    private static final long LIGHT_BYTES = 16 << 20;
    private static final double LIGHT_UNITS = 20_000;

    /**
     * One size.
     *
     * @param units    units in an iteration
     * @param data     what the kernel's data is, as the harness has it
     * @param before   assembly that runs once
     * @param body     assembly of one iteration
     * @param outside  functions that the body calls
     * @param warm     iterations recorded before counting
     * @param counted  iterations counted
     */
    record Size(double units, Data data, String before, String body, String outside, long warm, long counted) {
    }

    /** Contents of the kernel's data. */
    record Data(Content content, long bytes, long stride, boolean huge) {
        /** All zero; random bits, a byte each; pointers that form one random cycle, over all or page by page. */
        enum Content { ZERO, RANDOM, RING, PAGED_RING }
    }

    Kernel {
        settings = List.copyOf(settings);
    }

    /** Sizes that are run. */
    List<Size> sizes() {
        return large == null ? List.of(small) : List.of(small, large);
    }

    /** Whether it is small enough for a calibration in a hurry: neither memory beyond the caches nor hundreds of KiB of code. */
    boolean light() {
        return sizes().stream().allMatch(s -> s.data().bytes() <= LIGHT_BYTES && s.units() <= LIGHT_UNITS);
    }

    /** Whether it takes pages of 2 MiB. */
    boolean huge() {
        return sizes().stream().anyMatch(s -> s.data().huge());
    }

    /** Cycles per iteration that no core in question goes below; nothing is known of those of marginal kernels. */
    double boundPerIteration() {
        return large == null ? bound * small.units() : 0;
    }

    /** Cycles per unit, from the cycles per iteration of each size. */
    double cost(double[] cyclesPerIteration) {
        return large == null ? cyclesPerIteration[0] / small.units()
                : (cyclesPerIteration[1] - cyclesPerIteration[0]) / (large.units() - small.units());
    }

    /** How far a replayed cost may be from a measured one before it counts as wrong, in cycles. */
    double tolerance(double measured) {
        return marginal ? MARGINAL_TOLERANCE
                : Math.max(LEAST_TOLERANCE, SHARE_TOLERANCE * Math.abs(measured));
    }

    /** Name of a size in commands and programs. */
    static String sizeName(int size) {
        return size == 0 ? "small" : "large";
    }
}
