package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBP;
import static dev.cyclecast.trace.Registers.RBX;

import dev.cyclecast.model.SyntheticTrace;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Variable.Storage;
import java.util.Random;

/**
 * A little allocator: {@code malloc} reads a class from a table, a gate in line, and a gate through a function that only
 * fetches it; a loop calls it. Instructions per operation are known.
 */
final class GatedProgram {
    /** Instructions of one operation: loop 3, malloc 14, gate function 4; two more where the class is 1. */
    static final int BASE_INSTRUCTIONS = 21;
    static final long THREAD_POINTER = 0x700000;
    private static final long TABLE = 0x400000;
    private final SyntheticTrace trace = new SyntheticTrace();
    final int other;

    /** Executes a number of operations, a tenth more before them as warm-up; classes are drawn from 0 and 1. */
    GatedProgram(int operations, String prefix, boolean valueIsStored) {
        SyntheticTrace t = trace;
        int inline = t.variable(prefix + "g_inline", Storage.THREAD_LOCAL, -64, 4);
        int called = t.variable(prefix + "g_called", Storage.THREAD_LOCAL, -60, 4);
        other = t.variable(prefix + "g_unread", Storage.THREAD_LOCAL, -56, 4);
        t.variable(prefix + "table", Storage.GLOBAL, TABLE, 64);

        t.function(prefix + "gate");
        int[] gate = {t.loadThreadLocal(RAX, -60, 4, called), t.compareImmediate(RAX, -1), t.jcc(SyntheticTrace.CODE + 900),
            t.ret()};
        t.function(prefix + "malloc");
        int table = t.load(RBP, RBX, 0, 4);
        int[] inlineGate = {t.loadThreadLocal(RAX, -64, 4, inline), t.compareImmediate(RAX, -1),
            t.jcc(SyntheticTrace.CODE + 900), t.test(RAX), t.jcc(SyntheticTrace.CODE + 900)};
        int stored = valueIsStored ? t.store(RAX, RBX, 64, 4) : -1;
        int call = t.call(t.address(gate[0]));
        int[] use = {t.test(RAX), t.jcc(SyntheticTrace.CODE + 900)};
        int[] key = {t.compareImmediate(RBP, 1), t.jcc(0)};
        int[] one = {t.alu("add", RBX, RBP), t.alu("sub", RBX, RBP)};
        int[] tail = {t.nop(4), t.nop(4), t.ret()};
        t.function(prefix + "loop");
        int enter = t.call(t.address(table));
        int[] loop = {t.alu("add", RBX, RAX), t.jump(t.address(enter))};

        Random random = new Random(7);
        int warm = operations / 10;
        for (int n = -warm; n < operations; n++) {
            if (n == 0) {
                t.count();
            }
            t.access(enter, 0x600000);
            t.mark(EventBatch.BEGIN);
            int cls = random.nextInt(2);
            t.access(table, TABLE + 4L * cls, cls);
            t.access(inlineGate[0], THREAD_POINTER - 64, 1).run(inlineGate[1], inlineGate[2], inlineGate[3], inlineGate[4]);
            if (stored >= 0) {
                t.access(stored, 0x500040);
            }
            t.access(call, 0x5FFFF8).access(gate[0], THREAD_POINTER - 60, 1).run(gate[1], gate[2]).access(gate[3], 0x5FFFF8);
            t.run(use[0], use[1], key[0], key[1]);
            if (cls == 1) {
                t.run(one[0], one[1]);
            }
            t.run(tail[0], tail[1]).access(tail[2], 0x600000);
            t.mark(EventBatch.END);
            t.run(loop[0], loop[1]);
        }
    }

    SyntheticTrace trace() {
        return trace;
    }
}
