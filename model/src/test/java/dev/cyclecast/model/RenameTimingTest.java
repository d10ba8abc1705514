package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.RCX;
import static dev.cyclecast.trace.Registers.RDX;
import static dev.cyclecast.trace.Registers.RSI;
import static dev.cyclecast.trace.Registers.RSP;
import static dev.cyclecast.trace.Registers.bit;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory renaming: which stores and loads are taken for a pair, and what it costs where they are none. */
class RenameTimingTest {
    private static final long CELL = 0x10000000L;
    private static final long STACK = 0x7fff0000L;
    private static final int ADDITIONS = 20;
    private static final int REFETCH = 30;

    /** Loads a turn that come again, as what a dearer refetch costs. */
    private static double again(CoreProfile core, ToDoubleFunction<CoreProfile> turn) {
        CoreProfile cheap = core.with(Constant.FORWARD_MISPREDICT, 20);
        CoreProfile dear = cheap.with(Constant.FORWARD_MISPREDICT, 20 + REFETCH);
        return (turn.applyAsDouble(dear) - turn.applyAsDouble(cheap)) / REFETCH;
    }

    /** A turn of so many static stores, each with a load of a place so many bytes from it, and additions behind. */
    private static double pairs(CoreProfile core, int pairs, int bytes, int additions) {
        return LoopTiming.perIteration(core, t -> {
            for (int k = 0; k < pairs; k++) {
                t.store(RCX, RBX, 16 * k, 8);
                t.load(RDX, RBX, 16 * k + bytes, 8);
                for (int n = 0; n < additions; n++) {
                    t.alu("add", RSI, RSI);
                }
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            int at = 0;
            for (int k = 0; k < pairs; k++) {
                t.access(at++, CELL + 16 * k).access(at++, CELL + 16 * k + bytes);
                for (int m = 0; m < additions; m++) {
                    t.run(at++);
                }
            }
            t.run(at);
        }, 30, 60);
    }

    @ParameterizedTest
    @CsvSource({"10,512,0", "10,1024,1", "10,2048,1", "10,1032,0", "11,1024,0", "11,2048,1", "12,2048,0", "12,4096,1", "32,4096,0"})
    void aLoadOfTheSameNameButForHighBitsComesAgain(int bits, int bytes, int each) {
        assertEquals(4 * each, again(CoreProfile.load("zen5").with(Constant.RENAME_BITS, bits).with(Constant.RENAME_MARKS, 0),
                p -> pairs(p, 4, bytes, 50)), 0.1);
    }

    @ParameterizedTest
    @CsvSource({"8,7,0", "8,8,0", "8,9,9", "3,4,4", "0,1,1", "20,16,0"})
    void soManyLoadsAreMarked(int marks, int pairs, int each) {
        assertEquals(each, again(CoreProfile.load("zen5").with(Constant.RENAME_MARKS, marks), p -> pairs(p, pairs, 1024, 50)), 0.2);
    }

    @ParameterizedTest
    @CsvSource({"40,10", "40,4", "40,50", "0,10", "24,10", "23,10", "12,4", "48,4"})
    void aLoadInReachOfTwoThatCameAgainDoesNot(int shadow, int additions) {
        // Of those that follow each other at equal distances, two come again, then as many do not as are in reach of the first.
        int pairs = 60;
        int not = Math.max(0, shadow / (2 + additions) - 1);
        double each = (double) pairs * 2 / (2 + not);
        assertEquals(each, again(CoreProfile.load("zen5").with(Constant.RENAME_MARKS, 1).with(Constant.RENAME_SHADOW, shadow), p -> pairs(p, pairs, 1024, additions)), 1.5);
    }

    /** A store and a load that it serves; every so many turns one comes between that has the name of the first, or writes what it wrote. */
    private static double sometimes(CoreProfile core, int every, boolean name) {
        return LoopTiming.perIteration(core, t -> {
            t.store(RCX, RBX, 0, 8);
            t.store(RCX, name ? RBX : RSI, name ? 1024 : 0, 8);
            t.load(RDX, RBX, 0, 8);
            for (int k = 0; k < 20; k++) {
                t.nop(4);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            t.access(0, CELL);
            if (n % every == 0) {
                t.access(1, name ? CELL + 1024 : CELL);
            }
            t.access(2, CELL);
            for (int k = 3; k < 24; k++) {
                t.run(k);
            }
        }, 120, 480);
    }

    @ParameterizedTest
    @CsvSource({"15,15,true,0", "15,16,true,1", "7,7,true,0", "7,8,true,1", "7,8,false,1", "7,7,false,0", "0,2,true,1", "30,24,false,0"})
    void aMarkLastsForSoManyExecutions(int executions, int every, boolean name, int each) {
        assertEquals(each, again(CoreProfile.load("zen5").with(Constant.RENAME_MARKED, executions).with(Constant.PSF_PAIRS, 0),
                p -> sometimes(p, every, name)) * every, 0.1);
    }

    /** A chain through a pair, with so many stores between by another register. */
    private static double chain(CoreProfile core, int between, int base) {
        return LoopTiming.perIteration(core.with(Constant.PSF_PAIRS, 0), t -> {
            t.store(RAX, RBX, 0, 8);
            for (int k = 0; k < between; k++) {
                t.store(RCX, base, 64 + 8 * k, 8);
            }
            t.load(RAX, RBX, 0, 8);
            for (int k = 0; k < ADDITIONS; k++) {
                t.alu("add", RAX, RAX);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            int at = 0;
            t.access(at++, CELL);
            for (int k = 0; k < between; k++) {
                t.access(at++, (base == RSP ? STACK : CELL) + 64 + 8 * k);
            }
            t.access(at++, CELL);
            for (int k = 0; k <= ADDITIONS; k++) {
                t.run(at++);
            }
        }, 60);
    }

    @ParameterizedTest
    @CsvSource({"8,8,15", "3,3,15", "8,15,4", "20,15,9", "0,0,15"})
    void soManyStoresMayLieBetweenAPairAndThoseOnTheStackCountOnlyInAll(int file, int within, int window) {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.MEMORY_FILE, file).with(Constant.RENAME_WINDOW, window);
        int last = Math.min(within, window);
        int forward = core.get(Constant.FORWARD_LATENCY);
        assertEquals(ADDITIONS, chain(core, last, RSI), 0.2);
        assertEquals(ADDITIONS + forward, chain(core, last + 1, RSI), 0.2);
        assertEquals(ADDITIONS, chain(core, window, RSP), 0.2);
        assertEquals(ADDITIONS + forward, chain(core, window + 1, RSP), 0.2);
    }

    /** Cycles of a pair in a chain whose base is written so many no-operations behind the load, or by the load itself. */
    private static double moved(CoreProfile core, int behind, boolean self) {
        int fill = 16;
        return LoopTiming.perIteration(core.with(Constant.PSF_PAIRS, 0), t -> {
            t.store(RAX, RBX, 0, 8);
            for (int k = 0; k < fill; k++) {
                t.nop(4);
            }
            t.load(self ? RBX : RAX, RBX, 0, 8);
            for (int k = 0; k < behind; k++) {
                t.nop(4);
            }
            t.alu("mov", self ? RAX : RBX, self ? RBX : RSI);
            for (int k = 0; k < ADDITIONS; k++) {
                t.alu("add", RAX, RAX);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            t.access(0, CELL);
            for (int k = 1; k <= fill; k++) {
                t.run(k);
            }
            t.access(fill + 1, CELL);
            for (int k = 0; k <= behind + ADDITIONS + 1; k++) {
                t.run(fill + 2 + k);
            }
        }, 60) - ADDITIONS;
    }

    @ParameterizedTest
    @CsvSource({"0,0,false,true", "0,8,false,false", "0,12,false,false", "0,0,true,true", "0,9,true,true", "1,0,false,false", "1,0,true,false"})
    void aLoadWhoseAddressIsWrittenInItsDispatchGroupIsNotRenamed(int keeps, int behind, boolean self, boolean apart) {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.RENAME_KEEPS, keeps);
        assertEquals(apart ? core.get(Constant.FORWARD_LATENCY) : 0, moved(core, behind, self), 0.3);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,3", "5,5", "6,6", "8,8"})
    void whatComesAGroupLaterDoesNotKeepALoadFromBeingRenamed(int width, int rest) {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.DISPATCH_WIDTH, width).with(Constant.RENAME_KEEPS, 0);
        assertEquals(moved(core.with(Constant.RENAME_KEEPS, 1), rest, false), moved(core, rest, false), 0.3);
    }

    /** Cycles from a store on the stack to a load of it, with what moves the stack pointer between them and back. */
    private static double onStack(CoreProfile core, String move, long immediate, boolean push) {
        return LoopTiming.perIteration(core.with(Constant.PSF_PAIRS, 0), t -> {
            if (push) {
                t.push(RAX);
            } else {
                t.store(RAX, RSP, -64, 8);
            }
            moveStack(t, move, immediate);
            t.load(RAX, RSP, 0, 8);
            moveStack(t, move.equals("sub") ? "add" : move, immediate);
            for (int k = 0; k < ADDITIONS; k++) {
                t.alu("add", RAX, RAX);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            t.access(0, STACK).run(1).access(2, STACK);
            for (int k = 3; k < ADDITIONS + 5; k++) {
                t.run(k);
            }
        }, 60) - ADDITIONS;
    }

    private static void moveStack(SyntheticTrace t, String how, long immediate) {
        t.put(how, 7, Flow.NEXT, 0, bit(RSP), bit(RSP), List.of(new Operand(Operand.Kind.REGISTER, RSP, 64, true, true),
                new Operand(Operand.Kind.IMMEDIATE, -1, 32, true, false)), List.of(), immediate);
    }

    @ParameterizedTest
    @CsvSource({"zen4,255", "zen5,255", "zen4,15", "zen5,0"})
    void aPlaceOnTheStackKeepsItsNameWhileThePointerMovesLittle(String name, int followed) {
        CoreProfile core = CoreProfile.load(name).with(Constant.STACK_FOLLOWED, followed);
        int forward = core.get(Constant.FORWARD_LATENCY);
        for (boolean push : new boolean[] {true, false}) {
            for (int by : new int[] {1, 8, 248, 256}) {
                assertEquals(by <= followed ? 0 : forward, onStack(core, "sub", by, push), 0.2);
            }
            assertEquals(forward, onStack(core, "and", -16, push), 0.2);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,1,1", "1,1,2", "3,1,4", "3,0,2", "1,4,2"})
    void aMoveOfTheStackPointerTakesLongerBehindPushes(int sync, int pushes, int cycles) {
        // Pushes and a move back; without pushes, two moves.
        assertEquals(cycles, LoopTiming.perIteration(CoreProfile.load("zen5").with(Constant.STACK_SYNC, sync), t -> {
            for (int k = 0; k < pushes; k++) {
                t.push(RAX);
            }
            moveStack(t, "add", 8 * pushes);
            if (pushes == 0) {
                moveStack(t, "sub", 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            for (int k = 0; k < pushes; k++) {
                t.access(k, STACK - 8 * k);
            }
            for (int k = pushes; k < (pushes == 0 ? 3 : pushes + 2); k++) {
                t.run(k);
            }
        }, 60), 0.1);
    }

    @Test
    void whatIsRelativeToTheInstructionPointerIsPredictedButNotRenamed() {
        CoreProfile core = CoreProfile.load("zen5");
        int forward = core.get(Constant.FORWARD_LATENCY);
        assertEquals(1, counter(core), 0.1);
        assertEquals(forward, counter(core.with(Constant.PSF_MODIFY, 0)), 0.1);
        assertEquals(forward, counter(core.with(Constant.PSF_PAIRS, 0)), 0.1);
    }

    @ParameterizedTest
    @CsvSource({"9,-1,1", "-1,9,1", "9,10,1", "-1,-1,7"})
    void whatIsThreadLocalIsRenamedByItsRegisters(int base, int index, int cycles) {
        CoreProfile core = CoreProfile.load("zen5").with(Constant.PSF_PAIRS, 0);
        int scale = index < 0 ? 0 : 8;
        assertEquals(cycles, counter(core, new MemoryOperand(MemoryOperand.Segment.FS, base, index, scale, -64, false, false, 8, true, true, -1)), 0.1);
    }

    /** Cycles of {@code inc [rip+counter]}, one behind the other. */
    private static double counter(CoreProfile core) {
        return counter(core, new MemoryOperand(MemoryOperand.Segment.NONE, -1, -1, 0, CELL, true, false, 8, true, true, -1));
    }

    private static double counter(CoreProfile core, MemoryOperand memory) {
        return LoopTiming.perIteration(core, t -> {
            t.put("inc", 7, Flow.NEXT, 0, 0, bit(FLAGS), List.of(new Operand(Operand.Kind.MEMORY, -1, 64, true, true)),
                    List.of(memory), 0);
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> t.access(0, CELL).run(1), 60);
    }
}
