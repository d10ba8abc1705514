package dev.cyclecast.model.predict;

import dev.cyclecast.model.BranchOutcomes.Rate;
import dev.cyclecast.model.Replayer.Cost;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * What an edited program took by chance: the few operations that a draw times mispredict more or less often than the trace
 * does, and those of base and edited program do so independently.
 *
 * <p>The count of mispredictions is a control variate: its mean under the draw's layout is known from many more branches than
 * are timed, and what one costs is the slope over the draws.
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
        double[] unexpected = new double[n];
        SimpleRegression cost = new SimpleRegression();
        for (int d = 0; d < n; d++) {
            double more = edited[d].mispredicted() - base[d].mispredicted();
            unexpected[d] = more - (editedRate[d].of(edited[d].branches()) - baseRate[d].of(base[d].branches()));
            cost.addData(more, edited[d].cycles() - base[d].cycles());
        }
        double slope = n > 2 && Double.isFinite(cost.getSlope()) ? cost.getSlope() : 0;
        double[] cycles = new double[n];
        for (int d = 0; d < n; d++) {
            cycles[d] = slope * unexpected[d];
        }
        return cycles;
    }
}
