package dev.cyclecast.model.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.SyntheticTrace;
import dev.cyclecast.trace.EventBatch;
import org.junit.jupiter.api.Test;

/** Two programs that do the same operations with different numbers of instructions: gains are per operation. */
class PairReplayTest {
    private static final Predictor.Options OPTIONS = new Predictor.Options(64, 1, 2, 2000, 6000);

    /** Operations of {@code nops} no-operations and a jump back, two of warm-up before those that count. */
    private static SyntheticTrace program(int nops, int operations) {
        SyntheticTrace t = new SyntheticTrace().function("malloc");
        int[] body = new int[nops + 1];
        for (int k = 0; k < nops; k++) {
            body[k] = t.nop(4);
        }
        body[nops] = t.jump(t.address(body[0]));
        for (int n = -2; n < operations; n++) {
            if (n == 0) {
                t.count();
            }
            t.mark(EventBatch.BEGIN).run(body).mark(EventBatch.END);
        }
        return t;
    }

    @Test
    void aProgramWithHalfTheInstructionsTakesHalfTheTime() {
        PairReplay baseline = new PairReplay(program(240, 600), CoreProfile.load("zen4"), OPTIONS);
        double gain = baseline.gain(program(120, 600)).gainPercent();
        assertEquals(100, gain, 8);
    }

    @Test
    void aProgramGainsNothingOverItself() {
        SyntheticTrace trace = program(60, 1600);
        PairReplay.Gain gain = new PairReplay(trace, CoreProfile.load("zen4"), OPTIONS).gain(trace);
        assertEquals(0.0, gain.gainPercent());
        assertEquals(0.0, gain.low());
        assertEquals(0.0, gain.high());
    }

    @Test
    void programsThatDoLessAreRefused() {
        PairReplay baseline = new PairReplay(program(120, 600), CoreProfile.load("zen4"), OPTIONS);
        ModelException e = assertThrows(ModelException.class, () -> baseline.gain(program(120, 500)));
        assertTrue(e.getMessage().contains("fewer operations"), e.getMessage());
    }
}
