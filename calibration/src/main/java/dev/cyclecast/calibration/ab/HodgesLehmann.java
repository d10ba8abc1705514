package dev.cyclecast.calibration.ab;

import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * The Hodges-Lehmann estimate of location: the median of the means of all pairs, each value paired with itself too.
 *
 * <p>Nearly as efficient as the mean on normal data, and unmoved by less than 29 % of wild values, such as runs that an
 * interrupt hit (Hodges and Lehmann, <a href="https://doi.org/10.1214/aoms/1177704172">Estimates of location based on
 * rank tests</a>, 1963).
 */
public final class HodgesLehmann {
    private final Median median = new Median();
    private double[] means = new double[0];

    /** Location of the first {@code count} values, of which there is at least one. */
    public double of(double[] values, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("no values");
        }
        int pairs = count * (count + 1) / 2;
        if (means.length < pairs) {
            means = new double[pairs];
        }
        int n = 0;
        for (int i = 0; i < count; i++) {
            for (int j = i; j < count; j++) {
                means[n++] = 0.5 * (values[i] + values[j]);
            }
        }
        return median.evaluate(means, 0, pairs);
    }

    /** Location of all values. */
    public double of(double[] values) {
        return of(values, values.length);
    }
}
