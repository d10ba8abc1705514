package dev.cyclecast.calibration.ab;

import java.util.Collection;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * What the first blocks say about how far the budget goes.
 *
 * @param betweenPercent    standard deviation of the gain between layouts
 * @param withinPercent     standard deviation of a block's gain within its layout
 * @param layouts           layouts that the session has
 * @param blocks            blocks that the budget allows in all
 * @param detectablePercent half width of the interval to be expected from them: what is less cannot be told from none;
 *                          null where one layout or one block says nothing of it
 */
public record Pilot(double betweenPercent, double withinPercent, int layouts, int blocks, Double detectablePercent) {
    /**
     * From the blocks measured so far.
     *
     * @param layouts layouts that will be measured
     * @param blocks  blocks that will have been measured when the budget is spent
     */
    static Pilot of(Collection<double[]> logRatiosByLayout, int layouts, int blocks) {
        double within = logRatiosByLayout.stream().filter(b -> b.length > 1).mapToDouble(StatUtils::variance).average().orElse(0);
        double[] means = logRatiosByLayout.stream().mapToDouble(StatUtils::mean).toArray();
        double noiseOfMeans = logRatiosByLayout.stream().mapToDouble(b -> within / b.length).average().orElse(0);
        double between = means.length < 2 ? 0 : Math.max(0, StatUtils.variance(means) - noiseOfMeans);
        Double detectable = layouts < 2 || means.length < 2 ? null : 100 * student(layouts) * Math.sqrt(between / layouts
                + within / Math.max(blocks, layouts));
        return new Pilot(100 * Math.sqrt(between), 100 * Math.sqrt(within), layouts, blocks, detectable);
    }

    private static double student(int layouts) {
        return new TDistribution(null, layouts - 1).inverseCumulativeProbability(0.5 + 0.5 * HierarchicalBootstrap.LEVEL);
    }

    /** For people. */
    public String text() {
        return detectablePercent == null
                ? "pilot: one layout or block does not say what can be detected"
                : "pilot: layouts vary by %.2f %%, blocks by %.2f %%; %d blocks over %d layouts can tell ±%.2f %% from nothing"
                        .formatted(betweenPercent, withinPercent, blocks, layouts, detectablePercent);
    }
}
