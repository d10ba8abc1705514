package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.Flow;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an indirect jump is foreseen by: the path to it, of any length that helps. */
class IndirectPredictorTest {
    private static final int TURNS = 6000;
    private static final long JUMP = 0x401000;

    /** Share of the last two thirds of turns that go wrong at a jump which takes its targets in turn, behind so many random branches. */
    private static double wrong(CoreProfile core, int targets, int random) {
        BranchPredictor predictor = new BranchPredictor(core);
        Random bits = new Random(7);
        long wrong = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            for (int k = 0; k < random; k++) {
                long at = 0x400000 + 32L * k;
                predictor.predict(Flow.CONDITIONAL, at, at + 2, bits.nextBoolean(), at + 16);
            }
            long before = predictor.indirectMispredicted;
            long target = JUMP + 64 + 16L * (turn % targets);
            predictor.predict(Flow.INDIRECT_JUMP, JUMP, JUMP + 2, true, target);
            predictor.predict(Flow.JUMP, target + 4, target + 6, true, JUMP + 4096);
            predictor.predict(Flow.CONDITIONAL, JUMP + 4096, JUMP + 4098, true, 0x400000);
            wrong += turn >= TURNS / 3 ? predictor.indirectMispredicted - before : 0;
        }
        return wrong / (TURNS * 2 / 3.0);
    }

    @ParameterizedTest
    @CsvSource({"zen3,1,4", "zen3,4,0", "zen4,4,0", "zen5,2,0", "zen5,8,0", "zen5,16,0"})
    void targetsInTurnAreForeseen(String core, int targets, int random) {
        assertEquals(0, wrong(CoreProfile.load(core), targets, random), 0.002);
    }

    @ParameterizedTest
    @CsvSource({"zen3,4,1,0.1", "zen4,4,1,0.1", "zen5,2,1,0.05", "zen5,4,1,0.05", "zen5,4,2,0.15", "zen5,8,2,0.15", "zen5,2,4,0.2"})
    void fewRandomBranchesBetweenDoNotHideThem(String core, int targets, int random, double most) {
        double share = wrong(CoreProfile.load(core), targets, random);
        assertTrue(share < most, core + ": " + share);
    }

    @ParameterizedTest
    @CsvSource({"zen5,8,12", "zen5,16,8"})
    void manyDo(String core, int targets, int random) {
        double share = wrong(CoreProfile.load(core), targets, random);
        assertTrue(share > 0.3, core + ": " + share);
    }

    @ParameterizedTest
    @CsvSource({"8", "512"})
    void fewTargetsFitIntoASmallArray(int entries) {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.INDIRECT_ENTRIES, entries);
        double share = wrong(core, 16, 0);
        assertTrue(entries >= 512 ? share < 0.05 : share > 0.3, entries + ": " + share);
    }
}
