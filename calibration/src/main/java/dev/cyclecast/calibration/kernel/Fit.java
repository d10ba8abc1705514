package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Finds the constants under which replayed kernels cost what was measured.
 *
 * <p>Constants are whole numbers and costs are steps and maxima of them, so the search is one constant at a time, by strides
 * that shrink, on the kernels that are meant to show it. A residual is a share of the kernel's tolerance, and large
 * ones count by their size, not their square: a kernel that the model cannot meet must not bend what others agree on.
 */
final class Fit {
    private static final double STRIDE = 0.3;
    private static final double LEAST_EFFECT = 0.05;
    /** What a step away from the source's value costs, as a share of the objective's unit: a tie keeps the source's value. */
    private static final double ATTACHMENT = 0.02;
    /** A 90 % interval of a normal distribution, in deviations. */
    private static final double NINETY_PERCENT = 1.645;
    private static final double DEVIATIONS_OF_MEDIAN = 1.4826;

    /**
     * What a fit found.
     *
     * @param profile   the fitted profile
     * @param constants what became of each constant, in the order of {@link Constant}
     * @param complete  whether it went on until it was done
     */
    record Result(CoreProfile profile, List<FittedConstant> constants, boolean complete) {
    }

    /** Is told how far a search is, as a share, and asked before each constant whether to go on. */
    interface Progress {
        /** Returns false to end the search with what it has found. */
        boolean at(double share);
    }

    private final List<Kernel> kernels;
    private final double[] measured;
    private final KernelCosts costs;
    private final CoreProfile start;
    private final int[] usable;
    /** By constant, the kernels that are meant to show it; few kernels first, because they say most and cost least. */
    private final Map<Constant, int[]> shows = new LinkedHashMap<>();
    private CoreProfile best;
    /** Objective of all kernels at the best profile so far. */
    private double total;

    private Fit(List<Kernel> kernels, double[] measured, KernelCosts costs, CoreProfile start) {
        this.kernels = kernels;
        this.measured = measured;
        this.costs = costs;
        this.start = start;
        best = start;
        usable = IntStream.range(0, kernels.size()).filter(k -> Double.isFinite(measured[k])).toArray();
        Map<Constant, int[]> shown = new EnumMap<>(Constant.class);
        for (Constant c : Constant.values()) {
            if (c.kind() != Constant.Kind.GEOMETRY && c != Constant.PERFECT_BRANCHES) {
                int[] which = Arrays.stream(usable).filter(k -> kernels.get(k).constants().contains(c)).toArray();
                if (which.length > 0) {
                    shown.put(c, which);
                }
            }
        }
        shown.entrySet().stream().sorted(Comparator.comparingInt(e -> e.getValue().length))
                .forEach(e -> shows.put(e.getKey(), e.getValue()));
        total = objective(usable, best);
    }

    /**
     * Fits.
     *
     * @param measured cycles per unit of each kernel; NaN where it could not be measured
     * @param sweeps   how often to go through the constants at most
     */
    static Result run(List<Kernel> kernels, double[] measured, KernelCosts costs, CoreProfile start, int sweeps, Progress progress) {
        Fit fit = new Fit(kernels, measured, costs, start);
        boolean complete = fit.search(sweeps, progress);
        return new Result(fit.best, fit.constants(), complete);
    }

    /** Returns whether it was not stopped. */
    private boolean search(int sweeps, Progress progress) {
        int step = 0;
        for (int sweep = 0; sweep < sweeps; sweep++) {
            boolean moved = false;
            for (Constant c : shows.keySet()) {
                if (!progress.at((double) step++ / (sweeps * shows.size()))) {
                    return false;
                }
                moved |= improve(c) || trade(c);
            }
            if (!moved) {
                return true;
            }
        }
        return true;
    }

    /**
     * Moves one constant to where the kernels that are meant to show it are met best, unless the kernels as a whole are
     * better off without.
     */
    private boolean improve(Constant c) {
        CoreProfile before = best;
        lineSearch(c);
        if (best != before) {
            double there = objective(usable, best);
            if (there < total) {
                total = there;
                return true;
            }
            best = before;
        }
        return false;
    }

    /**
     * Moves a latency by a cycle and another one, of the same kernels, back by one: a load-to-use that is too short and an
     * extra that is too long hide each other, and neither gains by moving alone.
     */
    private boolean trade(Constant c) {
        if (c.kind() != Constant.Kind.LATENCY) {
            return false;
        }
        for (Constant other : shows.keySet()) {
            int[] both = IntStream.concat(Arrays.stream(shows.get(c)), Arrays.stream(shows.get(other))).distinct().sorted().toArray();
            boolean shared = both.length < shows.get(c).length + shows.get(other).length;
            if (other == c || other.kind() != Constant.Kind.LATENCY || !shared) {
                continue;
            }
            for (int by : new int[] {1, -1}) {
                int value = Math.clamp(best.get(c) + by, c.minimum(), c.maximum());
                int less = Math.clamp(best.get(other) - by, other.minimum(), other.maximum());
                CoreProfile candidate = best.with(c, value).with(other, less);
                if (value != best.get(c) && less != best.get(other) && consistent(candidate)
                        && objective(both, candidate) < objective(both, best)) {
                    double there = objective(usable, candidate);
                    if (there < total) {
                        total = there;
                        best = candidate;
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private void lineSearch(Constant c) {
        int[] which = shows.get(c);
        int before = best.get(c);
        double objective = objective(which, best) + attachment(c, before);
        int stride = c.kind() == Constant.Kind.FLAG ? 1 : Math.max(1, (int) Math.round(before * STRIDE));
        while (stride >= 1) {
            boolean moved = false;
            for (int by : new int[] {stride, -stride}) {
                int value = Math.clamp(best.get(c) + by, c.minimum(), c.maximum());
                if (value != best.get(c) && consistent(best.with(c, value))) {
                    CoreProfile candidate = best.with(c, value);
                    double there = objective(which, candidate) + attachment(c, value);
                    if (there < objective) {
                        objective = there;
                        best = candidate;
                        moved = true;
                        break;
                    }
                }
            }
            stride = moved ? stride : stride / 2;
        }
    }

    /** Sum over kernels of what their residuals weigh: quadratic where small, linear where large. */
    private double objective(int[] which, CoreProfile profile) {
        double sum = 0;
        for (double r : residuals(which, profile)) {
            sum += Math.sqrt(1 + r * r) - 1;
        }
        return sum;
    }

    private double attachment(Constant c, int value) {
        return ATTACHMENT * Math.abs(value - start.get(c)) / Math.max(1, start.get(c));
    }

    private double[] residuals(int[] which, CoreProfile profile) {
        return Arrays.stream(which).parallel()
                .mapToDouble(k -> (costs.cost(k, profile) - measured[k]) / kernels.get(k).tolerance(measured[k])).toArray();
    }

    private static boolean consistent(CoreProfile profile) {
        try {
            profile.check("candidate");
            return true;
        } catch (ModelException e) {
            return false;
        }
    }

    /** What became of each constant, with the ranges that the residuals leave open. */
    private List<FittedConstant> constants() {
        Constant[] fitted = shows.keySet().toArray(Constant[]::new);
        double[] residuals = residuals(usable, best);
        double[][] slope = new double[usable.length][fitted.length];
        int[] seen = new int[fitted.length];
        for (int c = 0; c < fitted.length; c++) {
            int stride = Math.max(1, (int) Math.round(best.get(fitted[c]) * STRIDE / 4));
            CoreProfile up = neighbour(fitted[c], stride);
            CoreProfile down = neighbour(fitted[c], -stride);
            int width = up.get(fitted[c]) - down.get(fitted[c]);
            if (width == 0) {
                continue;
            }
            double[] above = residuals(shows.get(fitted[c]), up);
            double[] below = residuals(shows.get(fitted[c]), down);
            for (int i = 0; i < above.length; i++) {
                int row = Arrays.binarySearch(usable, shows.get(fitted[c])[i]);
                slope[row][c] = (above[i] - below[i]) / width;
                seen[c] += Math.abs(above[i] - below[i]) >= LEAST_EFFECT ? 1 : 0;
            }
        }
        double[] half = halfWidths(fitted, residuals, slope);
        List<FittedConstant> result = new ArrayList<>();
        for (Constant c : Constant.values()) {
            int i = Arrays.asList(fitted).indexOf(c);
            CoreProfile.Value source = start.constants().get(c);
            int value = best.get(c);
            if (i < 0 || seen[i] == 0 && value == source.value()) {
                result.add(new FittedConstant(c, source.value(), value, source.low(), source.high(), 0));
            } else if (c.kind() == Constant.Kind.FLAG) {
                result.add(new FittedConstant(c, source.value(), value, value, value, Math.max(1, seen[i])));
            } else {
                result.add(new FittedConstant(c, source.value(), value, Math.max(c.minimum(), value - half[i]),
                        Math.min(c.maximum(), value + half[i]), Math.max(1, seen[i])));
            }
        }
        return result;
    }

    private CoreProfile neighbour(Constant c, int by) {
        CoreProfile moved = best.with(c, Math.clamp(best.get(c) + by, c.minimum(), c.maximum()));
        return consistent(moved) ? moved : best;
    }

    /**
     * Half of a 90 % interval of each constant: the residuals' variance through the inverse of the slopes' normal matrix, to
     * which what the source says adds its precision, and half a step because constants are whole.
     */
    private double[] halfWidths(Constant[] fitted, double[] residuals, double[][] slope) {
        if (fitted.length == 0) {
            return new double[0];
        }
        double[] sizes = Arrays.stream(residuals).map(Math::abs).sorted().toArray();
        double deviation = DEVIATIONS_OF_MEDIAN * (sizes.length == 0 ? 0 : sizes[sizes.length / 2]);
        double variance = Math.max(deviation * deviation, 1e-4);
        RealMatrix slopes = new Array2DRowRealMatrix(slope);
        RealMatrix precision = slopes.transpose().multiply(slopes).scalarMultiply(1 / variance);
        for (int c = 0; c < fitted.length; c++) {
            CoreProfile.Value source = start.constants().get(fitted[c]);
            double prior = Math.max(1, Math.max(STRIDE * source.value(), (source.high() - source.low()) / 2));
            precision.addToEntry(c, c, 1 / (prior * prior));
        }
        RealMatrix covariance = new SingularValueDecomposition(precision).getSolver().getInverse();
        double[] half = new double[fitted.length];
        for (int c = 0; c < half.length; c++) {
            half[c] = NINETY_PERCENT * Math.sqrt(Math.max(0, covariance.getEntry(c, c))) + 0.5;
        }
        return half;
    }
}
