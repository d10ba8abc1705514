package dev.cyclecast.model.predict;

import dev.cyclecast.model.Cause;
import dev.cyclecast.model.Replayer;
import dev.cyclecast.model.edit.Proposal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/** From the paired costs of the draws to a forecast: mean, interval, verdict, and each source's share in the spread. */
final class Summary {
    private static final double LEVEL = 0.9;
    private static final Source[] DRAWN = {Source.CONSTANTS, Source.LAYOUT, Source.COLOURS, Source.WINDOW};

    private Summary() {
    }

    static Prediction of(Proposal proposal, String core, String trace, List<Design.Draw> draws, Predictor.Costs costs,
                         int c, int arm, long operations, int sites) {
        int n = draws.size();
        Replayer.Cost[] base = costs.costs()[c][0];
        Replayer.Cost[] edited = costs.costs()[c][arm];
        double[] chance = chance(base, edited, costs.mispredict()[c][0], costs.mispredict()[c][arm]);
        double[] gain = new double[n];
        double baseCycles = 0;
        double editedCycles = 0;
        Map<Cause, Double> saved = new EnumMap<>(Cause.class);
        for (Cause cause : Cause.values()) {
            saved.put(cause, 0.0);
        }
        for (int d = 0; d < n; d++) {
            gain[d] = 100.0 * (base[d].cycles() / (edited[d].cycles() - chance[d]) - 1);
            baseCycles += (double) base[d].cycles() / operations / n;
            editedCycles += (edited[d].cycles() - chance[d]) / operations / n;
            for (Cause cause : Cause.values()) {
                double difference = base[d].byCause()[cause.ordinal()] - edited[d].byCause()[cause.ordinal()]
                        + (cause == Cause.MISPREDICT ? chance[d] : 0);
                saved.merge(cause, difference / operations / n, Double::sum);
            }
        }
        boolean interval = n > 1;
        double tail = 100 * (1 - LEVEL) / 2;
        double low = interval ? new Percentile().evaluate(gain, tail) : Double.NaN;
        double high = interval ? new Percentile().evaluate(gain, 100 - tail) : Double.NaN;
        double days = proposal.effortDays().isEmpty() ? Double.NaN : proposal.effortDays().getLast();
        return new Prediction(proposal.id(), proposal.title(), core, trace, StatUtils.mean(gain), low, high, LEVEL, n,
                interval ? Verdict.of(low, high) : null, proposal.effortDays(), low / days, proposal.risk(),
                proposal.statedGain(), baseCycles, editedCycles, saved, interval ? shares(draws, gain) : Map.of(), sites);
    }

    /**
     * For each draw, the cycles that the edited program took by chance: a few hundred operations mispredict more or less
     * often than the trace does. The count of mispredictions is a control variate: its mean over the trace is known for
     * each layout, and what one costs is the slope over the draws.
     */
    private static double[] chance(Replayer.Cost[] base, Replayer.Cost[] edited, double[] baseRate, double[] editedRate) {
        double[] chance = new double[base.length];
        SimpleRegression cost = new SimpleRegression();
        for (int d = 0; d < chance.length; d++) {
            chance[d] = edited[d].mispredicted() - editedRate[d] * edited[d].branches()
                    - (base[d].mispredicted() - baseRate[d] * base[d].branches());
            cost.addData(edited[d].mispredicted() - base[d].mispredicted(), edited[d].cycles() - base[d].cycles());
        }
        double slope = chance.length > 2 ? cost.getSlope() : 0;
        for (int d = 0; d < chance.length; d++) {
            chance[d] *= Double.isFinite(slope) ? slope : 0;
        }
        return chance;
    }

    /**
     * Shares of the sources in the variance of the gain, by analysis of variance over the orthogonal design: a source's sum
     * of squares less what interaction alone would give it. They sum to one.
     */
    private static Map<Source, Double> shares(List<Design.Draw> draws, double[] gain) {
        double mean = StatUtils.mean(gain);
        double total = 0;
        for (double g : gain) {
            total += (g - mean) * (g - mean);
        }
        Map<Source, Double> shares = new EnumMap<>(Source.class);
        double[] sums = new double[DRAWN.length];
        int[] degrees = new int[DRAWN.length];
        double rest = total;
        int restDegrees = gain.length - 1;
        for (int s = 0; s < DRAWN.length; s++) {
            Map<Integer, double[]> byLevel = new HashMap<>();
            for (int d = 0; d < gain.length; d++) {
                double[] cell = byLevel.computeIfAbsent(draws.get(d).levels()[s], k -> new double[2]);
                cell[0] += gain[d];
                cell[1]++;
            }
            for (double[] cell : byLevel.values()) {
                double difference = cell[0] / cell[1] - mean;
                sums[s] += cell[1] * difference * difference;
            }
            degrees[s] = byLevel.size() - 1;
            rest -= sums[s];
            restDegrees -= degrees[s];
        }
        double noise = restDegrees > 0 ? Math.max(0, rest) / restDegrees : 0;
        double explained = 0;
        for (int s = 0; s < DRAWN.length; s++) {
            double share = total > 0 ? Math.max(0, sums[s] - degrees[s] * noise) / total : 0;
            shares.put(DRAWN[s], share);
            explained += share;
        }
        shares.put(Source.INTERACTION, total > 0 ? Math.max(0, 1 - explained) : 0);
        return shares;
    }
}
