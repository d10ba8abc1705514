package dev.cyclecast.calibration.ab;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * The two-level bootstrap of a gain: layouts are resampled, then the blocks within each layout that was drawn.
 *
 * <p>The statistic is the mean over layouts of the {@link HodgesLehmann} location of the layout's log ratios. Two
 * corrections keep the nominal coverage with as few as eight layouts. Resampling both levels counts the noise of the
 * blocks twice, so the layouts' locations are first shrunk towards their mean until the draws have the variance that
 * the data show (Davison and Hinkley, <a href="https://doi.org/10.1017/CBO9780511802843">Bootstrap Methods and their
 * Application</a>, 1997, section 3.8). The ends of the percentile interval are then moved away from the estimate by the
 * ratio of Student's t, with one degree of freedom fewer than there are layouts, to the normal quantile: the plain
 * percentile interval of a mean is too narrow for a small sample by that ratio (Hesterberg, <a
 * href="https://doi.org/10.1080/00031305.2015.1089789">What teachers should know about the bootstrap</a>, 2015). Where
 * there is one layout, its blocks are the sample and the interval says nothing about other layouts. A single block has
 * no interval: both ends are NaN. More than 24 blocks of a layout enter as the locations of 24 groups of consecutive ones
 * (batch means), which also makes the interval honest where neighbours resemble each other. The same seed gives the same interval.
 */
public final class HierarchicalBootstrap {
    /** Draws for a figure that is reported. */
    public static final int REPORTED_DRAWS = 10_000;
    /** Nominal coverage of every interval. */
    public static final double LEVEL = 0.95;

    /** Blocks of a layout beyond which consecutive ones are taken together: pairs grow with the square, accuracy does not. */
    private static final int MOST_BLOCKS = 24;
    private static final double TAIL = 0.5 * (1 - LEVEL);

    private final int draws;
    private final long seed;
    private final HodgesLehmann location = new HodgesLehmann();

    /** With a number of draws and a seed. */
    public HierarchicalBootstrap(int draws, long seed) {
        if (draws < 100) {
            throw new IllegalArgumentException("a bootstrap of " + draws + " draws has no tails; use at least 100");
        }
        this.draws = draws;
        this.seed = seed;
    }

    /**
     * The gain and its interval.
     *
     * @param logRatiosByLayout for each layout, one log of (baseline time / variant time) per block; no layout is empty
     */
    public GainEstimate estimate(List<double[]> logRatiosByLayout) {
        int layouts = logRatiosByLayout.size();
        if (layouts == 0 || logRatiosByLayout.stream().anyMatch(b -> b.length == 0)) {
            throw new IllegalArgumentException("a gain needs at least one block in each layout");
        }
        List<double[]> batches = logRatiosByLayout.stream().map(this::batches).toList();
        RandomGenerator random = new Well19937c(seed);
        double[] centre = batches.stream().mapToDouble(location::of).toArray();
        double mean = StatUtils.mean(centre);
        double[][] noise = new double[layouts][];
        for (int l = 0; l < layouts; l++) {
            noise[l] = blockNoise(batches.get(l), centre[l], random);
        }
        double shrink = shrinkage(centre, noise);
        double[] drawn = new double[draws];
        for (int d = 0; d < draws; d++) {
            double sum = 0;
            for (int k = 0; k < layouts; k++) {
                int l = random.nextInt(layouts);
                // A layout drawn twice must bring independent noise, so the noise's own draw is picked at random too.
                sum += mean + shrink * (centre[l] - mean) + noise[l][random.nextInt(draws)];
            }
            drawn[d] = sum / layouts;
        }
        Percentile percentile = new Percentile();
        percentile.setData(drawn);
        double stretch = stretch(layouts > 1 ? layouts : batches.getFirst().length);
        double low = mean + stretch * (percentile.evaluate(100 * TAIL) - mean);
        double high = mean + stretch * (percentile.evaluate(100 * (1 - TAIL)) - mean);
        int blocks = logRatiosByLayout.stream().mapToInt(b -> b.length).sum();
        return new GainEstimate(percent(mean), percent(low), percent(high), LEVEL, layouts, 2 * blocks);
    }

    /** The blocks, or the locations of groups of consecutive ones, which differ in size by one at most. */
    private double[] batches(double[] blocks) {
        if (blocks.length <= MOST_BLOCKS) {
            return blocks;
        }
        double[] batches = new double[MOST_BLOCKS];
        for (int i = 0; i < MOST_BLOCKS; i++) {
            batches[i] = location.of(Arrays.copyOfRange(blocks, i * blocks.length / MOST_BLOCKS, (i + 1) * blocks.length / MOST_BLOCKS));
        }
        return batches;
    }

    /** Location of resampled blocks minus location of the blocks, once per draw. */
    private double[] blockNoise(double[] blocks, double centre, RandomGenerator random) {
        double[] noise = new double[draws];
        double[] sample = new double[blocks.length];
        for (int d = 0; d < draws; d++) {
            for (int i = 0; i < sample.length; i++) {
                sample[i] = blocks[random.nextInt(blocks.length)];
            }
            noise[d] = location.of(sample) - centre;
        }
        return noise;
    }

    /** Factor on the layouts' deviations from their mean that gives the draws the variance of the data. */
    private static double shrinkage(double[] centre, double[][] noise) {
        if (centre.length == 1) {
            return 0;
        }
        double between = StatUtils.variance(centre);
        double within = Arrays.stream(noise).mapToDouble(StatUtils::populationVariance).average().orElseThrow();
        double n = centre.length;
        return between <= within ? 0 : Math.sqrt(n / (n - 1) * (1 - within / between));
    }

    /** Ratio of Student's t to the normal quantile; NaN for a sample of one. */
    private static double stretch(int sample) {
        if (sample < 2) {
            return Double.NaN;
        }
        return new TDistribution(null, sample - 1).inverseCumulativeProbability(TAIL)
                / new NormalDistribution(null, 0, 1).inverseCumulativeProbability(TAIL);
    }

    private static double percent(double logRatio) {
        return 100 * Math.expm1(logRatio);
    }
}
