package dev.cyclecast.calibration.ab;

import java.time.Duration;
import java.time.Instant;

/**
 * How many code layouts a budget allows.
 *
 * <p>Gains differ more between layouts than between runs, so a budget is better spent on many layouts run a few times
 * than on few layouts run often (Kalibera and Jones, <a href="https://doi.org/10.1145/2464157.2464160">Rigorous
 * benchmarking in reasonable time</a>, 2013). Layouts are added until building has used a third of the time, and only
 * while what is left lasts for two rounds of blocks; up to the number that is wanted, building may use two thirds, and
 * one round is enough.
 *
 * @param start       when building began
 * @param deadline    when measuring must have ended
 * @param comparisons number of comparisons to be measured
 * @param runLength   how long one run takes
 * @param mostLayouts number of layouts beyond which none are built
 */
public record LayoutBudget(Instant start, Instant deadline, int comparisons, Duration runLength, int mostLayouts) {
    /** Layouts below which a figure says little about other placements of the code. */
    public static final int LAYOUTS_WANTED = 8;

    private static final double SHARE_FOR_WANTED_LAYOUTS = 2.0 / 3;
    private static final double SHARE_FOR_MORE_LAYOUTS = 1.0 / 3;
    private static final int ROUNDS_FOR_WANTED_LAYOUTS = 1;
    private static final int ROUNDS_FOR_MORE_LAYOUTS = 2;
    private static final int RUNS_PER_BLOCK = 4;
    /** Time that a process takes beside its timed part, in parts of that: start, warm-up, end. */
    private static final double OVERHEAD = 0.25;

    /** Whether to build one more layout, when so many are built, the last took so long, and it is now so late. */
    public boolean allowsAnother(int built, Duration took, Instant now) {
        if (built >= mostLayouts) {
            return false;
        }
        double budget = seconds(Duration.between(start, deadline));
        double usedAfter = seconds(Duration.between(start, now)) + seconds(took);
        boolean wanted = built < LAYOUTS_WANTED;
        double share = wanted ? SHARE_FOR_WANTED_LAYOUTS : SHARE_FOR_MORE_LAYOUTS;
        int rounds = wanted ? ROUNDS_FOR_WANTED_LAYOUTS : ROUNDS_FOR_MORE_LAYOUTS;
        double run = (1 + OVERHEAD) * seconds(runLength);
        double measuring = rounds * RUNS_PER_BLOCK * run * comparisons * (built + 1);
        return usedAfter <= share * budget && measuring <= budget - usedAfter;
    }

    private static double seconds(Duration d) {
        return 1e-9 * d.toNanos();
    }
}
