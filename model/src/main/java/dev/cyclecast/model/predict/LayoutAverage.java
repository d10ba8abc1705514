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

/**
 * Modelled cycles per operation of a recorded program: by the core's own constants, averaged over drawn layouts and page
 * colours.
 *
 * <p>A gain takes draws of the constants, since what is uncertain about them hits both programs alike. The cycles of one program
 * do not: they follow a constant wherever it goes, and more so upwards, so that their mean over wide ranges is that of another
 * core.
 */
public final class LayoutAverage {
    /** Layouts; each is replayed in every segment of the trace, in another place than the next one. */
    private static final int LAYOUTS = Design.LEVELS;

    private LayoutAverage() {
    }

    /**
     * Replays windows all over the trace under each layout.
     *
     * @throws dev.cyclecast.model.ModelException if the trace is too short
     */
    public static double cyclesPerOperation(TraceSource trace, CoreProfile core, Predictor.Options options) {
        Windows.Plan plan = Windows.plan(trace, options);
        Code code = Code.of(trace.image());
        List<Window> windows = Windows.compact(Windows.of(trace, plan), code, s -> s);
        Replayer replayer = new Replayer(code, core.instructions());
        // The first eight draws of a block differ in layout and colours.
        List<Design.Draw> draws = Design.draws(Design.BLOCK, options.seed());
        long cycles = IntStream.range(0, LAYOUTS).parallel()
                .mapToLong(layout -> cycles(code, replayer, core, draws.get(layout), own(windows, plan, layout))).sum();
        return (double) cycles / LAYOUTS / plan.segments() / plan.counted();
    }

    /** One window of each segment. */
    private static List<Window> own(List<Window> windows, Windows.Plan plan, int place) {
        return IntStream.range(0, plan.segments()).mapToObj(segment -> windows.get(plan.window(segment, place))).toList();
    }

    private static long cycles(Code code, Replayer replayer, CoreProfile core, Design.Draw draw, List<Window> windows) {
        Placement placement = Placement.drawn(code, draw.layout());
        BranchOutcomes outcomes = BranchOutcomes.of(code, List.of(core), placement, windows).getFirst();
        return IntStream.range(0, windows.size())
                .mapToLong(w -> replayer.replay(windows, w, core, placement, draw.colours(), outcomes).cycles()).sum();
    }
}
