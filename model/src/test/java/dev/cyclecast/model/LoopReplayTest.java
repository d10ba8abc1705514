package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.bit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Operand;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A loop's cycles by themselves, without what is around it, kept in memory or read from its trace. */
class LoopReplayTest {
    private static final CoreProfile CORE = CoreProfile.load("zen4");
    private static final int CHAIN = 30;

    /** A chain of multiplications in a loop; cold code and a miss to memory behind it. */
    private static SyntheticTrace loop(int warm, int counted) {
        SyntheticTrace t = new SyntheticTrace();
        t.function("loop");
        int[] body = IntStream.range(0, CHAIN).map(k -> t.alu("imul", RAX, RAX)).toArray();
        int test = t.test(RBX);
        int back = t.jcc(SyntheticTrace.CODE);
        int load = t.load(RBX, RBX, 0, 8);
        int end = t.put("ret", 1, Flow.RETURN, 0, 0, 0, List.of(), List.of(), 0);
        for (int turn = 0; turn < warm + counted; turn++) {
            if (turn == warm) {
                t.count();
            }
            t.run(body).run(test, back);
        }
        return t.access(load, 1 << 30).run(end);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 40, 4000})
    void aTurnTakesItsChain(int counted) {
        double cycles = new LoopReplay(loop(20, counted)).cyclesPerTurn(CORE);
        assertEquals(3.0 * CHAIN, cycles, 0.01 * CHAIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 40, 400})
    void aChainThatBeginsAnewIsNotHelpedByWhatStillRetiresBeforeIt(int counted) {
        SyntheticTrace t = new SyntheticTrace();
        t.function("loop");
        int zero = t.put("xor", 3, Flow.NEXT, 0, bit(RAX), bit(RAX), List.of(new Operand(Operand.Kind.REGISTER, RAX, 64, true, true),
                new Operand(Operand.Kind.REGISTER, RAX, 64, true, false)), List.of(), 0);
        long start = t.address(zero) + 3;
        int[] body = IntStream.range(0, CHAIN).map(k -> t.alu("imul", RAX, RAX)).toArray();
        int test = t.test(RBX);
        int back = t.jcc(start);
        int again = t.jump(SyntheticTrace.CODE);
        for (int turn = 0; turn < 40; turn++) {
            t.run(body).run(test, back);
        }
        t.run(again).count().run(zero);
        for (int turn = 0; turn < counted; turn++) {
            t.run(body).run(test, back);
        }
        t.run(again);
        assertEquals(3.0 * CHAIN, new LoopReplay(t).cyclesPerTurn(CORE), 0.02 * CHAIN);
    }

    @Test
    void aBackwardBranchThatIsNotTakenIsNoEndOfATurn() {
        SyntheticTrace t = new SyntheticTrace();
        t.function("loop");
        int[] body = IntStream.range(0, CHAIN).map(k -> t.alu("imul", RAX, RAX)).toArray();
        int[] calls = {t.call(SyntheticTrace.CODE), t.call(SyntheticTrace.CODE)};
        int test = t.test(RBX);
        int back = t.jcc(SyntheticTrace.CODE);
        int never = t.jcc(SyntheticTrace.CODE);
        int leave = t.ret();
        for (int turn = 0; turn < 60; turn++) {
            if (turn == 20) {
                t.count();
            }
            // Executed twice in a turn.
            t.run(body).run(calls[0], never, leave, calls[1], never, leave, test, back);
        }
        assertEquals(3.0 * CHAIN, new LoopReplay(t).cyclesPerTurn(CORE), 0.01 * CHAIN);
    }

    @Test
    void aFormThatAProfileTimesOtherwiseTakesThatLong() {
        FormTiming slow = CORE.form("imul r64,r64").with(FormTiming.Part.LATENCY, 5);
        LoopReplay replay = new LoopReplay(loop(20, 40));
        assertEquals(5.0 * CHAIN, replay.cyclesPerTurn(CORE.with("imul r64,r64", slow)), 0.01 * CHAIN);
        assertEquals(3.0 * CHAIN, replay.cyclesPerTurn(CORE), 0.01 * CHAIN);
    }

    @Test
    void aTraceWithoutTurnsIsRefused() {
        SyntheticTrace none = new SyntheticTrace();
        none.function("straight");
        none.count();
        none.run(none.nop(1));
        assertTrue(assertThrows(ModelException.class, () -> new LoopReplay(none)).getMessage().contains("no two turns"));
        SyntheticTrace one = loop(5, 1);
        assertThrows(ModelException.class, () -> new LoopReplay(one));
    }
}
