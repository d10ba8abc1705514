package dev.cyclecast.model.predict;

import dev.cyclecast.model.Cause;
import dev.cyclecast.model.Replayer;
import dev.cyclecast.model.edit.Proposal;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/** From the paired costs of the draws to a forecast: mean, interval, verdict, and each source's share in the spread. */
final class Summary {
    private static final double LEVEL = 0.9;
    private static final Source[] BY_LEVEL = {Source.CONSTANTS, Source.COLOURS, Source.WINDOW, Source.LAYOUT};

    private Summary() {
    }

    static Prediction of(Proposal proposal, String core, String trace, List<Design.Draw> draws, Predictor.Costs costs,
                         int c, int arm, long operations, int sites) {
        int n = draws.size();
        Replayer.Cost[] base = costs.costs()[c][0];
        Replayer.Cost[] edited = costs.costs()[c][arm];
        double[] chance = new Chance(base, edited, costs.rates()[c][0], costs.rates()[c][arm]).cycles();
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
     * Shares of the sources in the variance of the gain, by analysis of variance over the orthogonal design: a source's sum
     * of squares less what interaction alone would give it. They sum to one. What is left of layouts, which are not
     * orthogonal to the others, is told once those have been taken away.
     */
    private static Map<Source, Double> shares(List<Design.Draw> draws, double[] gain) {
        double mean = StatUtils.mean(gain);
        double[] rest = Arrays.stream(gain).map(g -> g - mean).toArray();
        double total = squares(rest);
        Map<Source, Double> sums = new EnumMap<>(Source.class);
        Map<Source, Integer> degrees = new EnumMap<>(Source.class);
        int restDegrees = gain.length - 1;
        for (Source source : BY_LEVEL) {
            double before = squares(rest);
            degrees.put(source, take(draws, source.ordinal(), rest) - 1);
            sums.put(source, before - squares(rest));
            restDegrees -= degrees.get(source);
        }
        double noise = restDegrees > 0 ? squares(rest) / restDegrees : 0;
        Map<Source, Double> shares = new EnumMap<>(Source.class);
        double explained = 0;
        for (Source source : BY_LEVEL) {
            double share = total > 0 ? Math.max(0, sums.get(source) - degrees.get(source) * noise) / total : 0;
            shares.put(source, share);
            explained += share;
        }
        shares.put(Source.INTERACTION, total > 0 ? Math.max(0, 1 - explained) : 0);
        return shares;
    }

    /** Takes the mean of each level of a source away from its draws; returns the number of levels. */
    private static int take(List<Design.Draw> draws, int source, double[] rest) {
        Map<Integer, Mean> means = new HashMap<>();
        for (int d = 0; d < rest.length; d++) {
            means.computeIfAbsent(draws.get(d).levels()[source], level -> new Mean()).increment(rest[d]);
        }
        for (int d = 0; d < rest.length; d++) {
            rest[d] -= means.get(draws.get(d).levels()[source]).getResult();
        }
        return means.size();
    }

    private static double squares(double[] values) {
        return StatUtils.sumSq(values);
    }
}
