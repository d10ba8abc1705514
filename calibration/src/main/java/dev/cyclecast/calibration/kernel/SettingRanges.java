package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Which values of settings the kernels leave open around those that a fit has found: how far one can go on a plateau of the
 * objective, and how far the residuals' own spread reaches.
 */
final class SettingRanges {
    /** Objectives this near to each other are a plateau. */
    static final double FLAT = 0.01;
    private static final double SLOPE_STRIDE = 0.075;
    private static final double PRIOR_SHARE = 0.3;
    private static final double LEAST_EFFECT = 0.05;
    /** A 90 % interval of a normal distribution, in deviations. */
    private static final double NINETY_PERCENT = 1.645;

    private final Residuals residuals;
    private final ShownSettings shown;
    private final CoreProfile source;
    private final Set<Constant> stated;

    /**
     * Ranges of the settings that kernels show.
     *
     * @param source the profile that the fit began with
     * @param stated what the host states, whose value is beyond doubt
     */
    SettingRanges(Residuals residuals, ShownSettings shown, CoreProfile source, Set<Constant> stated) {
        this.residuals = residuals;
        this.shown = shown;
        this.source = source;
        this.stated = stated;
    }

    /** Least and greatest value that its kernels cannot tell from the one that a profile has. */
    int[] plateau(Setting s, CoreProfile at) {
        double level = residuals.objective(shown.kernels(s), at) + FLAT;
        return new int[] {edge(s, at, -1, level), edge(s, at, 1, level)};
    }

    /** The last value in a direction at which the objective is no higher than a level, by doubling and halving. */
    private int edge(Setting s, CoreProfile at, int direction, double level) {
        int from = s.get(at);
        int good = 0;
        int step = 1;
        while (good + step <= 2 * from && level(s, at, from + direction * (good + step), level)) {
            good += step;
            step *= 2;
        }
        for (; step >= 1; step /= 2) {
            if (good + step <= 2 * from && level(s, at, from + direction * (good + step), level)) {
                good += step;
            }
        }
        return from + direction * good;
    }

    private boolean level(Setting s, CoreProfile at, int value, double level) {
        if (value != s.clamp(value)) {
            return false;
        }
        CoreProfile there = s.with(at, value);
        return Fit.consistent(there) && residuals.objective(shown.kernels(s), there, level) <= level;
    }

    /**
     * What became of each constant, in the order of {@link Constant}, then of instruction forms, with the ranges that the
     * residuals leave open. Where time is up before a setting's turn, its range is as wide as its source leaves it.
     *
     * @param best  the profile that was found
     * @param until asked before each replay whether there is time for more
     * @param late  is told the settings whose turn did not come
     */
    List<FittedSetting> settings(CoreProfile best, BooleanSupplier until, Consumer<List<Setting>> late) {
        List<Setting> fitted = List.copyOf(shown.settings());
        residuals.askBeforeReplay(() -> true);
        double[] left = residuals.of(shown.usable(), best);
        residuals.askBeforeReplay(until);
        double[][] slope = new double[shown.usable().length][fitted.size()];
        int[] seen = new int[fitted.size()];
        int[][] ends = new int[fitted.size()][];
        int done = 0;
        try {
            for (; done < ends.length; done++) {
                Setting s = fitted.get(done);
                slopes(s, best, done, slope, seen);
                ends[done] = s.kind() == Constant.Kind.SIZE ? plateau(s, best) : null;
            }
        } catch (Residuals.TimeUp e) {
            late.accept(fitted.subList(done, ends.length));
        }
        double[] half = halfWidths(fitted, left, slope);
        Set<Setting> all = new LinkedHashSet<>();
        Arrays.stream(Constant.values()).forEach(constant -> all.add(new Setting.OfConstant(constant)));
        all.addAll(fitted);
        List<FittedSetting> result = new ArrayList<>();
        for (Setting s : all) {
            int i = fitted.indexOf(s);
            int before = s.get(source);
            int value = s.get(best);
            if (s instanceof Setting.OfConstant c && stated.contains(c.constant())) {
                result.add(new FittedSetting(s, before, value, value, value, 0, true));
            } else if (i < 0 || i < done && seen[i] == 0 && value == before) {
                result.add(new FittedSetting(s, before, value, s.low(source), s.high(source), 0, false));
            } else if (s.kind() == Constant.Kind.FLAG) {
                result.add(new FittedSetting(s, before, value, value, value, Math.max(1, seen[i]), false));
            } else {
                int low = ends[i] == null ? value : ends[i][0];
                int high = ends[i] == null ? value : ends[i][1];
                result.add(new FittedSetting(s, before, value, Math.max(s.minimum(), Math.min(low, value - half[i])),
                        Math.min(s.maximum(), Math.max(high, value + half[i])), Math.max(1, seen[i]), false));
            }
        }
        return result;
    }

    /** How fast the residuals of a setting's kernels change with it, into a column. */
    private void slopes(Setting s, CoreProfile best, int column, double[][] slope, int[] seen) {
        int stride = Math.max(1, (int) Math.round(s.get(best) * SLOPE_STRIDE));
        CoreProfile up = neighbour(s, best, stride);
        CoreProfile down = neighbour(s, best, -stride);
        int width = s.get(up) - s.get(down);
        if (width == 0) {
            return;
        }
        int[] which = shown.kernels(s);
        double[] above = residuals.of(which, up);
        double[] below = residuals.of(which, down);
        for (int i = 0; i < above.length; i++) {
            slope[Arrays.binarySearch(shown.usable(), which[i])][column] = (above[i] - below[i]) / width;
            seen[column] += Math.abs(above[i] - below[i]) >= LEAST_EFFECT ? 1 : 0;
        }
    }

    private CoreProfile neighbour(Setting s, CoreProfile best, int by) {
        CoreProfile moved = s.with(best, s.clamp(s.get(best) + by));
        return Fit.consistent(moved) ? moved : best;
    }

    /**
     * Half of a 90 % interval of each setting: the residuals' variance through the inverse of the slopes' normal matrix, to
     * which what the source says adds its precision, and half a step because settings are whole.
     */
    private double[] halfWidths(List<Setting> fitted, double[] left, double[][] slope) {
        if (fitted.isEmpty() || left.length == 0) {
            return new double[fitted.size()];
        }
        double[] sizes = Arrays.stream(left).map(Math::abs).sorted().toArray();
        double deviation = Residuals.DEVIATIONS_OF_MEDIAN * sizes[sizes.length / 2];
        double variance = Math.max(deviation * deviation, 1e-4);
        RealMatrix slopes = new Array2DRowRealMatrix(slope);
        RealMatrix precision = slopes.transpose().multiply(slopes).scalarMultiply(1 / variance);
        for (int c = 0; c < fitted.size(); c++) {
            Setting s = fitted.get(c);
            double prior = Math.max(1, Math.max(PRIOR_SHARE * s.get(source), (s.high(source) - s.low(source)) / 2));
            precision.addToEntry(c, c, 1 / (prior * prior));
        }
        RealMatrix covariance = new SingularValueDecomposition(precision).getSolver().getInverse();
        double[] half = new double[fitted.size()];
        for (int c = 0; c < half.length; c++) {
            half[c] = NINETY_PERCENT * Math.sqrt(Math.max(0, covariance.getEntry(c, c))) + 0.5;
        }
        return half;
    }
}
