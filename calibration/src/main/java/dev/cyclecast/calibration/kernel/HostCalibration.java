package dev.cyclecast.calibration.kernel;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * The result of a calibration.
 *
 * @param cpu       the CPU, for people
 * @param started   name of the profile that the fit started from
 * @param exact     whether the host is a core of that kind
 * @param notes     what a reader must know to judge the figures
 * @param kernels   every kernel
 * @param settings  what became of each constant and of the instruction forms that kernels show
 * @param heldOut   how well kernels are met that a second fit did without
 * @param seconds   what each part took
 */
public record HostCalibration(String cpu, String started, boolean exact, List<String> notes, List<KernelRow> kernels,
                              List<FittedSetting> settings, HeldOut heldOut, Map<String, Double> seconds) {
    private static final int WORST = 10;
    /** Marginal costs below that, in cycles, say nothing of shares. */
    private static final double LEAST_MARGINAL = 0.25;
    /** Fewer kernels say nothing of those that were not timed. */
    private static final int LEAST_KERNELS = 10;

    public HostCalibration {
        notes = List.copyOf(notes);
        kernels = List.copyOf(kernels);
        settings = List.copyOf(settings);
        seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    }

    /**
     * Errors over kernels.
     *
     * @param kernels        kernels that errors are shares of; marginal ones are counted apart
     * @param percentBefore  mean absolute error before the fit, in percent
     * @param percent        the same after it
     * @param marginal       kernels that are judged in cycles
     * @param cyclesBefore   mean absolute error of those before the fit, in cycles
     * @param cycles         the same after it
     */
    public record Error(int kernels, double percentBefore, double percent, int marginal, double cyclesBefore, double cycles) {
        static Error of(List<KernelRow> rows) {
            List<KernelRow> measured = rows.stream().filter(r -> Double.isFinite(r.measured())).toList();
            List<KernelRow> shares = measured.stream().filter(r -> !r.marginal()).toList();
            List<KernelRow> marginal = measured.stream().filter(KernelRow::marginal).toList();
            return new Error(shares.size(), mean(shares, KernelRow::percentBefore), mean(shares, KernelRow::errorPercent),
                    marginal.size(), mean(marginal, r -> r.before() - r.measured()), mean(marginal, KernelRow::errorCycles));
        }

        private static double mean(List<KernelRow> rows, ToDoubleFunction<KernelRow> error) {
            return rows.stream().mapToDouble(r -> Math.abs(error.applyAsDouble(r))).average().orElse(0);
        }
    }

    /**
     * A fit without a part of the kernels.
     *
     * @param rule    which kernels those are
     * @param kernels their names
     * @param stayed  error over the kernels that it was fitted to
     * @param held    error over those that were held out
     * @param fitted  error of the fit to all kernels over the same ones
     */
    public record HeldOut(String rule, List<String> kernels, Error stayed, Error held, Error fitted) {
    }

    /** Error over all kernels. */
    public Error overall() {
        return Error.of(kernels);
    }

    /** Error over those that malloc and free depend on. */
    public Error allocator() {
        return Error.of(kernels.stream().filter(KernelRow::allocator).toList());
    }

    /** Error over one group. */
    public Error group(String name) {
        return Error.of(kernels.stream().filter(k -> k.group().equals(name)).toList());
    }

    /**
     * Standard deviation of replayed marginal costs around the measured ones, as a share, by the median of kernels that cost
     * enough; NaN where few do.
     *
     * @param replayed which of a kernel's replayed costs
     */
    public double marginalDeviation(ToDoubleFunction<KernelRow> replayed) {
        double[] off = kernels.stream().filter(k -> k.marginal() && k.measured() >= LEAST_MARGINAL)
                .mapToDouble(k -> Math.abs(replayed.applyAsDouble(k) / k.measured() - 1)).toArray();
        return off.length < LEAST_KERNELS ? Double.NaN : Residuals.DEVIATIONS_OF_MEDIAN * new Median().evaluate(off);
    }

    /** The kernels that replay misses most, by share; marginal ones left out. */
    public List<KernelRow> worst() {
        return kernels.stream().filter(k -> Double.isFinite(k.measured()) && !k.marginal())
                .sorted(Comparator.comparingDouble((KernelRow k) -> -Math.abs(k.errorPercent())).thenComparing(KernelRow::kernel))
                .limit(WORST).toList();
    }
}
