package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.CoreProfile;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * How far kernels are off at a profile, and what that weighs together. Those at the best profile so far are remembered.
 *
 * <p>A residual is a share of the kernel's tolerance, and large ones count by their size, not their square: a kernel that the
 * model cannot meet must not bend what others agree on.
 */
final class Residuals {
    /** Standard deviations in the median size of a normal error. */
    static final double DEVIATIONS_OF_MEDIAN = 1.4826;
    /** Kernels whose residuals are taken together before a move may be given up; not so few that threads have nothing to do. */
    private static final int TOGETHER = 8;

    /** Ends a search, or a look at what it found, between two replays. */
    static final class TimeUp extends RuntimeException {
        private static final long serialVersionUID = 1;

        TimeUp() {
            super("time is up", null, false, false);
        }
    }

    private final List<Kernel> kernels;
    private final double[] measured;
    private final KernelCosts costs;
    /** Asked before each replay whether to go on. */
    private BooleanSupplier goesOn = () -> true;
    /** Whether that said no once; a parallel stream has more replays under way, and they need not ask. */
    private volatile boolean timeUp;
    private CoreProfile remembered;
    /** Residuals at the profile remembered; NaN where none was asked for. */
    private double[] atRemembered;

    /**
     * Residuals, of which none is known.
     *
     * @param measured cycles per unit of each kernel; NaN where it could not be measured
     * @param first    the profile at which to remember them until told of another
     */
    Residuals(List<Kernel> kernels, double[] measured, KernelCosts costs, CoreProfile first) {
        this.kernels = kernels;
        this.measured = measured;
        this.costs = costs;
        remember(first, unknown());
    }

    /** Remembers residuals at this profile from now on; some are known, by number of the kernel, and NaN stands for the others. */
    void remember(CoreProfile profile, double[] known) {
        remembered = profile;
        atRemembered = known;
    }

    /** Asks this before each replay from now on; once it says false, each ends with {@link TimeUp} unasked. */
    void askBeforeReplay(BooleanSupplier goesOn) {
        this.goesOn = goesOn;
        timeUp = false;
    }

    /** No residual of any kernel, by number of the kernel. */
    double[] unknown() {
        double[] none = new double[kernels.size()];
        Arrays.fill(none, Double.NaN);
        return none;
    }

    /** Sum over kernels of what their residuals weigh: quadratic where small, linear where large. */
    double objective(int[] which, CoreProfile profile) {
        return objective(which, profile, Double.POSITIVE_INFINITY);
    }

    /** The same, or some number above a bound where it is above: most moves are given up after a few light kernels. */
    double objective(int[] which, CoreProfile profile, double bound) {
        return objective(which, profile, bound, null);
    }

    /** The same; leaves the residuals, by number of the kernel. */
    double objective(int[] which, CoreProfile profile, double bound, double[] found) {
        double sum = 0;
        for (int from = 0; from < which.length && sum <= bound; from += TOGETHER) {
            int[] some = Arrays.copyOfRange(which, from, Math.min(which.length, from + TOGETHER));
            double[] residuals = of(some, profile);
            sum += weight(residuals);
            for (int i = 0; i < some.length && found != null; i++) {
                found[some[i]] = residuals[i];
            }
        }
        return sum;
    }

    private static double weight(double[] residuals) {
        double sum = 0;
        for (double r : residuals) {
            sum += Math.sqrt(1 + r * r) - 1;
        }
        return sum;
    }

    /** Residuals of kernels at a profile, in their order. */
    double[] of(int[] which, CoreProfile profile) {
        boolean known = profile == remembered;
        double[] residuals = Arrays.stream(which).parallel().mapToDouble(k -> known && !Double.isNaN(atRemembered[k])
                ? atRemembered[k] : residual(k, profile)).toArray();
        for (int i = 0; known && i < which.length; i++) {
            atRemembered[which[i]] = residuals[i];
        }
        return residuals;
    }

    private double residual(int kernel, CoreProfile profile) {
        if (timeUp || !goesOn.getAsBoolean()) {
            timeUp = true;
            throw new TimeUp();
        }
        return (costs.cost(kernel, profile) - measured[kernel]) / kernels.get(kernel).tolerance(measured[kernel]);
    }
}
