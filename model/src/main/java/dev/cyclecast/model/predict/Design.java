package dev.cyclecast.model.predict;

import dev.cyclecast.model.Constant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.random.Well19937c;

/**
 * The joint draws of everything uncertain: in each block of 64 draws, constants and windows take eight levels each, and each
 * pair of levels occurs once. Levels are lines of the affine plane over the field of eight elements (C. R. Rao, "Factorial
 * experiments derivable from combinatorial arrangements of arrays", 1947). Within its level each constant takes a value of
 * its own, so that no two draws have the same constants.
 *
 * <p>What a forecast averages over is sampled as widely as lets its effect still be told: a layout, page colours or a place of
 * the trace each serve two draws of a block, which differ in all else.
 *
 * <p>What it cannot average over are the constants: the core has one value of each. To tell their effect from all else, one of
 * the two draws of each layout has other constants beside its own, of each level of the other half equally often.
 */
public final class Design {
    /** Draws in a block. */
    public static final int BLOCK = 64;
    /** Levels of constants and of windows in a block. */
    static final int LEVELS = 8;
    /** Places in each of the eighths of the trace where a window can be. */
    static final int PLACES = 4;
    /** Layouts in a block, and page colours. */
    static final int PAIRS = BLOCK / 2;

    /**
     * A value of each uncertain constant.
     *
     * @param level     their level, distinct between blocks
     * @param quantiles quantile of each constant, by ordinal
     */
    public record Constants(int level, double[] quantiles) {
    }

    /**
     * One draw.
     *
     * @param constants    the core's constants
     * @param other        constants with which it is replayed once more; null where it is not
     * @param layout       seed of the layout
     * @param layoutLevel  number of the layout, distinct between blocks
     * @param colours      seed of the page colours
     * @param coloursLevel number of the page colours, distinct between blocks
     * @param segment      eighth of the trace in which the window is, 0 to 7
     * @param place        place in it, 0 to 3
     */
    public record Draw(Constants constants, Constants other, long layout, int layoutLevel, long colours, int coloursLevel,
                       int segment, int place) {
        /** The same draw under a layout that no other draw has. */
        Draw alone(int number) {
            return new Draw(constants, other, layout + number, number, colours, coloursLevel, segment, place);
        }
    }

    private Design() {
    }

    /**
     * Draws for a seed.
     *
     * @param count 1, or a multiple of {@link #BLOCK}
     */
    public static List<Draw> draws(int count, long seed) {
        List<Draw> draws = new ArrayList<>();
        for (int block = 0; draws.size() < count; block++) {
            Well19937c random = new Well19937c(seed * 31 + block);
            long[] layouts = longs(random, PAIRS);
            long[] colours = longs(random, PAIRS);
            int[][] order = orders(random);
            for (int d = 0; d < BLOCK && draws.size() < count; d++) {
                int i = d / LEVELS;
                int j = d % LEVELS;
                int segment = i ^ times(2, j);
                int layoutLevel = j * (LEVELS / 2) + i / 2;
                int coloursLevel = (i ^ j) * (LEVELS / 2) + i / 2;
                Constants own = constants(block, i, order, random);
                // Even levels beside odd ones, each with each twice in a block.
                Constants other = count > 1 && i % 2 == 0 ? constants(block, i ^ (2 * (j % PLACES) + 1), order, random) : null;
                draws.add(new Draw(own, other, layouts[layoutLevel], block * PAIRS + layoutLevel, colours[coloursLevel],
                        block * PAIRS + coloursLevel, segment, j % PLACES));
            }
        }
        return draws;
    }

    private static Constants constants(int block, int level, int[][] order, Well19937c random) {
        double[] quantiles = new double[Constant.values().length];
        for (int c = 0; c < quantiles.length; c++) {
            quantiles[c] = (order[c][level] + random.nextDouble()) / LEVELS;
        }
        return new Constants(block * LEVELS + level, quantiles);
    }

    private static long[] longs(Well19937c random, int count) {
        long[] values = new long[count];
        for (int k = 0; k < count; k++) {
            values[k] = random.nextLong();
        }
        return values;
    }

    /** For each constant, an order of its eight strata. */
    private static int[][] orders(Well19937c random) {
        int[][] order = new int[Constant.values().length][LEVELS];
        for (int[] one : order) {
            for (int k = 0; k < LEVELS; k++) {
                int at = random.nextInt(k + 1);
                one[k] = one[at];
                one[at] = k;
            }
        }
        return order;
    }

    /** Product in the field of eight elements, modulo x^3 + x + 1. */
    static int times(int a, int b) {
        int product = 0;
        for (int bit = 0; bit < 3; bit++) {
            if ((b >> bit & 1) != 0) {
                product ^= a << bit;
            }
        }
        for (int bit = 4; bit >= 3; bit--) {
            if ((product >> bit & 1) != 0) {
                product ^= 0b1011 << bit - 3;
            }
        }
        return product;
    }
}
