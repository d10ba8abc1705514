package dev.cyclecast.model.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.SyntheticTrace;
import dev.cyclecast.trace.EventBatch;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Operations that are one chain of dependent additions take a cycle for each, wherever they lie and whatever else is uncertain. */
class LayoutAverageTest {
    private static final Predictor.Options OPTIONS = new Predictor.Options(64, 1, 2, 2000, 6000);
    private static final CoreProfile ZEN4 = CoreProfile.load("zen4");

    /** Operations that add a register to itself and jump back, two of warm-up before those that count. */
    private static SyntheticTrace chain(int additions, int operations) {
        SyntheticTrace t = new SyntheticTrace().function("malloc");
        int[] body = new int[additions + 1];
        for (int k = 0; k < additions; k++) {
            body[k] = t.alu("add", 0, 0);
        }
        body[additions] = t.jump(t.address(body[0]));
        for (int n = -2; n < operations; n++) {
            if (n == 0) {
                t.count();
            }
            t.mark(EventBatch.BEGIN).run(body).mark(EventBatch.END);
        }
        return t;
    }

    @Property(tries = 6)
    void aChainTakesACycleForEachLink(@ForAll @IntRange(min = 40, max = 300) int links) {
        assertEquals(links, LayoutAverage.cyclesPerOperation(chain(links, 160_000 / links), ZEN4, OPTIONS), 1e-2 * links);
    }

    @Test
    void rangesOfConstantsDoNotMoveIt() {
        CoreProfile.Value width = ZEN4.constants().get(Constant.DISPATCH_WIDTH);
        CoreProfile wide = ZEN4.with(Constant.DISPATCH_WIDTH,
                new CoreProfile.Value(width.value(), 1, width.value(), width.confidence(), width.source(), width.note()));
        SyntheticTrace trace = chain(100, 1600);
        assertEquals(LayoutAverage.cyclesPerOperation(trace, ZEN4, OPTIONS), LayoutAverage.cyclesPerOperation(trace, wide, OPTIONS), 0);
        double[] least = new double[Constant.values().length];
        assertNotEquals(LayoutAverage.cyclesPerOperation(trace, wide, OPTIONS),
                LayoutAverage.cyclesPerOperation(trace, wide.draw(least), OPTIONS));
    }
}
