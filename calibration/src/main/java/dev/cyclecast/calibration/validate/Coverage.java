package dev.cyclecast.calibration.validate;

import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * How often something held, with the 95 % interval by Clopper and Pearson of the share that it stands for. The interval takes rows
 * for independent draws; those of one proposal resemble each other, so it is, if anything, too narrow.
 *
 * @param rows  number of rows
 * @param held  rows on which it held
 * @param low   low end of the interval of the share; null without rows
 * @param high  high end; null without rows
 */
public record Coverage(int rows, int held, Double low, Double high) {
    private static final double LEVEL = 0.95;

    static Coverage of(int rows, int held) {
        if (rows == 0) {
            return new Coverage(0, 0, null, null);
        }
        double tail = 0.5 * (1 - LEVEL);
        double low = held == 0 ? 0 : new BetaDistribution(null, held, rows - held + 1).inverseCumulativeProbability(tail);
        double high = held == rows ? 1 : new BetaDistribution(null, held + 1, rows - held).inverseCumulativeProbability(1 - tail);
        return new Coverage(rows, held, low, high);
    }
}
