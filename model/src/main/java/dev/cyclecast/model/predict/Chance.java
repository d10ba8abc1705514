package dev.cyclecast.model.predict;

import dev.cyclecast.model.BranchOutcomes.Rate;
import dev.cyclecast.model.Replayer.Cost;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * What an edited program took by chance: the few operations that a draw times mispredict more or less often than the trace
 * does, and those of base and edited program do so independently.
 *
 * <p>The count of mispredictions is a control variate: its mean under the draw's layout is known from many more branches than
 * are timed, and what one costs is the slope over the draws.
 */
final class Chance {
    private final double[] cycles;
    private final double varianceLeft;

    /** By draw: costs of base and edited program, and how often the branches around the timed ones were mispredicted. */
    Chance(Cost[] base, Cost[] edited, Rate[] baseRate, Rate[] editedRate) {
        int n = base.length;
        cycles = new double[n];
        double timedShare = 0;
        SimpleRegression cost = new SimpleRegression();
        for (int d = 0; d < n; d++) {
            double more = edited[d].mispredicted() - base[d].mispredicted();
            cycles[d] = more - (editedRate[d].of(edited[d].branches()) - baseRate[d].of(base[d].branches()));
            cost.addData(more, edited[d].cycles() - base[d].cycles());
            timedShare += (double) base[d].branches() / Math.max(1, baseRate[d].branches()) / n;
        }
        double slope = n > 2 && Double.isFinite(cost.getSlope()) ? cost.getSlope() : 0;
        for (int d = 0; d < n; d++) {
            cycles[d] *= slope;
        }
        // The timed branches are among those of the rate, so they stray from it by that much less.
        varianceLeft = timedShare < 1 ? StatUtils.populationVariance(cycles) * timedShare / (1 - timedShare) : 0;
    }

    /** Cycles by draw; none where there are too few draws to tell. */
    double[] cycles() {
        return cycles;
    }

    /** Variance of the cycles that a layout's own mean still takes by chance: it is known from so many branches only. */
    double varianceLeft() {
        return varianceLeft;
    }
}
