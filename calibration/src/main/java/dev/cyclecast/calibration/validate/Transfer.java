package dev.cyclecast.calibration.validate;

import dev.cyclecast.model.predict.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How forecasts get from the reference shape to the free one, where a proposal finds nothing to edit in the free shape's trace.
 * The compiler has merged that code, and has often done what the proposal would do. So the reference shape's forecast says too
 * much there, and its interval does not hold the compiler's freedom.
 *
 * <p>What is known of that freedom comes from forecasts alone: the shares of the reference gain that the free one keeps, over all
 * proposals that have a forecast of their own in both shapes under the same load. The share of one more proposal is taken for
 * another draw of the same distribution. A forecast of gain r and half width h, in percentage points, becomes share * r with
 * half width sqrt((share * h)^2 + (t * deviation * sqrt(1 + 1 / pairs) * r)^2), t being Student's quantile of the forecast's level.
 *
 * <p>Shares of one proposal under several loads resemble each other, so the interval is, if anything, too narrow.
 *
 * @param share     mean share that is kept: 1 for all of the gain, below 0 for the opposite sign
 * @param deviation sample standard deviation of the shares
 * @param pairs     number of shares
 */
public record Transfer(double share, double deviation, int pairs) {
    /** Fewer shares say nothing of their spread. */
    private static final int LEAST_PAIRS = 3;
    /** Shares of smaller gains are noise, in percentage points. */
    private static final double LEAST_GAIN_PERCENT = 1;

    /**
     * The same traces; those of the free shape also have the transferred forecasts, where there are enough shares. To be called
     * before forecasts are sealed, so that the seal holds for these too, and no later version of this class changes them.
     */
    static List<ForecastRecord.OfTrace> addedTo(List<ForecastRecord.OfTrace> traces) {
        double[] shares = traces.stream().flatMap(t -> shares(t, reference(t, traces)).stream()).mapToDouble(s -> s).toArray();
        if (shares.length < LEAST_PAIRS) {
            return traces;
        }
        Transfer transfer = new Transfer(StatUtils.mean(shares), Math.sqrt(StatUtils.variance(shares)), shares.length);
        return traces.stream().map(t -> t.with(transfer.missing(t, reference(t, traces)))).toList();
    }

    /** The forecasts of the reference shape for a trace of the free one; none for other traces. */
    private static List<Forecast> reference(ForecastRecord.OfTrace free, List<ForecastRecord.OfTrace> traces) {
        return free.shape() != Shape.FREE ? List.of() : traces.stream()
                .filter(t -> t.is(free.variant(), Shape.REFERENCE, free.workload())).flatMap(t -> t.forecasts().stream()).toList();
    }

    private static List<Double> shares(ForecastRecord.OfTrace free, List<Forecast> reference) {
        List<Double> shares = new ArrayList<>();
        for (Forecast r : reference) {
            Forecast own = free.of(r.proposal());
            if (own != null && Math.abs(r.gainPercent()) >= LEAST_GAIN_PERCENT) {
                shares.add(own.gainPercent() / r.gainPercent());
            }
        }
        return shares;
    }

    private List<Forecast> missing(ForecastRecord.OfTrace free, List<Forecast> reference) {
        return reference.stream().filter(r -> free.of(r.proposal()) == null).map(this::transferred).toList();
    }

    private Forecast transferred(Forecast r) {
        double gain = share * r.gainPercent();
        double student = new TDistribution(null, pairs - 1).inverseCumulativeProbability(0.5 + 0.5 * r.level());
        double half = Math.hypot(share * 0.5 * (r.high() - r.low()), student * deviation * Math.sqrt(1 + 1.0 / pairs) * r.gainPercent());
        Verdict verdict = r.verdict() == null ? null : Verdict.of(gain - half, gain + half);
        return new Forecast(r.proposal(), gain, gain - half, gain + half, r.level(), verdict, r.statedGain(), r.basis(), this);
    }
}
