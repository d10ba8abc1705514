package dev.cyclecast.model.predict;

import dev.cyclecast.model.BranchOutcomes;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Placement;
import dev.cyclecast.model.Replayer;
import dev.cyclecast.model.Window;
import dev.cyclecast.trace.TraceSource;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The gain of recorded programs over a recorded baseline that does the same operations: both are replayed under the same
 * draws of constants, page colours and windows.
 *
 * <p>Two builds share no layout, so each draw takes a layout of its own: the mean is over as many layouts as draws.
 */
public final class PairReplay {
    /** Windows before the timed one that train the predictors; each keeps enough branches for that. */
    private static final int TRAINING_WINDOWS = 1;

    private final CoreProfile core;
    private final Windows.Plan plan;
    private final List<Design.Draw> draws;
    private final Cycles base;

    /**
     * A gain found by replay.
     *
     * @param gainPercent averaged over layouts
     * @param low         low end of its 90 % interval; NaN for a single draw
     * @param high        high end of it; NaN for a single draw
     */
    public record Gain(double gainPercent, double low, double high) {
    }

    /** Replays the baseline. */
    public PairReplay(TraceSource baseline, CoreProfile core, Predictor.Options options) {
        this.core = core;
        plan = Windows.plan(baseline, options);
        List<Design.Draw> shared = Design.draws(options.draws(), options.seed());
        draws = IntStream.range(0, shared.size()).mapToObj(d -> shared.get(d).alone(d)).toList();
        base = cycles(baseline);
    }

    /**
     * Modelled cycles by draw.
     *
     * @param own   with the draw's constants
     * @param other with its other ones; 0 where it has none
     */
    private record Cycles(long[] own, long[] other) {
    }

    /** Replays another program and compares. */
    public Gain gain(TraceSource variant) {
        Cycles cycles = cycles(variant);
        AveragedGain gain = AveragedGain.of(draws, d -> plan.window(d.segment(), d.place()), gains(base.own(), cycles.own()),
                gains(base.other(), cycles.other()), 0, 0);
        return new Gain(gain.percent(), gain.low(), gain.high());
    }

    private static double[] gains(long[] before, long[] after) {
        return IntStream.range(0, before.length).mapToDouble(d -> 100.0 * ((double) before[d] / after[d] - 1)).toArray();
    }

    private Cycles cycles(TraceSource trace) {
        Code code = Code.of(trace.image());
        List<Window> windows = Windows.compact(Windows.of(trace, plan), code, s -> s);
        Replayer replayer = new Replayer(code, core.instructions());
        Cycles cycles = new Cycles(new long[draws.size()], new long[draws.size()]);
        IntStream.range(0, draws.size()).parallel().forEach(d -> {
            Design.Draw draw = draws.get(d);
            Placement placement = Placement.drawn(code, draw.layout());
            int number = plan.window(draw.segment(), draw.place());
            List<Window> own = windows.subList(Math.max(0, number - TRAINING_WINDOWS), number + 1);
            BranchOutcomes outcomes = BranchOutcomes.of(code, List.of(core), placement, own).getFirst();
            ToLongFunction<CoreProfile> replay = profile ->
                    replayer.replay(own, own.size() - 1, profile, placement, draw.colours(), outcomes).cycles();
            cycles.own()[d] = replay.applyAsLong(draws.size() == 1 ? core : core.draw(draw.constants().quantiles()));
            if (draw.other() != null) {
                cycles.other()[d] = replay.applyAsLong(core.draw(draw.other().quantiles()));
            }
        });
        return cycles;
    }
}
