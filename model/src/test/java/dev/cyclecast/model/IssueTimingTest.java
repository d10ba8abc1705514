package dev.cyclecast.model;

import static dev.cyclecast.model.LoopTiming.all;
import static dev.cyclecast.model.LoopTiming.loop;
import static dev.cyclecast.model.LoopTiming.perIteration;
import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.RCX;
import static dev.cyclecast.trace.Registers.RDI;
import static dev.cyclecast.trace.Registers.RDX;
import static dev.cyclecast.trace.Registers.R8;
import static dev.cyclecast.trace.Registers.bit;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.trace.Flow;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closed forms of what is dispatched together and asks for ports: numbers, early picks, shared ports, entries of the scheduler. */
class IssueTimingTest {
    private static final CoreProfile ZEN5 = CoreProfile.load("zen5");
    private static final int ALUS = 6;
    private static final int[] SPARE = {RCX, RDX, RDI};

    private static void independent(SyntheticTrace t, int count) {
        for (int k = 0; k < count; k++) {
            t.lea(SPARE[k % SPARE.length], R8, R8, 0);
        }
    }

    private static void shift(SyntheticTrace t, int to) {
        t.put("shlx", 5, Flow.NEXT, 0, bit(R8), bit(to), List.of(), List.of(), 0);
    }

    private static void multiply(SyntheticTrace t, long read, int to) {
        t.put("imul", 4, Flow.NEXT, 0, read, bit(to), List.of(), List.of(), 0);
    }

    /** 120 additions in so many chains, then a jump back. */
    private static Consumer<SyntheticTrace> additions(int chains) {
        int[] registers = {RAX, RBX, RCX, RDX, RDI, 6};
        return t -> {
            for (int k = 0; k < 120; k++) {
                t.alu("add", registers[k % chains], R8);
            }
            t.jump(SyntheticTrace.CODE);
        };
    }

    /** An iteration of so many loads of one place, then of other instructions. */
    private static LoopTiming.IterationBody loads(int loads, int others) {
        return (t, n) -> {
            for (int k = 0; k < loads; k++) {
                t.access(k, 0x500000L);
            }
            for (int k = 0; k < others; k++) {
                t.run(loads + k);
            }
        };
    }

    /** Groups of instructions, then a jump back. */
    private static Consumer<SyntheticTrace> groups(int count, Consumer<SyntheticTrace> group) {
        return loop(count, group);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 6})
    void whatNeedsTheOperationBeforeTakesAPortInVain(int each) {
        int groups = 96 / each;
        Consumer<SyntheticTrace> code = groups(groups, t -> {
            t.lea(RAX, R8, R8, 0);
            t.lea(RBX, RAX, R8, 0);
            independent(t, each - 2);
        });
        assertEquals((96.0 + groups) / ALUS, perIteration(ZEN5, code, all(97)), 1);
        assertEquals(97 / 6.0, perIteration(ZEN5.with(Constant.EARLY_PICKS, 0), code, all(97)), 1);
    }

    @Test
    void whatWaitsLongerDoesNot() {
        // A chain through all turns, in each cycle beside five others: nothing of it is ready when the next is dispatched.
        Consumer<SyntheticTrace> code = groups(16, t -> {
            t.alu("add", RAX, R8);
            independent(t, ALUS - 1);
        });
        assertEquals(16, perIteration(ZEN5, code, all(97)), 0.6);
    }

    @ParameterizedTest
    @CsvSource({"4,2", "5,2", "7,2", "8,2", "4,4", "7,4"})
    void whatWaitsForALoadThatMissesTakesPortsInVain(int from, int again) {
        // Twelve operations wait for the load and for a step of a chain, whose next steps find no port while those are picked in vain:
        // six in each of the four cycles behind that in which L1D would have had the line, or twelve once.
        CoreProfile core = Ablation.NO_PREFETCHERS.of(ZEN5).with(Constant.DTLB_L1_ENTRIES, 4096).with(Constant.MISS_PICK_AGAIN, again)
                .with(Constant.INT_SCHEDULER_QUEUES, 1);
        int steps = 40;
        Consumer<SyntheticTrace> code = t -> {
            t.loadIndexed(RAX, RBX, RDX, 1);
            for (int k = 0; k < steps; k++) {
                for (int w = 0; w < (k == from ? 12 : 0); w++) {
                    t.lea(RCX, RAX, RDX, 0);
                }
                t.alu("add", RDX, R8);
            }
            t.jump(SyntheticTrace.CODE);
        };
        LoopTiming.IterationBody body = (t, n) -> {
            t.access(0, 0x500000L + 64L * (n * 5 % 2048));
            for (int k = 1; k < steps + 14; k++) {
                t.run(k);
            }
        };
        double without = perIteration(core.with(Constant.MISS_WAKEUP, 0), code, body, 2048);
        int left = 8 - from;
        assertEquals(again == 2 ? left : Math.min(2, left), perIteration(core, code, body, 2048) - without, 0.3);
    }

    @Test
    void readersOfFlagsWaitForThem() {
        Consumer<SyntheticTrace> code = groups(16, t -> {
            t.compare(R8, R8 + 1);
            t.put("setb", 3, Flow.NEXT, 0, bit(FLAGS), bit(RBX), List.of(), List.of(), 0);
            independent(t, 4);
        });
        assertEquals(16, perIteration(ZEN5, code, all(97)), 0.6);
    }

    @Test
    void aBranchThatIsNotFusedDoesNot() {
        Consumer<SyntheticTrace> code = groups(16, t -> {
            t.compare(R8, R8 + 1);
            independent(t, 1);
            t.jcc(SyntheticTrace.CODE + 8192);
            independent(t, 3);
        });
        // Six operations and a port taken in vain.
        assertEquals(16 * 7 / 6.0, perIteration(ZEN5, code, all(97)), 1);
    }

    @ParameterizedTest
    @CsvSource({"1,3", "2,3", "3,2", "4,2", "8,1"})
    void numbersAreDispatchedSoManyACycle(int numbers, int perCycle) {
        // The distance of a branch is one; a displacement and an immediate may be others.
        int gates = 24;
        CoreProfile core = ZEN5.with(Constant.DISPATCH_NUMBERS, Math.max(3, 2 * numbers + numbers / 4)).with(Constant.OP_CACHE_FIELDS_PER_ENTRY, 64);
        int counted = Math.min(numbers, 3);
        Consumer<SyntheticTrace> code = groups(gates, t -> {
            if (counted == 1) {
                t.test(R8);
            } else {
                t.compareMemory(RBX, counted == 3 ? 8 : 0, -1);
            }
            t.jcc(SyntheticTrace.CODE + 8192);
        });
        LoopTiming.IterationBody body = (t, n) -> {
            for (int k = 0; k < gates; k++) {
                if (counted > 1) {
                    t.access(2 * k, 0x500000L);
                } else {
                    t.run(2 * k);
                }
                t.run(2 * k + 1);
            }
            t.run(2 * gates);
        };
        int limit = core.get(Constant.DISPATCH_NUMBERS) / counted;
        assertEquals((double) gates / Math.min(3, limit), perIteration(core, code, body), 1.5);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,16", "2,1", "2,16", "3,1", "3,16"})
    void whatAsksForNoMoreThanAQueuePicksNeverWaits(int chains, int block) {
        assertEquals(120.0 / chains, perIteration(ZEN5.with(Constant.SCHEDULER_BLOCK, block), additions(chains), all(121)), 0.01);
    }

    @ParameterizedTest
    @CsvSource({"4,4,0.25", "6,1,0.1667", "6,4,0.187"})
    void chainsLoseWhereBlocksOfThemGoToOneQueue(int chains, int block, double each) {
        assertEquals(120 * each, perIteration(ZEN5.with(Constant.SCHEDULER_BLOCK, block), additions(chains), all(121)), 120 * each * 0.04);
    }

    @Test
    void whatOnlySomeAlusDoOvertakesChains() {
        int[] registers = {RAX, RBX, RCX};
        Consumer<SyntheticTrace> code = t -> {
            for (int k = 0; k < 48; k++) {
                shift(t, RDI);
                t.alu("add", registers[k % registers.length], R8);
            }
            t.jump(SyntheticTrace.CODE);
        };
        // Three shifts and an addition to each chain a cycle: with one queue all six are picked.
        CoreProfile core = ZEN5.with(Constant.INT_REGISTERS, 300);
        assertEquals(16, perIteration(core.with(Constant.INT_SCHEDULER_QUEUES, 1), code, all(97)), 0.1);
        assertEquals(20, perIteration(core, code, all(97)), 1);
    }

    @ParameterizedTest
    @CsvSource({"add,0,0", "add,5,0", "add,6,1", "add,11,1", "add,12,2", "add,24,4", "shift,6,0", "shift,24,0", "multiply,24,0"})
    void ofWhatComesAtOnceSixAreIssuedACycleAndOnlyAdditionsKeepAdditionsWaiting(String what, int count, int late) {
        int loads = 10;
        Consumer<SyntheticTrace> code = t -> {
            for (int k = 0; k < loads; k++) {
                t.load(RDX, k == 0 ? RAX : RDX, 0, 8);
            }
            for (int k = 0; k < count; k++) {
                switch (what) {
                    case "add" -> t.lea(RBX, RDX, RDX, 0);
                    case "shift" -> t.put("shlx", 5, Flow.NEXT, 0, bit(RDX), bit(RBX), List.of(), List.of(), 0);
                    default -> multiply(t, bit(RDX), RBX);
                }
            }
            t.alu("add", RAX, RDX);
            t.jump(SyntheticTrace.CODE);
        };
        LoopTiming.IterationBody body = loads(loads, count + 2);
        CoreProfile core = ZEN5.with(Constant.SCHEDULER_BLOCK, 1).with(Constant.EARLY_PICKS, 0);
        // The addition may go to the queue that has a pick left in the cycle before.
        assertEquals(loads * core.get(Constant.L1D_LATENCY) + 1 + late, perIteration(core, code, body), late > 0 ? 0.51 : 0.01);
    }

    @ParameterizedTest
    @CsvSource({"true,1,1", "true,0,0", "false,1,0"})
    void aLongAddressHoldsItsGeneratorInTheNextCycle(boolean longer, int holds, int late) {
        // A chain of loads; beside the last, another one's address, and an addition behind it gives the next one's.
        int loads = 10;
        Consumer<SyntheticTrace> code = t -> {
            for (int k = 0; k < loads; k++) {
                t.load(RDX, k == 0 ? RAX : RDX, 0, 8);
            }
            t.loadIndexed(RBX, RDX, R8, longer ? 8 : 1);
            t.alu("add", RAX, RDX);
            t.jump(SyntheticTrace.CODE);
        };
        LoopTiming.IterationBody body = loads(loads + 1, 2);
        CoreProfile core = ZEN5.with(Constant.LONG_ADDRESS_HOLDS, holds);
        assertEquals(loads * core.get(Constant.L1D_LATENCY) + 1 + late, perIteration(core, code, body), 0.01);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatNeedsNothingLeavesTheQueueToWhatOnlyItDoes(int additions) {
        Consumer<SyntheticTrace> code = groups(24, t -> {
            shift(t, RBX);
            independent(t, additions);
        });
        int count = 24 * (1 + additions) + 1;
        assertEquals(Math.max(24 / 3.0, count / 6.0), perIteration(ZEN5, code, all(count)), 0.5);
    }

    @ParameterizedTest
    @CsvSource({"3,3", "6,3", "8,3", "9,3", "12,4"})
    void multiplicationsLoseNothingToTheChoiceOfAQueue(int chains, int cycles) {
        // Three multipliers of three cycles: with nine chains or more all are busy.
        int[] registers = {RAX, RBX, RCX, RDX, RDI, 6, 5, 9, 10, 11, 12, 13};
        Consumer<SyntheticTrace> code = t -> {
            for (int k = 0; k < 8 * chains; k++) {
                int register = registers[k % chains];
                multiply(t, bit(register) | bit(R8), register);
            }
            t.jump(SyntheticTrace.CODE);
        };
        assertEquals(8.0 * cycles, perIteration(ZEN5, code, all(8 * chains + 1)), 0.1);
    }

    @Test
    void shiftsShareThePortsOfBranches() {
        Consumer<SyntheticTrace> code = groups(24, t -> {
            shift(t, RBX);
            t.test(R8);
            t.jcc(SyntheticTrace.CODE + 8192);
        });
        assertEquals(24 * 2 / 3.0, perIteration(ZEN5, code, all(73)), 1);
        assertEquals(24 * 2 / 5.0, perIteration(ZEN5.with(Constant.SHIFTS_AT_BRANCHES, 0).with(Constant.DISPATCH_NUMBERS, 255), code, all(73)), 1.6);
    }

    @Test
    void anLeaOfThreePartsTakesThreePortCycles() {
        assertEquals(24 * 3 / 6.0, perIteration(ZEN5, groups(24, t -> t.lea(RAX, R8, R8 + 1, 8)), all(25)), 1);
        assertEquals(25 / 6.0, perIteration(ZEN5, groups(24, t -> t.lea(RAX, R8, R8 + 1, 0)), all(25)), 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 8, 12})
    void entriesOfTheSchedulerAreFreeSoLongAfterTheirOperationIssues(int release) {
        int loads = 10;
        int waiting = 100;
        Consumer<SyntheticTrace> code = t -> {
            for (int k = 0; k < loads; k++) {
                t.load(RDX, k == 0 ? R8 : RDX, 0, 8);
            }
            for (int k = 0; k < waiting; k++) {
                t.lea(RAX, RDX, -1, 8);
            }
            t.jump(SyntheticTrace.CODE);
        };
        LoopTiming.IterationBody body = loads(loads, waiting + 1);
        double at = perIteration(ZEN5.with(Constant.SCHEDULER_RELEASE, release), code, body);
        double free = perIteration(ZEN5.with(Constant.SCHEDULER_RELEASE, 0), code, body);
        assertEquals(release, at - free, 0.01, "the next turn's loads are dispatched behind the last of what waits");
    }
}
