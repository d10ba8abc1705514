package dev.cyclecast.calibration.ab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How much placement alone moves a program: the spread of its time over its layouts.
 *
 * @param name              the program
 * @param nanoseconds       its time of one operation, averaged over layouts
 * @param spreadPercent     standard deviation between layouts, without the noise of the runs
 * @param noisePercent      standard error of one layout's figure
 * @param fastestPercent    time under the fastest layout, beside the average
 * @param slowestPercent    time under the slowest layout, beside the average
 * @param fastest           number of the fastest layout
 * @param slowest           number of the slowest layout
 * @param gainPercent       gain over the first program, averaged over layouts; null for the first
 * @param leastGainPercent  the least gain under a layout; null for the first
 * @param mostGainPercent   the greatest gain under a layout; null for the first
 */
public record LayoutSpread(String name, double nanoseconds, double spreadPercent, double noisePercent, double fastestPercent,
                           double slowestPercent, int fastest, int slowest, Double gainPercent, Double leastGainPercent,
                           Double mostGainPercent) {
    /**
     * From rounds in which every program ran once under every layout; what a whole round has in common, such as drift of
     * the machine, is taken out.
     *
     * @param names    the programs
     * @param logTimes logs of the time of an operation in nanoseconds, by program, layout and round; at least two rounds
     */
    static List<LayoutSpread> of(List<String> names, double[][][] logTimes) {
        int layouts = logTimes[0].length;
        int rounds = logTimes[0][0].length;
        double[] common = new double[rounds];
        for (int r = 0; r < rounds; r++) {
            for (double[][] program : logTimes) {
                for (double[] layout : program) {
                    common[r] += layout[r] / (names.size() * layouts);
                }
            }
        }
        double level = StatUtils.mean(common);
        // A run's own noise is part of what its round has in common, and goes with it.
        double shareLeft = 1 - 1.0 / (names.size() * layouts);
        HodgesLehmann location = new HodgesLehmann();
        List<LayoutSpread> spreads = new ArrayList<>();
        double[] first = new double[0];
        for (int p = 0; p < names.size(); p++) {
            double[] centres = new double[layouts];
            double noise = 0;
            for (int l = 0; l < layouts; l++) {
                double[] own = logTimes[p][l].clone();
                for (int r = 0; r < rounds; r++) {
                    own[r] -= common[r] - level;
                }
                centres[l] = location.of(own);
                noise += StatUtils.variance(own) / rounds / layouts / shareLeft;
            }
            first = p == 0 ? centres : first;
            spreads.add(of(names.get(p), centres, noise, p == 0 ? null : first));
        }
        return spreads;
    }

    private static LayoutSpread of(String name, double[] centres, double noise, double[] first) {
        double mean = StatUtils.mean(centres);
        int fastest = 0;
        int slowest = 0;
        for (int l = 1; l < centres.length; l++) {
            fastest = centres[l] < centres[fastest] ? l : fastest;
            slowest = centres[l] > centres[slowest] ? l : slowest;
        }
        double between = centres.length < 2 ? 0 : Math.max(0, StatUtils.variance(centres) - noise);
        double[] gains = new double[first == null ? 0 : centres.length];
        Arrays.setAll(gains, l -> first[l] - centres[l]);
        return new LayoutSpread(name, Math.exp(mean), 100 * Math.sqrt(between), 100 * Math.sqrt(noise),
                percent(centres[fastest] - mean), percent(centres[slowest] - mean), fastest, slowest,
                first == null ? null : percent(StatUtils.mean(gains)), first == null ? null : percent(StatUtils.min(gains)),
                first == null ? null : percent(StatUtils.max(gains)));
    }

    private static double percent(double logRatio) {
        return 100 * Math.expm1(logRatio);
    }
}
