package dev.cyclecast.model.predict;

import dev.cyclecast.model.Constant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.random.Well19937c;

/**
 * The joint draws of everything uncertain, as an orthogonal array of strength two: in each block of 64 draws, constants,
 * page colours and windows take eight levels each, and each pair of levels of two sources occurs once. So every draw is a
 * joint one, and the share of each source in the spread can be told from the same draws.
 *
 * <p>Layouts matter most, so a block has as many as lets their share still be told: each serves two draws, which differ in
 * all other sources and time windows in neighbouring eighths of the trace.
 *
 * <p>Levels are lines of the affine plane over the field of eight elements (C. R. Rao, "Factorial experiments derivable
 * from combinatorial arrangements of arrays", 1947). Within its level each constant takes a value of its own, so that no
 * two draws have the same constants.
 */
public final class Design {
    /** Draws in a block, and levels of each source in it. */
    public static final int BLOCK = 64;
    static final int LEVELS = 8;
    /** Places in each of these eighths of the trace where a window can be. */
    static final int PLACES = 4;
    /** Layouts in a block. */
    static final int LAYOUTS = BLOCK / 2;

    /**
     * One draw.
     *
     * @param quantiles quantile of each constant, by ordinal
     * @param layout    seed of the layout
     * @param colours   seed of the page colours
     * @param segment   eighth of the trace in which the window is, 0 to 7
     * @param place     place in it, 0 to 3
     * @param levels    level of each source, by {@link Source#ordinal()}, distinct between blocks
     */
    public record Draw(double[] quantiles, long layout, long colours, int segment, int place, int[] levels) {
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
            long[] layouts = longs(random, LAYOUTS);
            long[] colours = longs(random, LEVELS);
            int[][] order = orders(random);
            for (int d = 0; d < BLOCK && draws.size() < count; d++) {
                int i = d / LEVELS;
                int j = d % LEVELS;
                int windowLevel = i ^ times(2, j);
                int colourLevel = i ^ j;
                int layoutLevel = j * (LEVELS / 2) + i / 2;
                double[] quantiles = new double[Constant.values().length];
                for (int c = 0; c < quantiles.length; c++) {
                    quantiles[c] = (order[c][i] + random.nextDouble()) / LEVELS;
                }
                int base = block * LEVELS;
                draws.add(new Draw(quantiles, layouts[layoutLevel], colours[colourLevel], windowLevel,
                        j % PLACES, new int[] {base + i, block * LAYOUTS + layoutLevel, base + colourLevel, base + windowLevel}));
            }
        }
        return draws;
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
