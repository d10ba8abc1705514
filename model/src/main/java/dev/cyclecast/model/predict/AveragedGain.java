package dev.cyclecast.model.predict;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.moment.Mean;

/**
 * What paired draws say of the gain averaged over layouts, page colours and the whole run, on one true core.
 *
 * <p>What is averaged over is a sample: its error shrinks with the draws. Draws that share a layout, page colours or a window
 * err together, so the variance of the mean is the sum of products over all pairs of draws that share something, over the
 * square of their number (Cameron, Gelbach and Miller, <a href="https://doi.org/10.1198/jbes.2010.07136">Robust inference
 * with multiway clustering</a>, 2011); a source that would lower it counts nothing.
 *
 * <p>What the model itself gets wrong is not in any draw. Kernels tell how far marginal costs are off, and its variance is added.
 *
 * <p>The core's constants are not averaged over: the core has one value of each, which is not known. So their spread stays as
 * it is. It is that of their levels' effects, which come from draws replayed a second time with other constants and all else
 * the same: between draws the effects are too small to be seen.
 *
 * @param percent   the mean
 * @param low       low end of its interval; NaN for a single draw
 * @param high      high end; NaN for a single draw
 * @param lowInOneLayout  low end of the range for a build in one layout; NaN for a single draw
 * @param highInOneLayout high end of that range; NaN for a single draw
 * @param shares    share of each source in the variance that the interval stands for; empty for a single draw
 */
record AveragedGain(double percent, double low, double high, double lowInOneLayout, double highInOneLayout, Map<Source, Double> shares) {
    /** Nominal coverage of both intervals. */
    static final double LEVEL = 0.9;
    /** Degrees of freedom from which on Student's distribution is taken for a normal one. */
    private static final double MOST_FREEDOM = 1e4;

    /**
     * Estimates it.
     *
     * @param draws  the draws
     * @param window number of the window that a draw times
     * @param gain   by draw, in percent
     * @param other  by draw, the gain with its other constants; not read where it has none
     * @param chance variance between layouts that is chance, and not theirs
     * @param model  variance of what the model itself gets wrong
     */
    static AveragedGain of(List<Design.Draw> draws, ToIntFunction<Design.Draw> window, double[] gain, double[] other,
                           double chance, double model) {
        double mean = StatUtils.mean(gain);
        if (gain.length == 1) {
            return new AveragedGain(mean, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Map.of());
        }
        double[] rest = gain.clone();
        int[] constants = draws.stream().mapToInt(d -> d.constants().level()).toArray();
        int levels = takeMeans(constants, rest);
        double scale = 1.0 / (gain.length - levels);
        int[] layouts = draws.stream().mapToInt(Design.Draw::layoutLevel).toArray();
        Map<Source, Shared> sampled = new EnumMap<>(Source.class);
        sampled.put(Source.LAYOUT, Shared.of(layouts, rest, scale));
        sampled.put(Source.COLOURS, Shared.of(draws.stream().mapToInt(Design.Draw::coloursLevel).toArray(), rest, scale));
        sampled.put(Source.WINDOW, Shared.of(draws.stream().mapToInt(window).toArray(), rest, scale));

        Map<Source, Double> parts = new EnumMap<>(Source.class);
        double alone = StatUtils.sumSq(rest) * scale;
        for (Map.Entry<Source, Shared> source : sampled.entrySet()) {
            parts.put(source.getKey(), source.getValue().ofMean());
            alone -= source.getValue().variance();
        }
        parts.put(Source.INTERACTION, Math.max(0, alone) / gain.length);
        double sampling = parts.values().stream().mapToDouble(Double::doubleValue).sum();
        double spread = constantsVariance(draws, gain, other);
        parts.put(Source.CONSTANTS, spread);
        parts.put(Source.MODEL, model);

        int freedom = (int) Arrays.stream(layouts).distinct().count() - 1;
        int constantsFreedom = levels - levels / Design.LEVELS;
        double half = halfWidth(sampling, freedom, spread, constantsFreedom, model);
        double ofLayouts = Math.max(0, sampled.get(Source.LAYOUT).variance() - chance);
        double inOne = halfWidth(sampling + ofLayouts, freedom, spread, constantsFreedom, model);
        double variance = sampling + spread + model;
        parts.replaceAll((source, part) -> variance > 0 ? part / variance : source == Source.INTERACTION ? 1.0 : 0);
        return new AveragedGain(mean, mean - half, mean + half, mean - inOne, mean + inOne, parts);
    }

    /**
     * Half width of a Student interval for the sum of three variances: two of so many degrees of freedom (Welch, Satterthwaite), and
     * one that is given.
     */
    private static double halfWidth(double one, double ofOne, double other, double ofOther, double given) {
        double variance = one + other + given;
        if (variance == 0) {
            return 0;
        }
        double freedom = Math.min(MOST_FREEDOM, variance * variance / (one * one / ofOne + other * other / ofOther));
        return new TDistribution(null, freedom).inverseCumulativeProbability(0.5 + 0.5 * LEVEL) * Math.sqrt(variance);
    }

    /**
     * What draws have in common that share a level of a source.
     *
     * @param variance of the source's effect
     * @param ofMean   what that adds to the variance of the mean
     */
    private record Shared(double variance, double ofMean) {
        static Shared of(int[] level, double[] value, double scale) {
            Map<Integer, double[]> groups = new HashMap<>();
            double own = 0;
            for (int d = 0; d < value.length; d++) {
                double[] group = groups.computeIfAbsent(level[d], l -> new double[2]);
                group[0]++;
                group[1] += value[d];
                own += value[d] * value[d];
            }
            double together = 0;
            double sizes = 0;
            for (double[] group : groups.values()) {
                together += group[1] * group[1];
                sizes += group[0] * group[0];
            }
            double n = value.length;
            double pairs = sizes - n;
            double variance = pairs > 0 ? Math.max(0, together - own) * scale * n / pairs : 0;
            return new Shared(variance, variance * sizes / (n * n));
        }
    }

    /**
     * Variance of the effect of constants: of the differences between draws and their repetitions, what levels explain beyond
     * what they would by chance. Each level of one half of them meets each of the other half equally often.
     */
    private static double constantsVariance(List<Design.Draw> draws, double[] gain, double[] other) {
        int[] repeated = IntStream.range(0, gain.length).filter(d -> draws.get(d).other() != null).toArray();
        double[] difference = Arrays.stream(repeated).mapToDouble(d -> other[d] - gain[d]).toArray();
        double all = StatUtils.sumSq(difference);
        int from = takeMeans(Arrays.stream(repeated).map(d -> draws.get(d).constants().level()).toArray(), difference);
        int to = takeMeans(Arrays.stream(repeated).map(d -> draws.get(d).other().level()).toArray(), difference);
        double unexplained = StatUtils.sumSq(difference);
        int explaining = from + to - (from + to) / Design.LEVELS;
        double noise = unexplained / (difference.length - explaining);
        return Math.max(0, (all - unexplained - explaining * noise) / (2.0 * difference.length));
    }

    /** Takes the mean of each level away from its values; returns the number of levels. */
    private static int takeMeans(int[] level, double[] value) {
        Map<Integer, Mean> means = new HashMap<>();
        for (int d = 0; d < value.length; d++) {
            means.computeIfAbsent(level[d], l -> new Mean()).increment(value[d]);
        }
        for (int d = 0; d < value.length; d++) {
            value[d] -= means.get(level[d]).getResult();
        }
        return means.size();
    }
}
