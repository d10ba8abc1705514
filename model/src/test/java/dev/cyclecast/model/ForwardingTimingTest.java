package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.RCX;
import static dev.cyclecast.trace.Registers.RDI;
import static dev.cyclecast.trace.Registers.RDX;
import static dev.cyclecast.trace.Registers.RSI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What loads and the stores that serve them learn of each other: predictions, wrong ones, and expectations. */
class ForwardingTimingTest {
    private static final int LOOPS = 960;
    private static final long CELL = 0x10000000L;
    private static final long OTHER = CELL + 520;
    private static final int ADDITIONS = 6;

    /** Cycles of a turn of a load, its usual store, and another store that writes the same place every so many turns, and 24 no-operations. */
    private static double eventEvery(CoreProfile core, int every, int nops) {
        return LoopTiming.perIteration(core, t -> {
            t.load(RAX, RSI, 0, 8);
            t.store(RCX, RBX, 0, 8);
            t.store(RCX, RDI, 0, 8);
            for (int k = 0; k < nops; k++) {
                t.nop(4);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            t.access(0, CELL).access(1, CELL).access(2, n % every == 0 ? CELL : OTHER);
            for (int k = 3; k < 4 + nops; k++) {
                t.run(k);
            }
        }, 96, LOOPS);
    }

    @ParameterizedTest
    @CsvSource({"40,false", "0,true"})
    void aLoadWhoseStoreIsForeseenFindsItAtOnce(int pairs, boolean pass) {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.PSF_PAIRS, pairs);
        // Extended bytes are not predicted, only found; two stores to their place are in flight.
        double cycles = LoopTiming.perIteration(core, t -> {
            t.store(RCX, RBX, 0, 8);
            t.store(RCX, RBX, 0, 8);
            t.loadExtended("movzx", RAX, RAX, 1);
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> t.access(0, CELL).access(1, CELL).access(2, CELL).run(3), 96, LOOPS);
        assertEquals(core.get(Constant.L1D_LATENCY) + (pass ? core.get(Constant.FORWARD_PASS) : 0), cycles, 0.1);
    }

    @ParameterizedTest
    @CsvSource({"zen3,3", "zen4,7", "zen5,3", "zen5,15"})
    void aWrongPredictionCostsItsRefetchOncePairsAreTrained(String core, int training) {
        CoreProfile cheap = CoreProfile.load(core).with(Constant.PSF_TRAINING, training).with(Constant.FORWARD_MISPREDICT, 20);
        CoreProfile dear = cheap.with(Constant.FORWARD_MISPREDICT, 50);
        int trained = training + 1;
        double none = eventEvery(cheap, training, 24);
        assertEquals(none, eventEvery(dear, training, 24), 0.01, "never predicted, so never wrong");
        double each = (eventEvery(dear, trained, 24) - eventEvery(cheap, trained, 24)) * trained;
        assertEquals(30, each, 1, "each event costs its refetch");
        assertTrue(eventEvery(cheap, trained, 24) > none + 20.0 / trained, "on top of what it waits for");
    }

    @ParameterizedTest
    @CsvSource({"0,false", "60,true"})
    void aStoreCanBeForeseenAsLongAsItLingers(int lingers, boolean wrong) {
        CoreProfile cheap = CoreProfile.load("zen5").with(Constant.STORE_LINGERS, lingers).with(Constant.FORWARD_MISPREDICT, 20);
        CoreProfile dear = cheap.with(Constant.FORWARD_MISPREDICT, 50);
        // Some twenty cycles between a store and the load of the next turn, so that it has committed.
        double each = (eventEvery(dear, 24, 160) - eventEvery(cheap, 24, 160)) * 24;
        assertEquals(wrong ? 30 : 0, each, 1);
    }

    /** A chain through memory, with so many other stores between the store and the load of the next turn. */
    private static double chainWith(CoreProfile core, int between) {
        return LoopTiming.perIteration(core, t -> {
            t.load(RAX, RSI, 0, 8);
            for (int k = 0; k < ADDITIONS; k++) {
                t.alu("add", RAX, RAX);
            }
            t.store(RAX, RBX, 0, 8);
            for (int k = 0; k < between; k++) {
                t.store(RCX, RDX, 0, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            t.access(0, CELL);
            for (int k = 1; k <= ADDITIONS; k++) {
                t.run(k);
            }
            int at = ADDITIONS + 1;
            t.access(at++, CELL);
            for (int k = 0; k < between; k++) {
                t.access(at++, OTHER + 8 * (k & 3));
            }
            t.run(at);
        }, 96);
    }

    @ParameterizedTest
    @CsvSource({"zen3,4", "zen4,9", "zen5,9", "zen5,15"})
    void soManyStoresMayLieBetweenAPair(String core, int window) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.RENAME_WINDOW, window);
        double near = chainWith(profile, window);
        double far = chainWith(profile, window + 1);
        assertTrue(near <= Math.max(ADDITIONS + 1, window + 2.5), "predicted: " + near);
        assertTrue(far >= ADDITIONS + profile.get(Constant.FORWARD_LATENCY) - 0.1, "forwarded: " + far);
    }

    @ParameterizedTest
    @CsvSource({"zen3,false", "zen4,false", "zen5,false", "zen3,true", "zen4,true", "zen5,true"})
    void aPairIsOneOfInstructionsAndTheLastInstanceCounts(String core, boolean last) {
        CoreProfile profile = CoreProfile.load(core);
        // One store instruction that writes two places a turn; the load is served by the last or by the one before.
        double turn = LoopTiming.perIteration(profile, t -> {
            t.load(RAX, RSI, 0, 8);
            for (int k = 0; k < ADDITIONS; k++) {
                t.alu("add", RAX, RAX);
            }
            t.org(SyntheticTrace.CODE + 256);
            t.store(RAX, RBX, 0, 8);
            t.jcc(SyntheticTrace.CODE + 256);
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            t.access(0, CELL);
            for (int k = 1; k <= ADDITIONS; k++) {
                t.run(k);
            }
            t.access(ADDITIONS + 1, last ? OTHER : CELL).run(ADDITIONS + 2);
            t.access(ADDITIONS + 1, last ? CELL : OTHER).run(ADDITIONS + 2, ADDITIONS + 3);
        }, 96);
        double chain = ADDITIONS + profile.get(Constant.FORWARD_LATENCY);
        assertTrue(last ? turn < ADDITIONS + 3.5 : Math.abs(turn - chain) < 0.5, core + ": " + turn);
    }

    /** A chain of loads of one cell, which a store writes every so many turns, by its address so many additions late, or its data. */
    private static double lateStore(CoreProfile core, boolean address, int additions, int every) {
        return LoopTiming.perIteration(core.with(Constant.PSF_PAIRS, 0), t -> {
            t.lea(RCX, RAX, -1, 1);
            for (int k = 1; k < additions; k++) {
                t.alu("add", RCX, RCX);
            }
            if (address) {
                t.store(RDX, RCX, 0, 8);
            } else {
                t.store(RCX, RBX, 0, 8);
            }
            t.load(RAX, RAX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            for (int k = 0; k < additions; k++) {
                t.run(k);
            }
            t.access(additions, n % every == 0 ? CELL : OTHER).access(additions + 1, CELL).run(additions + 2);
        }, 96, LOOPS);
    }

    @ParameterizedTest
    @CsvSource({"8,0", "8,4", "8,9", "14,4"})
    void aLoadThatWaitedForDataExpectsAStoreForAWhile(int additions, int extra) {
        int every = 16;
        CoreProfile core = CoreProfile.load("zen5").with(Constant.FORWARD_EXPECTED_EXTRA, extra);
        double load = core.get(Constant.L1D_LATENCY);
        double served = additions + core.get(Constant.FORWARD_LATENCY);
        assertEquals((served + (every - 1) * (load + extra)) / every, lateStore(core.with(Constant.FORWARD_EXPECTED, 16), false, additions, every), 0.15);
        // Of the 15 behind it, only so many.
        int times = 5;
        assertEquals((served + (every - 1) * load + times * extra) / every,
                lateStore(core.with(Constant.FORWARD_EXPECTED, times), false, additions, every), 0.15);
    }

    @ParameterizedTest
    @CsvSource({"6,3", "12,3", "12,20"})
    void aLoadThatMissedAnAddressWaitsForThoseOfAllOlderStores(int additions, int lookup) {
        int every = 16;
        CoreProfile core = CoreProfile.load("zen5").with(Constant.FORWARD_LOOKUP, lookup);
        double load = core.get(Constant.L1D_LATENCY) + core.get(Constant.FORWARD_EXPECTED_EXTRA);
        double waiting = additions + 1 + load;
        double unseen = additions + core.get(Constant.FORWARD_ADDRESS_EXTRA) + core.get(Constant.L1D_LATENCY);
        double all = lookup > additions ? (unseen + (every - 1) * load) / every : waiting;
        assertEquals(all, lateStore(core, true, additions, every), 0.3);
    }

    /** A chain of loads of one cell and additions to them, with stores to some places before each; cycles of a load. */
    private static double behindStores(CoreProfile core, int additions, int data, long... places) {
        return LoopTiming.perIteration(core.with(Constant.PSF_PAIRS, 0).with(Constant.FORWARD_EXPECTED, 0).with(Constant.BANK_CONFLICTS, 0), t -> {
            for (long place : places) {
                t.store(data, RBX, place - CELL, 8);
            }
            t.load(RAX, RAX, 0, 8);
            for (int k = 0; k < additions; k++) {
                t.alu("add", RAX, RCX);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            int at = 0;
            for (long place : places) {
                t.access(at++, place);
            }
            t.access(at++, CELL);
            for (int k = 0; k <= additions; k++) {
                t.run(at++);
            }
        }, 96, LOOPS);
    }

    @ParameterizedTest
    @CsvSource({"zen5,7,0", "zen5,7,4", "zen5,7,12", "zen5,3,1", "zen5,11,5", "zen4,9,2", "zen5,0,3", "zen3,0,0"})
    void aLoadThatComesWithTheDataOfItsStoreLooksAgain(String name, int retry, int additions) {
        CoreProfile core = CoreProfile.load(name).with(Constant.FORWARD_RETRY, retry).with(Constant.FORWARD_PASS, 0);
        assertEquals(core.get(Constant.L1D_LATENCY) + retry + additions, behindStores(core, additions, RAX, CELL), 0.1);
        // Data that is there before costs nothing.
        assertEquals(core.get(Constant.L1D_LATENCY) + additions, behindStores(core, additions, RCX, CELL), 0.1);
    }

    @ParameterizedTest
    @CsvSource({"7,0,1,true", "7,4,1,true", "12,2,1,true", "7,8,1,false", "7,12,1,false", "5,12,40,", "7,0,40,", "7,20,40,"})
    void theSecondOfTwoStoresToAPlaceServesALoadAtItsSecondLook(int pass, int additions, int hides, Boolean second) {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.FORWARD_PASS, pass).with(Constant.FORWARD_HIDES, hides);
        double load = core.get(Constant.L1D_LATENCY) + additions;
        // Where a store is out of the way one longer turn later, every second load looks twice.
        double turn = load + (second == null ? pass : second ? pass / 2.0 : 0);
        assertEquals(turn, behindStores(core, additions, RCX, CELL), 0.15);
        // So do aliases, which serve nothing.
        assertEquals(turn, behindStores(core, additions, RCX, CELL + 8192), 0.15);
    }

    @ParameterizedTest
    @CsvSource({"7,7,12", "7,3,12", "4,9,15"})
    void aStoreHiddenByAnAliasServesALoadAtItsThird(int pass, int retry, int additions) {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.FORWARD_PASS, pass).with(Constant.FORWARD_RETRY, retry);
        double load = core.get(Constant.L1D_LATENCY) + additions;
        assertEquals(load + pass, behindStores(core, additions, RCX, CELL + 4096, CELL), 0.1);
        assertEquals(load + pass + retry, behindStores(core, additions, RCX, CELL, CELL + 4096), 0.1);
    }

    @Test
    void expectationsEnd() {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.FORWARD_EXPECTED, 3).with(Constant.FORWARD_LOOKUP, 2);
        ExpectedForwards expected = new ExpectedForwards(core, 2);
        expected.served(0, 10, 9, 10);
        assertFalse(expected.expects(0), "in time");
        expected.served(0, 10, 9, 11);
        for (int n = 0; n < 5; n++) {
            assertEquals(n < 3, expected.expects(0), "late data, execution " + n);
            assertFalse(expected.waits(0));
            assertFalse(expected.expects(1), "another load");
        }
        expected.served(0, 10, 12, 0);
        for (int n = 0; n < 5; n++) {
            assertEquals(n < 3, expected.expects(0), "late address, execution " + n);
            assertEquals(n < 3, expected.waits(0));
        }
    }
}
