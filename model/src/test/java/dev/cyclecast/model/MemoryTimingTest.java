package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.RCX;
import static dev.cyclecast.trace.Registers.RDX;
import static dev.cyclecast.trace.Registers.RSI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Registers;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory side's units, each alone: loops whose cycles have a closed form, over a grid of constants. */
class MemoryTimingTest {
    private static final int LOOPS = 600;
    private static final long DATA = 0x10000000L;

    /** Cycles per iteration after so many that warm up. */
    private static double perIteration(CoreProfile core, Consumer<SyntheticTrace> code, int warm, LoopTiming.IterationBody body) {
        return LoopTiming.perIteration(core, code, body, warm, LOOPS);
    }

    private static CoreProfile withoutPrefetchers(String core) {
        return Ablation.NO_PREFETCHERS.of(CoreProfile.load(core));
    }

    /** A core whose window, front end and ports do not matter. */
    private static CoreProfile wide(CoreProfile core) {
        CoreProfile wide = Ablation.PORTS.of(Ablation.WINDOW.of(Ablation.GROUPS.of(Ablation.DISPATCH.of(core))));
        return wide.with(Constant.OP_CACHE_OPS_PER_CYCLE, 32).with(Constant.OP_CACHE_ENTRIES_PER_CYCLE, 4);
    }

    private static CoreProfile withoutTlbMisses(CoreProfile core) {
        return core.with(Constant.TLB_L2_EXTRA, 0).with(Constant.PAGE_WALK_EXTRA, 0);
    }

    /** {@code n} loads in a chain, then a jump back; each iteration's addresses come from a function of a running number. */
    private static Consumer<SyntheticTrace> chain(int n) {
        return loads(n, RAX);
    }

    private static Consumer<SyntheticTrace> loads(int n, int base) {
        return t -> {
            for (int k = 0; k < n; k++) {
                t.load(RAX, base, 0, 8);
            }
            t.jump(SyntheticTrace.CODE);
        };
    }

    private static LoopTiming.IterationBody at(int n, java.util.function.LongUnaryOperator address) {
        return (t, iteration) -> {
            for (int k = 0; k < n; k++) {
                t.access(k, address.applyAsLong((long) iteration * n + k));
            }
            t.run(n);
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 24, 100})
    void missBuffersBoundHowManyMissesOverlap(int buffers) {
        CoreProfile core = withoutTlbMisses(Ablation.BANDWIDTH.of(wide(withoutPrefetchers("zen4"))))
                .with(Constant.L2_KIB, 16).with(Constant.L3_KIB, 0).with(Constant.MISS_BUFFERS, buffers);
        // New lines each time: a buffer is held from the miss to the data.
        double held = core.get(Constant.MEMORY_LATENCY) - core.get(Constant.L1D_LATENCY);
        assertEquals(4 * held / buffers, perIteration(core, loads(4, RBX), 0, at(4, n -> DATA + 64 * n)), 0.04 * 4 * held / buffers);
    }

    @ParameterizedTest
    @CsvSource({"L2_LINE_CYCLES,1024,3", "L2_LINE_CYCLES,1024,7", "L3_LINE_CYCLES,4096,5", "MEMORY_LINE_CYCLES,0,9",
        "MEMORY_LINE_CYCLES,0,20"})
    void linesComeNoFasterThanTheirPath(Constant path, int lines, int each) {
        // So many lines that come around (128 KiB, 256 KiB beyond a small L2), or new ones.
        CoreProfile core = withoutTlbMisses(wide(withoutPrefetchers("zen4"))).with(Constant.MISS_BUFFERS, 124).with(path, each)
                .with(Constant.L2_KIB, path == Constant.L2_LINE_CYCLES ? 1024 : 16);
        double cycles = perIteration(core, loads(8, RBX), lines / 4, at(8, n -> DATA + 64 * (lines == 0 ? n : n % lines)));
        assertEquals(8.0 * each, cycles, 0.05 * 8 * each);
    }

    @ParameterizedTest
    @CsvSource({"L2_LATENCY,1", "L2_LATENCY,2", "L2_LATENCY,4", "L3_LATENCY,1", "L3_LATENCY,4", "L3_LATENCY,8"})
    void aStreamsLinesArriveAsEarlyAsItsPrefetcherRunsAhead(Constant level, int ahead) {
        CoreProfile core = withoutTlbMisses(Ablation.BANDWIDTH.of(withoutPrefetchers("zen4")))
                .with(Constant.L1_STREAM_PREFETCH, ahead).with(Constant.L2_KIB, level == Constant.L2_LATENCY ? 1024 : 16);
        // A chain through the lines of 64 pages, one after the other. The prefetch of a line starts when the one "ahead" lines
        // before it was looked up; three lines of a page are needed to see where it goes.
        int lines = 4096;
        double hit = core.get(Constant.L1D_LATENCY);
        double miss = core.get(level);
        double steady = Math.max(hit, miss / (ahead + 1));
        double cycles = perIteration(core, chain(16), lines / 16, at(16, n -> DATA + 64 * (n % lines)));
        assertEquals(16 * (3 * miss + 61 * steady) / 64, cycles, 0.08 * cycles);
    }

    @ParameterizedTest
    @CsvSource({"128,1", "192,1", "-256,1", "192,0"})
    void anInstructionWithAConstantStrideIsPrefetched(int stride, int ahead) {
        CoreProfile core = withoutTlbMisses(Ablation.BANDWIDTH.of(withoutPrefetchers("zen4"))).with(Constant.STRIDE_PREFETCH, ahead);
        int accesses = 4096 / Math.abs(stride);
        int pages = 64;
        // One load instruction, so that its stride is seen; from page to page it is another one.
        double cycles = perIteration(core, chain(1), pages * accesses, (t, n) -> {
            long in = n % accesses;
            long page = n / accesses % pages;
            t.access(0, DATA + 4096 * page + (stride > 0 ? in * stride : 4096 - 64 + in * stride));
            t.run(1);
        });
        double miss = core.get(Constant.L2_LATENCY);
        double steady = ahead == 0 ? miss : Math.max(core.get(Constant.L1D_LATENCY), miss / (ahead + 1));
        double untrained = ahead == 0 ? accesses : 4;
        assertEquals((untrained * miss + (accesses - untrained) * steady) / accesses, cycles, 0.12 * cycles);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 9, 20})
    void aLineComesAsSoonAsTheFirstAskedForIt(int later) {
        // The load that stands first in the program asks for the line of the chain so many cycles after the one behind it.
        CoreProfile core = withoutTlbMisses(wide(withoutPrefetchers("zen5")));
        double cycles = perIteration(core, t -> {
            t.lea(RBX, RAX, -1, 8);
            for (int k = 0; k < later; k++) {
                t.alu("add", RBX, RSI);
            }
            t.load(RCX, RBX, 0, 8);
            t.load(RAX, RAX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, 2048, (t, n) -> {
            for (int k = 0; k <= later; k++) {
                t.run(k);
            }
            long line = DATA + 64L * (n * 5 % 2048);
            t.access(later + 1, line + 8).access(later + 2, line).run(later + 3);
        });
        assertEquals(core.get(Constant.L2_LATENCY), cycles, 0.1);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,8", "2,8", "3,8", "6,8", "6,5", "6,0", "10,8", "11,8", "14,8"})
    void aLineOnItsWayIsLookedForAgain(int later, int retry) {
        // A load asks for a line, and that of the chain so many cycles later: it finds the line, or looks again, or is told when it comes.
        CoreProfile core = withoutTlbMisses(wide(withoutPrefetchers("zen5"))).with(Constant.LINE_RETRY, retry);
        double cycles = perIteration(core, t -> {
            t.load(RCX, RAX, 8, 8);
            for (int k = 0; k < later; k++) {
                t.alu("add", RAX, RSI);
            }
            t.load(RAX, RAX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, 2048, (t, n) -> {
            long line = DATA + 64L * (n * 5 % 2048);
            t.access(0, line + 8);
            for (int k = 1; k <= later; k++) {
                t.run(k);
            }
            t.access(later + 1, line).run(later + 2);
        });
        int hit = later + core.get(Constant.L1D_LATENCY);
        int there = core.get(Constant.L2_LATENCY);
        assertEquals(hit > there ? hit : Math.max(there, hit + retry), cycles, 0.1);
    }

    @ParameterizedTest
    @CsvSource({"2,40,0", "8,40,9", "8,20,12", "8,0,0", "8,4096,0"})
    void aChainWaitsWhereTooManyLoadsRanAheadOfAStore(int loads, int most, int longer) {
        // The store's address is that of the next load of the chain, so all loads behind it come before it is known. Those without a place
        // then take the generators: of 57 uncompleted loads, all but those of the chain, and what the store has just freed.
        CoreProfile core = CoreProfile.load("zen5").with(Constant.LOADS_AHEAD, most);
        double cycles = perIteration(core, t -> {
            t.load(RAX, RAX, 0, 8);
            t.store(RBX, RAX, 16, 8);
            for (int k = 0; k < loads; k++) {
                t.load(RCX, RDX, 0, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, 200, (t, n) -> {
            t.access(0, DATA).access(1, DATA + 16);
            for (int k = 0; k < loads; k++) {
                t.access(2 + k, DATA + 256);
            }
            t.run(2 + loads);
        });
        assertEquals(core.get(Constant.L1D_LATENCY) + longer, cycles, 1.1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aChaseInRandomOrderIsNotPrefetched(String core) {
        CoreProfile profile = withoutTlbMisses(CoreProfile.load(core)).with(Constant.L2_KIB, 64);
        int lines = 16384;
        int[] order = new int[lines];
        Random random = new Random(7);
        for (int k = 1; k < lines; k++) {
            int other = random.nextInt(k + 1);
            order[k] = order[other];
            order[other] = k;
        }
        double cycles = perIteration(profile, chain(8), lines / 8, at(8, n -> DATA + 64L * order[(int) (n % lines)]));
        assertEquals(8.0 * profile.get(Constant.L3_LATENCY), cycles, 0.08 * cycles);
    }

    @ParameterizedTest
    @CsvSource({"0x8001000,true", "0x4002000,true", "0x0108000,true", "0x1080000,true", "0x10000000,true", "0x0001000,false",
        "0x8000000,false", "0x0100000,false", "0x8002000,false"})
    void linesOfASetWithOneMicrotagDriveEachOtherOut(String distance, boolean collide) {
        long apart = Long.decode(distance);
        CoreProfile core = withoutTlbMisses(withoutPrefetchers("zen4"));
        LoopTiming.IterationBody inTurn = at(8, n -> DATA + (n & 1) * apart);
        assertEquals(8.0 * core.get(collide ? Constant.L2_LATENCY : Constant.L1D_LATENCY), perIteration(core, chain(8), 50, inTurn), 0.2);
        CoreProfile without = core.with(Constant.WAY_PREDICTION, 0);
        assertEquals(8.0 * core.get(Constant.L1D_LATENCY), perIteration(without, chain(8), 50, inTurn), 0.2);
    }

    @ParameterizedTest
    @CsvSource({"64,1,1", "128,1,1", "72,1,3", "0,1,3", "8,1,3", "64,0,3"})
    void loadsOfOneBankAndDifferentLinesTakeTurns(int stride, int conflicts, int perCycle) {
        // 48 independent loads; the jump back and the op cache allow six operations a cycle.
        CoreProfile core = CoreProfile.load("zen4").with(Constant.BANK_CONFLICTS, conflicts)
                .with(Constant.OP_CACHE_ENTRIES_PER_CYCLE, 4);
        double cycles = perIteration(core, loads(48, RBX), 50, (t, n) -> {
            for (int k = 0; k < 48; k++) {
                t.access(k, DATA + (long) k * stride);
            }
            t.run(48);
        });
        assertEquals(48.0 / perCycle, cycles, 1.5);
    }

    @ParameterizedTest
    @CsvSource({"zen3,4", "zen3,8", "zen4,4", "zen4,8", "zen5,4", "zen5,8"})
    void aLoadThatNeedsTwoStoresWaitsForBoth(String core, int older) {
        CoreProfile profile = CoreProfile.load(core);
        // The older store has the chain's data, the younger one's is ready early: its data must not be forgotten.
        double cycles = perIteration(profile, t -> {
            t.store(RAX, RBX, 0, older);
            t.store(RCX, RBX, 4, 4);
            t.load(RAX, RSI, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            t.access(0, DATA).access(1, DATA + 4).access(2, DATA);
            t.run(3);
        });
        assertEquals(profile.get(Constant.FORWARD_FAIL_TWO), cycles, 0.5);
    }

    @ParameterizedTest
    @CsvSource({"zen3,4,8,0,FORWARD_FAIL", "zen4,4,8,0,FORWARD_FAIL", "zen5,4,8,0,FORWARD_FAIL", "zen5,8,8,4,FORWARD_FAIL",
        "zen4,8,4,0,FORWARD_LATENCY", "zen4,8,1,7,FORWARD_LATENCY", "zen5,8,4,4,FORWARD_LATENCY", "zen5,8,2,3,FORWARD_LATENCY"})
    void whatAStoreCoversDecides(String core, int stored, int loaded, int offset, Constant latency) {
        CoreProfile profile = CoreProfile.load(core);
        double cycles = perIteration(profile, t -> {
            t.store(RAX, RBX, 0, stored);
            t.load(RAX, RSI, offset, loaded);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            t.access(0, DATA).access(1, DATA + offset);
            t.run(2);
        });
        assertEquals(profile.get(latency), cycles, 0.5);
    }

    @ParameterizedTest
    @CsvSource({"zen3,1", "zen4,1", "zen4,2", "zen5,2", "zen5,1"})
    void soManyPairsAreRenamedEachCycle(String core, int perCycle) {
        CoreProfile profile = wide(CoreProfile.load(core)).with(Constant.RENAMED_PER_CYCLE, perCycle)
                .with(Constant.STORE_COMMITS, 8);
        double cycles = perIteration(profile, t -> {
            for (int k = 0; k < 12; k++) {
                t.push(RAX);
                t.pop(RAX);
            }
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            for (int k = 0; k < 24; k++) {
                t.access(k, DATA);
            }
            t.run(24);
        });
        assertEquals(12.0 / perCycle, cycles, 0.6);
    }

    @ParameterizedTest
    @CsvSource({"zen3,8,true", "zen3,32,true", "zen3,40,false", "zen4,32,true", "zen4,33,false", "zen5,32,true", "zen5,48,false"})
    void soManyStaticPairsStayPredicted(String core, int pairs, boolean fast) {
        CoreProfile profile = CoreProfile.load(core);
        double cycles = perIteration(profile, t -> {
            for (int k = 0; k < pairs; k++) {
                t.store(RAX, RBX, 8 * k, 8);
                t.load(RAX, RSI, 8 * k, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            for (int k = 0; k < pairs; k++) {
                t.access(2 * k, DATA + 8 * k).access(2 * k + 1, DATA + 8 * k);
            }
            t.run(2 * pairs);
        });
        if (fast) {
            assertTrue(cycles < 1.5 * pairs, core + ": " + cycles);
        } else {
            assertEquals((double) profile.get(Constant.FORWARD_LATENCY) * pairs, cycles, 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"zen3,7", "zen4,5", "zen5,6", "zen5,0", "zen5,20"})
    void aChainThroughTheAddressesOfStoreAndLoadTakesLongerThanL1D(String core, int extra) {
        CoreProfile profile = CoreProfile.load(core);
        assertTrue(extra == 0 || extra == 20 || extra == profile.get(Constant.FORWARD_ADDRESS_EXTRA), "as shipped");
        double load = profile.get(Constant.L1D_LATENCY) + extra;
        double pair = chainThroughAddresses(profile.with(Constant.FORWARD_ADDRESS_EXTRA, extra)
                .with(Constant.PSF_PAIRS, 0).with(Constant.FORWARD_PASS, 0), RCX, RAX);
        assertEquals(load, pair, 0.2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aStoreThatIsKnownServesALoadAsL1DWould(String core) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.PSF_PAIRS, 0).with(Constant.FORWARD_PASS, 0);
        assertEquals(profile.get(Constant.L1D_LATENCY), chainThroughAddresses(profile, RCX, RBX), 0.1);
        // Its data comes when the load's address does.
        assertEquals(profile.get(Constant.L1D_LATENCY) + profile.get(Constant.FORWARD_RETRY), chainThroughAddresses(profile, RAX, RBX), 0.1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aPredictedLoadDoesNotWaitForItsAddress(String core) {
        assertTrue(chainThroughAddresses(CoreProfile.load(core), RCX, RBX) < 1.1);
    }

    @ParameterizedTest
    @CsvSource({"zen3,32", "zen4,32", "zen5,32", "zen5,0"})
    void norIsItsStoreForgottenWhereTheAddressComesAfterItsCommit(String core, int pairs) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.PSF_PAIRS, pairs);
        int work = 20;
        double round = perIteration(profile, t -> {
            t.store(RCX, RBX, 8, 8);
            for (int k = 0; k < work; k++) {
                t.alu("add", RAX, RAX);
            }
            t.load(RAX, RAX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            t.access(0, DATA);
            for (int k = 1; k <= work; k++) {
                t.run(k);
            }
            t.access(work + 1, DATA).run(work + 2);
        });
        // A chain of additions and loads, which a predicted value breaks.
        assertTrue(pairs == 0 ? round >= work + profile.get(Constant.L1D_LATENCY) - 0.1 : round < work, core + ": " + round);
    }

    /** Cycles of a store through a register and the load of its value through the value of the load before. */
    private static double chainThroughAddresses(CoreProfile profile, int stored, int base) {
        return perIteration(profile, t -> {
            for (int k = 0; k < 10; k++) {
                t.store(stored, base, 8, 8);
                t.load(RAX, RAX, 0, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, 50, at(20, n -> DATA)) / 10;
    }

    @ParameterizedTest
    @CsvSource({"zen3,8", "zen4,8", "zen5,8", "zen3,16", "zen4,16", "zen5,16"})
    void vectorsForwardInNineCycles(String core, int bytes) {
        CoreProfile profile = CoreProfile.load(core);
        Operand vector = new Operand(Operand.Kind.REGISTER, Registers.VECTOR, 128, true, true);
        Operand word = new Operand(Operand.Kind.MEMORY, -1, 8 * bytes, true, true);
        double pair = perIteration(profile, t -> {
            for (int k = 0; k < 10; k++) {
                for (boolean store : new boolean[] {true, false}) {
                    MemoryOperand memory = new MemoryOperand(MemoryOperand.Segment.NONE, RBX, -1, 0, 0, false, false, bytes, !store,
                            store, -1);
                    long registers = 1L << RBX | (store ? 1L << Registers.VECTOR : 0);
                    t.put("vmovups", 4, Flow.NEXT, 0, registers, store ? 0 : 1L << Registers.VECTOR,
                            store ? List.of(word, vector) : List.of(new Operand(Operand.Kind.REGISTER, Registers.VECTOR, 128, false, true), word),
                            List.of(memory), 0);
                }
            }
            t.jump(SyntheticTrace.CODE);
        }, 50, at(20, n -> DATA)) / 10;
        assertEquals(9, pair, 0.1);
        assertEquals(9, profile.get(Constant.FORWARD_LATENCY) + profile.get(Constant.FORWARD_VECTOR_EXTRA));
    }

    @ParameterizedTest
    @CsvSource({"zen5,1,8", "zen5,1,1", "zen5,2,8", "zen5,2,2", "zen5,4,8"})
    void narrowLoadsAreRenamed(String core, int bytes, int stored) {
        CoreProfile profile = CoreProfile.load(core);
        assertEquals(profile.get(Constant.FORWARD_LATENCY), narrowLoad(profile.with(Constant.RENAME_NARROW, 0)
                .with(Constant.PSF_PAIRS, 0), bytes, stored), 0.5);
        assertTrue(narrowLoad(profile, bytes, stored) <= 1);
    }

    private static double narrowLoad(CoreProfile profile, int bytes, int stored) {
        return perIteration(profile, t -> {
            t.store(RAX, RBX, 0, stored);
            t.load(RAX, RBX, 0, bytes);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            t.access(0, DATA).access(1, DATA);
            t.run(2);
        });
    }

    @ParameterizedTest
    @CsvSource({"movzx,1", "movzx,2", "movsx,1", "movsx,2"})
    void loadsThatExtendAreNeitherRenamedNorPredicted(String mnemonic, int bytes) {
        CoreProfile profile = CoreProfile.load("zen5");
        double cycles = perIteration(profile, t -> {
            t.store(RAX, RBX, 0, 8);
            t.loadExtended(mnemonic, RAX, RBX, bytes);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> t.access(0, DATA).access(1, DATA).run(2));
        assertEquals(profile.get(Constant.FORWARD_LATENCY), cycles, 0.5);
    }

    @ParameterizedTest
    @CsvSource({"zen3,8", "zen4,8", "zen5,8"})
    void aFailedForwardWaitsForTheCommitOfItsStore(String core, int more) {
        CoreProfile profile = CoreProfile.load(core);
        double few = failedBehind(profile, 2);
        assertEquals(more, failedBehind(profile, 2 + more) - few, 0.1, "additions that hold up retirement, and so the load");
        assertTrue(few >= profile.get(Constant.FORWARD_FAIL), "and no sooner than its own latency: " + few);
    }

    /** A chain of additions to which a load adds that meets a narrower store; the store's data is there from the start. */
    private static double failedBehind(CoreProfile profile, int additions) {
        return perIteration(profile, t -> {
            for (int k = 0; k < additions; k++) {
                t.alu("add", RAX, RAX);
            }
            t.store(RCX, RBX, 0, 2);
            t.load(RSI, RBX, 0, 4);
            t.alu("add", RAX, RSI);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            for (int k = 0; k < additions; k++) {
                t.run(k);
            }
            t.access(additions, DATA).access(additions + 1, DATA).run(additions + 2).run(additions + 3);
        });
    }

    /** A store of two bytes, additions, and a load of four from so many bytes before it, whose address they make and that the next turn's wait for. */
    private static double loadedLater(CoreProfile profile, int additions, int base, int before) {
        return perIteration(profile, t -> {
            t.store(RCX, base, 0, 2);
            for (int k = 0; k < additions; k++) {
                t.alu("add", RAX, RAX);
            }
            t.load(RAX, RAX, 0, 4);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            t.access(0, DATA + before);
            for (int k = 0; k < additions; k++) {
                t.run(1 + k);
            }
            t.access(additions + 1, DATA).run(additions + 2);
        });
    }

    /** How long a load waits that looks first so many cycles before the store that it needs a part of has committed. */
    private static int waits(int left, int again) {
        return left <= 0 ? 0 : left <= again ? again : left <= again + 3 ? left : left <= 2 * again ? 2 * again : left + 1;
    }

    @ParameterizedTest
    @CsvSource({"3,0", "6,0", "12,0", "6,1", "12,2"})
    void aStoreIsInTheWayUntilItHasCommitted(int latency, int before) {
        CoreProfile profile = CoreProfile.load("zen5").with(Constant.STORE_COMMIT_LATENCY, latency);
        // The store retires with the load of the turn before, a cycle after its value; from then on additions pass, one a cycle.
        int commit = profile.get(Constant.LOAD_COMPLETE) + 2 + latency;
        check(profile, RBX, before, commit);
    }

    @ParameterizedTest
    @CsvSource({"6,6,0", "6,6,2", "9,6,0", "6,2,0"})
    void aStoreRetiresSoLongAfterItsAddress(int complete, int latency, int before) {
        CoreProfile profile = CoreProfile.load("zen5").with(Constant.STORE_COMMIT_LATENCY, latency).with(Constant.STORE_COMPLETE, complete);
        check(profile, RAX, before, complete + 2 + latency);
    }

    /** The closed form: one that begins where the store does not passes it by at first. */
    private static void check(CoreProfile profile, int base, int before, int commit) {
        int again = profile.get(Constant.FORWARD_RETRY) + 1;
        for (int additions = 1; additions < 24; additions++) {
            int pass = before > 0 && additions < commit ? profile.get(Constant.FORWARD_PASS) : 0;
            int wait = pass + waits(commit - additions - pass, again);
            assertEquals(additions + wait + profile.get(Constant.L1D_LATENCY), loadedLater(profile, additions, base, before), 0.1,
                    additions + " additions");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aLoadAcrossTwoLinesTakesTwoAddressGenerators(String core) {
        CoreProfile profile = CoreProfile.load(core);
        double cycles = perIteration(profile, t -> {
            for (int k = 0; k < 24; k++) {
                t.load(RAX, RBX, 0, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            for (int k = 0; k < 24; k++) {
                t.access(k, DATA + 60 + 64 * (k % 8));
            }
            t.run(24);
        });
        assertEquals(48.0 / profile.get(Constant.LOAD_PORTS), cycles, 0.6);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 6, 12})
    void anAtomicOperationWaitsForTheCommitOfAStoreThatItContains(int latency) {
        CoreProfile profile = CoreProfile.load("zen5").with(Constant.STORE_COMMIT_LATENCY, latency);
        Consumer<SyntheticTrace> code = t -> {
            t.store(RCX, RBX, 0, 2);
            t.lockedAdd(RCX, RBX);
            t.jump(SyntheticTrace.CODE);
        };
        LoopTiming.IterationBody body = (t, n) -> t.access(0, DATA).access(1, DATA).run(2);
        double soon = perIteration(profile.with(Constant.STORE_COMMIT_LATENCY, 0), code, 50, body);
        // The store of a turn retires behind the atomic operation of the one before, and keeps its own waiting until it has committed.
        assertEquals(latency, perIteration(profile, code, 50, body) - soon, 0.1);
    }

    @ParameterizedTest
    @CsvSource({"zen3,1", "zen4,1", "zen4,2"})
    void narrowPairsAreNeverPredicted(String core, int bytes) {
        CoreProfile profile = CoreProfile.load(core);
        double cycles = perIteration(profile, t -> {
            t.store(RAX, RBX, 0, bytes);
            t.load(RAX, RSI, 0, bytes);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> {
            t.access(0, DATA).access(1, DATA);
            t.run(2);
        });
        assertEquals(profile.get(Constant.FORWARD_LATENCY), cycles, 0.5);
    }

    @ParameterizedTest
    @CsvSource({"zen3,4096,9,9", "zen4,8192,3,3", "zen5,4096,6,6", "zen5,1024,6,0", "zen4,2048,9,0", "zen5,4096,0,0"})
    void aLoadThatEqualsAStoreInItsLowBitsWaits(String core, int distance, int extra, int longer) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.BANK_CONFLICTS, 0).with(Constant.ALIAS_4K_EXTRA, extra).with(Constant.FORWARD_PASS, 0);
        Consumer<SyntheticTrace> code = t -> {
            t.store(RCX, RBX, 0, 8);
            t.load(RAX, RAX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        };
        double alias = perIteration(profile, code, 50, (t, n) -> t.access(0, DATA).access(1, DATA + distance).run(2));
        double apart = perIteration(profile, code, 50, (t, n) -> t.access(0, DATA).access(1, DATA + distance + 8).run(2));
        assertEquals(longer, alias - apart, 0.1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void anAliasDoesNotHideTheStoreThatALoadNeeds(String core) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.PSF_PAIRS, 0);
        double cycles = perIteration(profile, t -> {
            t.store(RAX, RBX, 0, 8);
            t.store(RCX, RBX, 4096, 8);
            t.load(RAX, RSI, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, n) -> t.access(0, DATA).access(1, DATA + 4096).access(2, DATA).run(3));
        assertEquals(profile.get(Constant.FORWARD_LATENCY), cycles, 0.5);
    }

    /** Cycles of so many stores, each so many bytes behind the start of the data. */
    private static double stores(CoreProfile profile, int count, IntToLongFunction behind) {
        return perIteration(profile, t -> {
            for (int k = 0; k < count; k++) {
                t.store(RCX, RBX, 0, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, i) -> {
            for (int k = 0; k < count; k++) {
                t.access(k, DATA + behind.applyAsLong(k));
            }
            t.run(count);
        });
    }

    @ParameterizedTest
    @CsvSource({"8,2,1,0.5", "64,2,1,1", "64,2,2,0.5", "8,1,1,1", "8,4,1,0.25", "4096,4,2,0.5"})
    void storesCommitByCycleAndLine(int stride, int stores, int lines, double each) {
        CoreProfile profile = wide(CoreProfile.load("zen4")).with(Constant.STORE_QUEUE_ENTRIES, 64)
                .with(Constant.STORE_COMMITS, stores).with(Constant.STORE_COMMIT_LINES, lines);
        int n = 32;
        double cycles = stores(profile, n, k -> k % 4L * stride);
        assertEquals(n * each, cycles, 0.1 * n * each);
    }

    @ParameterizedTest
    @CsvSource({"12,12,1,0.5", "13,12,1,1", "40,12,1,1", "40,0,1,0.5", "6,6,1,0.5", "7,6,1,1", "40,12,2,0.5"})
    void aStoreThatOpensALineTakesTwoSlotsUnlessOneCloseBeforeWentThere(int lines, int open, int each, double cycles) {
        CoreProfile profile = wide(CoreProfile.load("zen5")).with(Constant.STORE_OPEN_LINES, open);
        int stores = lines * each * (840 / lines);
        double found = stores(profile, stores, k -> k / each % lines * 64L);
        assertEquals(stores * cycles, found, 0.02 * stores);
    }

    @ParameterizedTest
    @CsvSource({"0,1", "4,1", "8,1", "0,2", "4,2", "8,2"})
    void aLoadOfWhatTwoStoresInFlightWroteTakesAnotherAddressGenerator(int others, int passes) {
        // Two stores to a word, a load of it by another register, and others: so many of four address generators.
        int groups = 64;
        CoreProfile core = CoreProfile.load("zen5").with(Constant.FORWARD_PASS, passes > 1 ? 7 : 0).with(Constant.PSF_PAIRS, 0);
        double cycles = LoopTiming.perIteration(core, t -> {
            for (int k = 0; k < groups; k++) {
                t.store(RCX, RBX, 0, 8);
                t.store(RCX, RBX, 0, 8);
                for (int n = 0; n <= others; n++) {
                    t.load(RAX, RDX, 0, 8);
                }
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            int at = 0;
            for (int k = 0; k < groups; k++) {
                long word = DATA + 8L * k;
                t.access(at++, word);
                t.access(at++, word);
                t.access(at++, word);
                for (int o = 0; o < others; o++) {
                    t.access(at++, DATA + 2048 + 8L * o);
                }
            }
            t.run(at);
        });
        assertEquals(Math.max(1, (2 + passes + others) / 4.0) * groups, cycles, 0.05 * groups);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "16,0", "48,0", "128,0", "16,1", "48,1", "128,1"})
    void whatIsBehindAnAtomicOperationIsDispatchedSoMuchLater(int behind, int store) {
        CoreProfile profile = CoreProfile.load("zen5");
        double cycles = LoopTiming.perIteration(profile, t -> {
            t.lockedAdd(RCX, RBX);
            for (int k = 0; k < behind; k++) {
                t.nop(4);
            }
            t.store(RCX, RBX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            t.access(0, DATA);
            for (int k = 1; k <= behind; k++) {
                t.run(k);
            }
            if (store == 1) {
                t.access(1 + behind, DATA + 256);
            }
            t.run(2 + behind);
        });
        int stall = store == 1 ? profile.get(Constant.LOCKED_STORE) + profile.get(Constant.ADDRESS_ISSUE) : profile.get(Constant.LOCKED_DISPATCH);
        double dispatch = (behind + 2.0) / profile.get(Constant.DISPATCH_WIDTH);
        assertEquals(Math.max(profile.get(Constant.LOCKED_STORE) + profile.get(Constant.ADDRESS_ISSUE), stall + dispatch), cycles, 1);
    }

    @ParameterizedTest
    @CsvSource({"zen4,60,2", "zen5,60,1", "zen3,4092,22", "zen5,4092,22"})
    void storesAcrossLinesAndPagesTakeLonger(String core, int offset, double each) {
        CoreProfile profile = CoreProfile.load(core);
        double cycles = perIteration(profile, t -> {
            for (int k = 0; k < 8; k++) {
                t.store(RCX, RBX, 0, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, 50, (t, i) -> {
            for (int k = 0; k < 8; k++) {
                t.access(k, DATA + offset);
            }
            t.run(8);
        });
        assertEquals(8 * each, cycles, 0.15 * 8 * each);
    }

    @ParameterizedTest
    @CsvSource({"zen3,1024,1,4096", "zen3,4096,1,4096", "zen4,2048,1,4096", "zen4,6144,1,4096", "zen5,8192,1,4096",
        "zen4,6144,0,4096"})
    void aWalkCostsItsReads(String core, int pages, int reads, long stride) {
        // One line in each page, spread over the sets; all lines and tables are in L2. No reads: pages of 2 MiB.
        CoreProfile profile = withoutPrefetchers(core).with(Constant.L2_KIB, 8192).with(Constant.L2_WAYS, 32)
                .with(Constant.DATA_PAGE_KIB, reads == 0 ? 2048 : 4).with(Constant.WAY_PREDICTION, 0);
        double cycles = perIteration(profile, chain(8), pages / 4, at(8, page(pages, stride)));
        int translation = pages <= profile.get(Constant.DTLB_L2_ENTRIES) ? profile.get(Constant.TLB_L2_EXTRA)
                : profile.get(Constant.PAGE_WALK_EXTRA) + (reads - 1) * profile.get(Constant.L2_LATENCY);
        assertEquals(8.0 * (profile.get(Constant.L2_LATENCY) + (reads == 0 ? 0 : translation)), cycles, 0.03 * cycles);
    }

    /** A line in each of so many pages in turn, at a place of its own in L1D and L2. */
    private static java.util.function.LongUnaryOperator page(int pages, long stride) {
        return n -> DATA + n % pages * stride + (n % pages + n % pages / 64) % 64 * 64;
    }

    @ParameterizedTest
    @CsvSource({"384,2097152,2", "384,1073741824,3"})
    void aWalkReadsAsManyEntriesAsNothingHolds(int pages, long stride, int reads) {
        // Pages so far apart that each has directory entries of its own, in number beyond the TLB and the page directory cache.
        CoreProfile profile = withoutPrefetchers("zen4").with(Constant.L2_KIB, 8192).with(Constant.L2_WAYS, 64)
                .with(Constant.WAY_PREDICTION, 0).with(Constant.DTLB_L2_ENTRIES, 192);
        double cycles = perIteration(profile, chain(8), pages / 4, at(8, page(pages, stride)));
        int walk = profile.get(Constant.PAGE_WALK_EXTRA) + (reads - 1) * profile.get(Constant.L2_LATENCY);
        assertEquals(8.0 * (profile.get(Constant.L1D_LATENCY) + walk), cycles, 0.03 * cycles);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6})
    void walkersBoundHowManyWalksOverlap(int walkers) {
        CoreProfile profile = wide(withoutPrefetchers("zen4")).with(Constant.L2_KIB, 8192).with(Constant.L2_WAYS, 32)
                .with(Constant.PAGE_WALKERS, walkers).with(Constant.PAGE_WALK_EXTRA, 60);
        int pages = 6144;
        double cycles = perIteration(profile, loads(8, RBX), pages / 4, at(8, page(pages, 4096)));
        assertEquals(8 * 60.0 / walkers, cycles, 0.05 * cycles);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32})
    void uncompletedLoadsBoundHowFarLoadsRunAhead(int entries) {
        CoreProfile profile = withoutTlbMisses(Ablation.BANDWIDTH.of(Ablation.MISS_BUFFERS.of(withoutPrefetchers("zen4"))))
                .with(Constant.L2_KIB, 16).with(Constant.L3_KIB, 0).with(Constant.UNCOMPLETED_LOADS, entries);
        double latency = profile.get(Constant.MEMORY_LATENCY);
        double cycles = perIteration(profile, loads(4, RBX), 0, at(4, n -> DATA + 64 * n));
        assertEquals(4 * latency / entries, cycles, 0.05 * cycles);
    }
}
