package dev.cyclecast.calibration.ab;

import java.util.List;

/**
 * What a session compares, and how: all that is needed to begin it again.
 *
 * @param kind               what A and B are
 * @param a                  the first program, library or variant
 * @param b                  the second
 * @param arguments          arguments of both programs; for libraries, the program under which they are loaded and its own
 * @param shape              for variants, how they are built; else null
 * @param workload           for variants, what they do; else null
 * @param wallTime           whether wall time is compared instead of time on the CPU
 * @param budgetSeconds      how long the session may measure
 * @param precisionPercent   half width of the interval at which it stops
 * @param equivalencePercent difference that does not matter
 * @param layouts            layouts beyond which there are no more
 * @param runMillis          how long a run should take, where it can be told how much to do
 * @param seed               seed of run order and bootstrap
 */
public record AbRequest(Kind kind, String a, String b, List<String> arguments, String shape, String workload,
                        boolean wallTime, double budgetSeconds, double precisionPercent, double equivalencePercent,
                        int layouts, int runMillis, long seed) {
    /** What two sides of a comparison are. */
    public enum Kind {
        /** Executables. */
        PROGRAMS,
        /** Libraries loaded first into the same executable. */
        PRELOADED,
        /** Variants of the allocator under study. */
        VARIANTS
    }

    /** Layouts that a session may be asked for. */
    public static final int MOST_LAYOUTS = 1000;

    public AbRequest {
        arguments = List.copyOf(arguments);
        if (layouts < 1 || layouts > MOST_LAYOUTS || runMillis < 1 || !(budgetSeconds >= 0) || !(precisionPercent > 0)
                || !(equivalencePercent >= 0) || !Double.isFinite(budgetSeconds + precisionPercent + equivalencePercent)) {
            throw new IllegalArgumentException("layouts, runMillis, budgetSeconds, precisionPercent or equivalencePercent is out of range");
        }
    }

    /** The same with another budget. */
    AbRequest withBudget(double seconds) {
        return new AbRequest(kind, a, b, arguments, shape, workload, wallTime, seconds, precisionPercent,
                equivalencePercent, layouts, runMillis, seed);
    }

    /** The same with another seed. */
    AbRequest withSeed(long other) {
        return new AbRequest(kind, a, b, arguments, shape, workload, wallTime, budgetSeconds, precisionPercent,
                equivalencePercent, layouts, runMillis, other);
    }
}
