package dev.cyclecast.model.predict;

import dev.cyclecast.model.BranchOutcomes.Rate;
import dev.cyclecast.model.Replayer.Cost;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * What an edited program took by chance: the few operations that a draw times mispredict more or less often than the trace
 * does, and those of base and edited program do so independently.
 *
 * <p>The count of mispredictions is a control variate: its mean is known from many more branches than are timed, and what
 * one costs is the slope over the draws. The mean is that under the draw's layout as far as layouts differ by more than
 * chance does, and else that over all of them.
 */
final class Chance {
    private final Cost[] base;
    private final Cost[] edited;
    private final Rate[] baseRate;
    private final Rate[] editedRate;

    /** By draw: costs of base and edited program, and how often the branches around the timed ones were mispredicted. */
    Chance(Cost[] base, Cost[] edited, Rate[] baseRate, Rate[] editedRate) {
        this.base = base;
        this.edited = edited;
        this.baseRate = baseRate;
        this.editedRate = editedRate;
    }

    /** Cycles by draw; none where there are too few draws to tell. */
    double[] cycles() {
        int n = base.length;
        double[] under = new double[n];
        double[] unexpected = new double[n];
        SimpleRegression cost = new SimpleRegression();
        for (int d = 0; d < n; d++) {
            double more = edited[d].mispredicted() - base[d].mispredicted();
            under[d] = editedRate[d].of(edited[d].branches()) - baseRate[d].of(base[d].branches());
            unexpected[d] = more - under[d];
            cost.addData(more, edited[d].cycles() - base[d].cycles());
        }
        double slope = n > 2 && Double.isFinite(cost.getSlope()) ? cost.getSlope() : 0;
        double trust = trust(under, unexpected);
        double[] all = overall();
        double[] cycles = new double[n];
        for (int d = 0; d < n; d++) {
            cycles[d] = slope * (unexpected[d] + (1 - trust) * (under[d] - all[d]));
        }
        return cycles;
    }

    /** Share of the spread between layouts that is more than chance. */
    private double trust(double[] under, double[] unexpected) {
        double between = StatUtils.variance(under);
        double timedShare = 0;
        for (int d = 0; d < base.length; d++) {
            timedShare += (double) base[d].branches() / Math.max(1, baseRate[d].branches()) / base.length;
        }
        // The timed branches are among those of the rate, so they stray from it by that much less.
        double chance = StatUtils.populationVariance(unexpected) * timedShare / (1 - timedShare);
        return between > 0 && timedShare < 1 ? Math.clamp(1 - chance / between, 0, 1) : 0;
    }

    /** By draw, the additional mispredictions to expect from the branches of all draws. */
    private double[] overall() {
        Rate baseOverall = sum(baseRate);
        Rate editedOverall = sum(editedRate);
        double[] all = new double[base.length];
        for (int d = 0; d < all.length; d++) {
            all[d] = editedOverall.of(edited[d].branches()) - baseOverall.of(base[d].branches());
        }
        return all;
    }

    private static Rate sum(Rate[] rates) {
        long branches = 0;
        long mispredicted = 0;
        for (Rate rate : rates) {
            branches += rate.branches();
            mispredicted += rate.mispredicted();
        }
        return new Rate(branches, mispredicted);
    }
}
