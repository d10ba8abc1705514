package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.cyclecast.trace.EventBatch;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replay allocates for the program and the core, and nothing for each instruction or operation of the trace. */
class ReplayMemoryTest {
    private static final int SHORT = 1_000;
    private static final int LONG = 21_000;
    /** Instructions in a loop, each of another kind. */
    private static final int BODY = 8;

    private static SyntheticTrace trace(int loops) {
        SyntheticTrace t = new SyntheticTrace().function("f");
        int load = t.load(RAX, RBX, 8, 8);
        int store = t.store(RAX, RBX, 16, 8);
        int modify = t.modify(RAX, RBX);
        int push = t.push(RAX);
        int pop = t.pop(RAX);
        int add = t.alu("add", RAX, RBX);
        int compare = t.compare(RAX, RBX);
        int back = t.jcc(SyntheticTrace.CODE);
        for (int n = 0; n < loops; n++) {
            if (n == SHORT / 2) {
                t.count();
            }
            long data = 0x100000 + 8L * (n % 64);
            t.mark(EventBatch.BEGIN).access(load, data).access(store, data + 8).access(modify, data).access(push, 0x700000)
                    .access(pop, 0x700000).mark(EventBatch.END).run(add, compare, back);
        }
        return t;
    }

    private static long allocated(SyntheticTrace trace, CoreProfile core) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Replay.run(trace, core);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void nothingIsAllocatedPerInstruction(String name) {
        CoreProfile core = CoreProfile.load(name);
        SyntheticTrace shorter = trace(SHORT);
        SyntheticTrace longer = trace(LONG);
        allocated(shorter, core);
        long more = allocated(longer, core) - allocated(shorter, core);
        assertTrue(more < (LONG - SHORT) * BODY / 8, () -> more + " bytes more for " + (LONG - SHORT) * BODY + " instructions");
    }
}
