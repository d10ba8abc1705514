package dev.cyclecast.model.predict;

import dev.cyclecast.model.BranchOutcomes;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Placement;
import dev.cyclecast.model.Replayer;
import dev.cyclecast.model.Window;
import dev.cyclecast.trace.TraceSource;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * The gain of recorded programs over a recorded baseline that does the same operations: both are replayed under the same
 * draws of constants, page colours and windows.
 *
 * <p>Two builds share no layout, so each draw takes a layout of its own, and the mean is over as many layouts as draws.
 */
public final class PairReplay {
    /** Windows before the timed one that train the predictors; each keeps enough branches for that. */
    private static final int TRAINING_WINDOWS = 1;

    private final CoreProfile core;
    private final Windows.Plan plan;
    private final List<Design.Draw> draws;
    private final long[] baseCycles;

    /**
     * A gain found by replay.
     *
     * @param gainPercent mean over the draws
     * @param low         5th percentile; NaN for a single draw
     * @param high        95th percentile; NaN for a single draw
     */
    public record Gain(double gainPercent, double low, double high) {
    }

    /** Replays the baseline. */
    public PairReplay(TraceSource baseline, CoreProfile core, Predictor.Options options) {
        this.core = core;
        plan = Windows.plan(baseline, options);
        draws = Design.draws(options.draws(), options.seed());
        baseCycles = cycles(baseline);
    }

    /** Replays another program and compares. */
    public Gain gain(TraceSource variant) {
        long[] cycles = cycles(variant);
        double[] gains = new double[cycles.length];
        for (int d = 0; d < gains.length; d++) {
            gains[d] = 100.0 * ((double) baseCycles[d] / cycles[d] - 1);
        }
        boolean interval = gains.length > 1;
        return new Gain(StatUtils.mean(gains), interval ? new Percentile().evaluate(gains, 5) : Double.NaN,
                interval ? new Percentile().evaluate(gains, 95) : Double.NaN);
    }

    private long[] cycles(TraceSource trace) {
        Code code = Code.of(trace.image());
        List<Window> windows = Windows.compact(Windows.of(trace, plan), code, s -> s);
        Replayer replayer = new Replayer(code, core.instructions());
        long[] cycles = new long[draws.size()];
        IntStream.range(0, cycles.length).parallel().forEach(d -> {
            Design.Draw draw = draws.get(d);
            CoreProfile drawn = cycles.length == 1 ? core : core.draw(draw.quantiles());
            Placement placement = Placement.drawn(code, draw.layout() + d);
            int number = plan.window(draw.segment(), draw.place());
            List<Window> own = windows.subList(Math.max(0, number - TRAINING_WINDOWS), number + 1);
            cycles[d] = replayer.replay(own, own.size() - 1, drawn, placement, draw.colours(),
                    BranchOutcomes.of(code, List.of(core), placement, own).getFirst()).cycles();
        });
        return cycles;
    }
}
