package dev.cyclecast.model;

import static dev.cyclecast.model.LoopTiming.LOOPS;
import static dev.cyclecast.model.LoopTiming.all;
import static dev.cyclecast.model.LoopTiming.loop;
import static dev.cyclecast.model.LoopTiming.perIteration;
import static dev.cyclecast.trace.Registers.R8;
import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.RCX;
import static dev.cyclecast.trace.Registers.RDX;
import static dev.cyclecast.trace.Registers.RSI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cycle counts with closed forms: each unit alone, on synthetic loops long enough that their ends do not matter. */
class CoreTimingTest {
    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aChainOfAddsTakesOneCycleEach(String core) {
        assertEquals(60, perIteration(core, loop(60, t -> t.alu("add", RAX, RAX)), all(61)), 0.01);
    }

    @ParameterizedTest
    @CsvSource({"zen3,4", "zen4,4", "zen5,6"})
    void independentAddsAreLimitedByAlus(String core, int alus) {
        int[] k = {0};
        double cycles = perIteration(core, loop(48, t -> t.put("add", 3, dev.cyclecast.trace.Flow.NEXT, 0, 0,
                1L << (R8 + k[0]++ % 8), java.util.List.of(), java.util.List.of(), 0)), all(49));
        // The jump back takes a branch port; on Zen 5 and Zen 3 one that an add could have had.
        assertTrue(cycles >= 48.0 / alus && cycles <= 49.0 / alus + 1.1, core + ": " + cycles);
    }

    @ParameterizedTest
    @CsvSource({"zen3,6", "zen4,12", "zen5,8"})
    void nopsAreLimitedByDispatch(String core, int width) {
        // Of five bytes, so that on Zen 5 a line of code is no narrower.
        double cycles = perIteration(core, loop(96, t -> t.nop(5)), all(97));
        assertTrue(cycles >= 97.0 / width - 0.01 && cycles <= 97.0 / width + 2.5, core + ": " + cycles);
    }

    @ParameterizedTest
    @CsvSource({"zen3,3", "zen4,3", "zen5,3"})
    void aChainOfMultipliesTakesItsLatency(String core, int latency) {
        assertEquals(40.0 * latency, perIteration(core, loop(40, t -> t.alu("imul", RAX, RAX)), all(41)), 0.01);
    }

    @ParameterizedTest
    @CsvSource({"zen3,4", "zen4,4", "zen5,4"})
    void aPointerChaseInL1TakesLoadToUse(String core, int latency) {
        assertEquals(20.0 * latency, perIteration(core, loop(20, t -> t.load(RAX, RAX, 0, 8)), (t, n) -> {
            for (int k = 0; k < 20; k++) {
                t.access(k, 0x500000L);
            }
            t.run(20);
        }), 0.01);
    }

    @ParameterizedTest
    @CsvSource({"zen3,12", "zen4,14", "zen5,14"})
    void aPointerChaseInL2TakesItsLatency(String core, int latency) {
        // 4096 lines at a stride of 64 bytes: 256 KiB, in L2 but not in L1D, and 64 pages, in the L1 DTLB.
        CoreProfile profile = Ablation.NO_PREFETCHERS.of(CoreProfile.load(core));
        double cycles = perIteration(profile, loop(16, t -> t.load(RAX, RAX, 0, 8)), (t, n) -> {
            for (int k = 0; k < 16; k++) {
                t.access(k, 0x500000L + (n * 16L + k) % 3200 * 64);
            }
            t.run(16);
        });
        assertEquals(16.0 * latency, cycles, 0.02 * 16 * latency);
    }

    @ParameterizedTest
    @CsvSource({"zen3,8", "zen4,1", "zen5,1"})
    void readModifyWriteChainsAreRenamedWhereTheCoreDoes(String core, int cycles) {
        // Where it is not renamed, the operation is part of what forwarding takes.
        double expected = cycles == 1 ? 1 : CoreProfile.load(core).get(Constant.FORWARD_LATENCY);
        assertEquals(20 * expected, perIteration(core, loop(20, t -> t.modify(RCX, RBX)), (t, n) -> {
            for (int k = 0; k < 20; k++) {
                t.access(k, 0x500000L);
            }
            t.run(20);
        }), 20.0);
    }

    @ParameterizedTest
    @CsvSource({"4,0", "4,1", "5,3", "9,2"})
    void readModifyWriteChainsTakeTheirExtraBeyondForwarding(int forward, int extra) {
        CoreProfile core = CoreProfile.load("zen3").with(Constant.FORWARD_LATENCY, forward).with(Constant.FORWARD_ADDRESS_EXTRA, 0)
                .with(Constant.FORWARD_MODIFY_EXTRA, extra).with(Constant.L1D_LATENCY, 1);
        assertEquals(20 * (forward + extra), perIteration(core, loop(20, t -> t.modify(RCX, RBX)), (t, n) -> {
            for (int k = 0; k < 20; k++) {
                t.access(k, 0x500000L);
            }
            t.run(20);
        }), 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void forwardingBetweenDifferentExpressionsTakesItsLatency(String core) {
        int forward = CoreProfile.load(core).get(Constant.FORWARD_LATENCY);
        // store through rbx, load through rsi, into the register stored next: a chain through memory.
        assertEquals(10.0 * forward, perIteration(CoreProfile.load(core).with(Constant.PSF_PAIRS, 0), t -> {
            for (int k = 0; k < 10; k++) {
                t.store(RAX, RBX, 0, 8);
                t.load(RAX, RSI, 8, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            for (int k = 0; k < 20; k++) {
                t.access(k, 0x500000L);
            }
            t.run(20);
        }), 0.5);
    }

    @ParameterizedTest
    @CsvSource({"zen4,2", "zen4,6", "zen5,2", "zen5,8", "zen5,12"})
    void renamingReachesOverOtherInstructionsAsFarAsItsWindow(String core, int between) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.STORE_COMMITS, 8).with(Constant.STORE_PORTS, 8)
                .with(Constant.AGU_PORTS, 8).with(Constant.DISPATCH_WIDTH, 16).with(Constant.OP_CACHE_OPS_PER_CYCLE, 32)
                .with(Constant.OP_CACHE_ENTRIES_PER_CYCLE, 4).with(Constant.RETIRE_WIDTH, 16);
        double within = pairOver(profile.with(Constant.RENAME_WINDOW, between), between);
        double beyond = pairOver(profile.with(Constant.RENAME_WINDOW, between - 1), between);
        assertTrue(beyond >= within + 1, core + ": " + within + ", " + beyond);
        assertTrue(beyond >= profile.get(Constant.L1D_LATENCY) && beyond <= profile.get(Constant.FORWARD_LATENCY), core + ": " + beyond);
    }

    /** A store, others to other addresses, and a load with the first one's base: a chain through memory, or none. */
    private static double pairOver(CoreProfile profile, int between) {
        return perIteration(profile, t -> {
            t.store(RAX, RBX, 0, 8);
            for (int k = 0; k < between; k++) {
                t.store(RCX, RBX, 8 + 8 * k, 8);
            }
            t.load(RAX, RBX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            for (int k = 0; k <= between; k++) {
                t.access(k, 0x500000L + 8 * k);
            }
            t.access(between + 1, 0x500000L);
            t.run(between + 2);
        });
    }

    @ParameterizedTest
    @CsvSource({"64,7", "4096,164"})
    void aRepeatedMoveTakesItsStartAndItsBytes(int bytes, int string) {
        // Through the registers that it counts in: the load, then the string operation.
        int load = CoreProfile.load("zen4").get(Constant.L1D_LATENCY);
        assertEquals(load + string, perIteration("zen4", t -> {
            t.repeatMove();
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            // It writes through rdi and reads through rsi: what it wrote does not come back.
            t.access(0, 0x500000L, 0x600400L, bytes);
            t.run(1);
        }), 0.5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void pushAndPopAreRenamed(String core) {
        double cycles = perIteration(core, t -> {
            for (int k = 0; k < 10; k++) {
                t.push(RAX);
                t.pop(RAX);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            for (int k = 0; k < 20; k++) {
                t.access(k, 0x600000L);
            }
            t.run(20);
        });
        assertTrue(cycles < 20, core + ": " + cycles);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aMispredictedBranchCostsItsRefill(String core) {
        Random random = new Random(1);
        boolean[] coin = new boolean[200 + 2 * LOOPS];
        for (int n = 0; n < coin.length; n++) {
            coin[n] = random.nextBoolean();
        }
        CoreProfile profile = CoreProfile.load(core);
        Consumer<SyntheticTrace> code = t -> {
            t.alu("add", RAX, RAX);
            t.compare(RDX, RBX);
            t.jcc(SyntheticTrace.CODE + 64);
            t.jump(SyntheticTrace.CODE + 64);
            t.org(SyntheticTrace.CODE + 64);
            t.nop(4);
            t.jump(SyntheticTrace.CODE);
        };
        LoopTiming.IterationBody body = (t, n) -> {
            t.run(0, 1, 2);
            if (!coin[n]) {
                t.run(3);
            }
            t.run(4, 5);
        };
        SyntheticTrace trace = new SyntheticTrace();
        code.accept(trace);
        for (int n = 0; n < 200; n++) {
            body.run(trace, n);
        }
        trace.count();
        for (int n = 200; n < coin.length; n++) {
            body.run(trace, n);
        }
        ReplayReport real = Replay.run(trace, profile);
        ReplayReport ideal = Replay.run(trace, Ablation.BRANCHES.of(profile));
        double mispredicts = real.rates().get("mispredicts") * real.instructions() / 1000;
        double each = (real.cycles() - ideal.cycles()) / mispredicts;
        // From dispatch to resolution a compare takes two cycles; then the refill; the cycle of its own dispatch is saved.
        int refill = profile.get(Constant.MISPREDICT_REFILL);
        assertTrue(mispredicts > 0.3 * 2 * LOOPS, "random branches mispredict: " + mispredicts);
        assertTrue(each >= refill - 1 && each <= refill + 3, core + ": " + each + " cycles, refill " + refill);
    }

    @ParameterizedTest
    @CsvSource({"zen3,1", "zen4,1"})
    void takenBranchesComeOneACycle(String core, double each) {
        assertEquals(32 * each, perIteration(core, chain(32), all(32)), 0.5);
    }

    @ParameterizedTest
    @CsvSource({"zen5"})
    void zen5TakesTwoBranchesACycle(String core) {
        double cycles = perIteration(core, chain(32), all(32));
        assertTrue(cycles >= 15.9 && cycles <= 24, core + ": " + cycles);
    }

    /** {@code n} jumps, each to the next one 16 bytes on, the last one back. */
    private static Consumer<SyntheticTrace> chain(int n) {
        return t -> {
            for (int k = 0; k < n; k++) {
                t.org(SyntheticTrace.CODE + 16L * k);
                t.jump(k + 1 < n ? SyntheticTrace.CODE + 16L * (k + 1) : SyntheticTrace.CODE);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({"zen3,32", "zen4,32", "zen5,30"})
    void nestedCallsWithinTheReturnStackAreNotMispredicted(String core, int depth) {
        for (int nested : new int[] {depth - 2, depth + 6}) {
            SyntheticTrace t = new SyntheticTrace();
            int[] call = new int[nested];
            int[] ret = new int[nested + 1];
            for (int k = 0; k < nested; k++) {
                call[k] = t.call(SyntheticTrace.CODE + 6L * (k + 1));
                ret[k] = t.ret();
            }
            ret[nested] = t.ret();
            IntConsumer once = n -> {
                for (int k = 0; k < nested; k++) {
                    t.access(call[k], 0x600000L - 8L * k);
                }
                for (int k = nested; k > 0; k--) {
                    t.access(ret[k], 0x600000L - 8L * (k - 1));
                }
                t.access(ret[0], 0x600100L);
            };
            for (int n = 0; n < 20; n++) {
                once.accept(n);
            }
            t.count();
            for (int n = 0; n < 20; n++) {
                once.accept(n);
            }
            double wrong = Replay.run(t, CoreProfile.load(core)).rates().get("returnMispredicts");
            // The outermost return has no call in this trace and is always wrong: one in 2 * nested + 1 instructions.
            double outermost = 1000.0 / (2 * nested + 1);
            if (nested < depth) {
                assertEquals(outermost, wrong, outermost * 0.06, core);
            } else {
                assertTrue(wrong > 3 * outermost, core + ": " + wrong);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void codeBeyondTheOpCacheIsDecodedAtFourACycle(String core) {
        // 12,000 instructions of 4 bytes: more than any op cache holds.
        double cycles = perIterationOf(core, 12000);
        assertTrue(cycles >= 12000 / 4.0 && cycles <= 12000 / 4.0 * 1.6, core + ": " + cycles);
    }

    private static double perIterationOf(String core, int n) {
        SyntheticTrace trace = new SyntheticTrace();
        loop(n, t -> t.nop(4)).accept(trace);
        for (int warm = 0; warm < 2; warm++) {
            all(n + 1).run(trace, warm);
        }
        trace.count();
        for (int counted = 0; counted < 2; counted++) {
            all(n + 1).run(trace, counted);
        }
        return Replay.run(trace, CoreProfile.load(core).with(Constant.FUSE_NOP, 0)).cycles() / 2.0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aFusedCompareAndBranchTakesOneDispatchSlot(String core) {
        Consumer<SyntheticTrace> code = t -> {
            for (int k = 0; k < 30; k++) {
                t.compare(RAX, RBX);
                t.jcc(SyntheticTrace.CODE + 4096);
                t.nop(4);
                t.nop(4);
                t.nop(4);
                t.nop(4);
            }
            t.jump(SyntheticTrace.CODE);
        };
        CoreProfile fused = CoreProfile.load(core).with(Constant.DISPATCH_WIDTH, 2)
                .with(Constant.FUSE_NOP, 0);
        CoreProfile apart = fused.with(Constant.FUSE_COMPARE, 0);
        // Two a cycle: five slots an iteration against six.
        assertEquals(30 * 5 / 2.0, perIteration(fused, code, all(181)), 2);
        assertEquals(30 * 6 / 2.0, perIteration(apart, code, all(181)), 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128})
    void theReorderBufferBoundsOverlapOfMisses(int entries) {
        // Independent loads that miss to memory, each followed by nops: as many overlap as fit in the reorder buffer.
        int nops = 15;
        CoreProfile core = Ablation.NO_PREFETCHERS.of(CoreProfile.load("zen4")).with(Constant.ROB_ENTRIES, entries).with(Constant.FUSE_NOP, 0)
                .with(Constant.L2_KIB, 16).with(Constant.L3_KIB, 0).with(Constant.PAGE_WALK_EXTRA, 0)
                .with(Constant.TLB_L2_EXTRA, 0);
        int latency = core.get(Constant.MEMORY_LATENCY);
        double cycles = perIteration(core, t -> {
            t.load(RAX, RBX, 0, 8);
            for (int k = 0; k < nops; k++) {
                t.nop(4);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            t.access(0, 0x10000000L + 64L * n);
            for (int k = 1; k <= nops + 1; k++) {
                t.run(k);
            }
        });
        // A load may dispatch once the one "entries" macro-ops before it has retired.
        double overlap = Math.ceil(entries / (nops + 2.0));
        assertTrue(cycles >= latency / (overlap + 1) && cycles <= 1.15 * latency / Math.max(1, overlap - 1),
                entries + ": " + cycles);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aThreadLocalLoadTakesTheSegmentsExtraCycle(String core) {
        CoreProfile profile = CoreProfile.load(core);
        int expected = profile.get(Constant.L1D_LATENCY) + profile.get(Constant.SEGMENT_EXTRA);
        // A chain: the loaded value forms the next address, through a register that an fs: load with a base would use.
        SyntheticTrace t = new SyntheticTrace();
        int a = t.put("mov", 5, dev.cyclecast.trace.Flow.NEXT, 0, 1L << RAX, 1L << RAX, java.util.List.of(),
                java.util.List.of(new dev.cyclecast.trace.MemoryOperand(dev.cyclecast.trace.MemoryOperand.Segment.FS, RAX,
                        -1, 0, 0, false, false, 8, true, false, -1)), 0);
        for (int n = 0; n < 100; n++) {
            t.access(a, 0x700000L);
        }
        t.count();
        for (int n = 0; n < 1000; n++) {
            t.access(a, 0x700000L);
        }
        assertEquals(1000.0 * expected, Replay.run(t, profile).cycles(), 10);
    }

    @ParameterizedTest
    @CsvSource({"zen3,64,7", "zen4,72,7", "zen5,96,7"})
    void pagesBeyondTheFirstTlbLevelCostTheSecondLevelsExtra(String core, int entries, int extra) {
        CoreProfile profile = CoreProfile.load(core);
        for (int pages : new int[] {entries - 8, entries + 8}) {
            double cycles = perIteration(profile, loop(8, t -> t.load(RAX, RAX, 0, 8)), (t, n) -> {
                for (int k = 0; k < 8; k++) {
                    int page = (n * 8 + k) % pages;
                    // A line of its own in each page, spread over the sets of L1D.
                    t.access(k, 0x1000000L + page * 4096L + page % 64 * 64L);
                }
                t.run(8);
            });
            int expected = 8 * (profile.get(Constant.L1D_LATENCY) + (pages > entries ? extra : 0));
            assertEquals(expected, cycles, 1, core + " " + pages);
        }
    }

    @ParameterizedTest
    @CsvSource({"zen3,16,0", "zen3,2048,3", "zen4,16,0", "zen4,2048,3"})
    void branchesBeyondTheFirstBtbLevelCostItsBubble(String core, int branches, int bubble) {
        // Jumps a line apart would miss L1I; 8 bytes apart, 2048 of them are 16 KiB, in L1I but not in the op cache.
        SyntheticTrace t = new SyntheticTrace();
        for (int k = 0; k < branches; k++) {
            t.org(SyntheticTrace.CODE + 8L * k);
            t.jump(k + 1 < branches ? SyntheticTrace.CODE + 8L * (k + 1) : SyntheticTrace.CODE);
        }
        int rounds = Math.max(3, 1000 / branches);
        for (int n = 0; n < rounds; n++) {
            all(branches).run(t, n);
        }
        t.count();
        for (int n = 0; n < rounds; n++) {
            all(branches).run(t, n);
        }
        ReplayReport report = Replay.run(t, CoreProfile.load(core).with(Constant.BTB_L1_PAIRS, 0));
        double each = (double) report.cycles() / report.instructions();
        assertTrue(each >= 1 + bubble - 0.1 && each <= 1 + bubble + (bubble > 0 ? 1.5 : 0.1), core + ": " + each);
    }

    @ParameterizedTest
    @CsvSource({"zen3,8", "zen4,8", "zen5,20"})
    void atomicOperationsFollowEachOther(String core, int latency) {
        SyntheticTrace t = new SyntheticTrace();
        int add = t.lockedAdd(RCX, RBX);
        for (int n = 0; n < 50; n++) {
            t.access(add, 0x500000L);
        }
        t.count();
        for (int n = 0; n < 500; n++) {
            t.access(add, 0x500000L);
        }
        double each = Replay.run(t, CoreProfile.load(core)).cycles() / 500.0;
        assertTrue(each >= latency - 4 && each <= latency + 1, core + ": " + each);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aLoadThatEqualsAStoreInFlightModulo4096Waits(String core) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.FORWARD_PASS, 0);
        LoopTiming.IterationBody apart = (t, n) -> t.access(0, 0x500000L).access(1, 0x512008L).run(2);
        LoopTiming.IterationBody alias = (t, n) -> t.access(0, 0x500000L).access(1, 0x512000L).run(2);
        Consumer<SyntheticTrace> code = t -> {
            t.store(RCX, RBX, 0, 8);
            t.load(RAX, RAX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        };
        assertEquals(profile.get(Constant.ALIAS_4K_EXTRA), perIteration(profile, code, alias) - perIteration(profile, code,
                apart), 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void anIndirectBranchIsRightForOneTargetAndWrongForRandomOnes(String core) {
        Random random = new Random(3);
        for (int targets : new int[] {1, 4}) {
            SyntheticTrace t = new SyntheticTrace();
            int jump = t.jumpRegister(RAX);
            int[] target = new int[4];
            for (int k = 0; k < 4; k++) {
                t.org(SyntheticTrace.CODE + 64L * (k + 1));
                target[k] = t.jump(SyntheticTrace.CODE);
            }
            for (int n = 0; n < 500; n++) {
                t.run(jump, target[random.nextInt(targets)]);
            }
            t.count();
            for (int n = 0; n < 1000; n++) {
                t.run(jump, target[random.nextInt(targets)]);
            }
            double wrong = Replay.run(t, CoreProfile.load(core)).rates().get("indirectMispredicts") * 2;
            assertEquals(targets == 1 ? 0 : 0.75 * 1000, wrong, targets == 1 ? 0.01 : 80, core);
        }
    }

    /** As measured on the core (source K5): two cycles for each two entries that begin in a line, one for the last, lines apart. */
    @ParameterizedTest
    @CsvSource({"3,48,7", "3,96,13", "3,192,28", "4,16,4", "4,24,4", "4,48,8", "4,64,11", "4,96,15", "4,128,21", "4,192,29",
        "5,48,6", "5,96,12", "6,24,3", "6,48,6", "6,96,12", "8,96,12"})
    void entriesOfALineAreReadTwoAtATime(int bytes, int instructions, int cycles) {
        CoreProfile profile = CoreProfile.load("zen5");
        double found = perIteration(profile, loop(instructions, t -> t.nop(bytes)), all(instructions + 1));
        assertEquals(cycles, found, 1.05);
        double pairs = perIteration(profile.with(Constant.OP_CACHE_LINE_INTERVAL, 1), loop(instructions, t -> t.nop(bytes)),
                all(instructions + 1));
        int lines = (bytes * instructions + 5 + 63) / 64;
        assertTrue(pairs >= Math.max(lines, instructions / 8.0), "two entries each cycle: " + pairs);
        assertTrue(bytes == 4 && instructions > 24 ? pairs < found : pairs <= found, pairs + ", " + found);
    }

    @ParameterizedTest
    @CsvSource({"zen3,8", "zen4,9", "zen5,12"})
    void aWiderDispatchIsFedAtTheOpCachesRate(String core, int rate) {
        // 9-op and 8-op entries of 4-byte nops: two entries fill a line of 16. Zen 5 reads a third of 6 two cycles later.
        CoreProfile profile = CoreProfile.load(core).with(Constant.DISPATCH_WIDTH, 16).with(Constant.RETIRE_WIDTH, 16)
                .with(Constant.FUSE_NOP, 0).with(Constant.OP_CACHE_LINE_INTERVAL, 1);
        double cycles = perIteration(profile, loop(160, t -> t.nop(4)), all(161));
        assertTrue(cycles >= 161.0 / rate - 0.01 && cycles <= 161.0 / rate * 1.6, core + ": " + cycles);
    }

    @ParameterizedTest
    @CsvSource({"zen3,l3", "zen4,l3", "zen5,l3", "zen3,memory", "zen4,memory", "zen5,memory"})
    void aChaseThroughColdLinesTakesTheLatencyOfTheirLevel(String core, String level) {
        CoreProfile profile = Ablation.NO_PREFETCHERS.of(CoreProfile.load(core)).with(Constant.L2_KIB, 64).with(Constant.L2_WAYS, 8)
                .with(Constant.TLB_L2_EXTRA, 0).with(Constant.PAGE_WALK_EXTRA, 0);
        boolean memory = level.equals("memory");
        // 2048 lines, 128 KiB, come around: beyond L2 as shrunk, within L3. New lines each time: beyond every level.
        double cycles = perIteration(profile, loop(8, t -> t.load(RAX, RAX, 0, 8)), (t, n) -> {
            for (int k = 0; k < 8; k++) {
                long line = n * 8L + k;
                t.access(k, 0x10000000L + (memory ? line : line % 2048) * 64);
            }
            t.run(8);
        }, memory ? 0 : 1000);
        int latency = profile.get(memory ? Constant.MEMORY_LATENCY : Constant.L3_LATENCY);
        assertEquals(8.0 * latency, cycles, 0.03 * 8 * latency, core);
    }

    @ParameterizedTest
    @CsvSource({"INT_REGISTERS,REGISTER_RELEASE,1", "INT_REGISTERS,REGISTER_RELEASE,11", "ROB_ENTRIES,WINDOW_RELEASE,1",
        "ROB_ENTRIES,WINDOW_RELEASE,11", "FLAG_REGISTERS,REGISTER_RELEASE,11"})
    void whatRetirementFreesIsTakenAgainSoMuchLater(Constant window, Constant releases, int release) {
        // A chain of loads, behind which more stands than fits: the next turn's chain begins once this one's has retired.
        CoreProfile profile = CoreProfile.load("zen5").with(window, 64).with(releases, 0);
        java.util.function.Consumer<SyntheticTrace> code = t -> {
            for (int k = 0; k < 20; k++) {
                t.load(RAX, RAX, 0, 8);
            }
            for (int k = 0; k < 100; k++) {
                t.lea(RCX, RBX, -1, 8);
                t.compare(RBX, RDX);
            }
            t.jump(SyntheticTrace.CODE);
        };
        LoopTiming.IterationBody body = (t, n) -> {
            for (int k = 0; k < 20; k++) {
                t.access(k, 0x500000L);
            }
            for (int k = 20; k < 221; k++) {
                t.run(k);
            }
        };
        double atOnce = perIteration(profile, code, body);
        assertTrue(atOnce >= 20 * profile.get(Constant.L1D_LATENCY), "one turn after the other: " + atOnce);
        // Once behind the chain, and once more for each window that the rest of the turn fills.
        double later = perIteration(profile.with(releases, release), code, body) - atOnce;
        assertTrue(later >= release - 0.1 && later <= 4 * release, release + ": " + later);
    }

    @ParameterizedTest
    @CsvSource({"8,64", "16,64", "64,64"})
    void theSchedulerBoundsHowFarIndependentWorkIsSeen(int entries, int distance) {
        // A chain of loads from L3, each followed by adds that wait for it: they fill the scheduler, so that the next
        // chain's load, which depends on nothing here, is not seen until they have gone.
        CoreProfile profile = CoreProfile.load("zen4").with(Constant.INT_SCHEDULER_ENTRIES, entries)
                .with(Constant.SCHEDULER_RELEASE, 0);
        double cycles = perIteration(profile, t -> {
            t.alu("imul", RAX, RAX);
            for (int k = 0; k < distance; k++) {
                t.put("add", 3, dev.cyclecast.trace.Flow.NEXT, 0, 1L << RAX, 1L << RCX, java.util.List.of(),
                        java.util.List.of(), 0);
            }
            t.jump(SyntheticTrace.CODE);
        }, all(distance + 2));
        // Throughput is that of the four ALUs whatever the size; a small scheduler adds the multiply's latency to it.
        assertTrue(cycles >= (distance + 1) / 4.0 - 0.01, "never above four a cycle: " + cycles);
        assertTrue(cycles <= distance / 4.0 + 8, entries + ": " + cycles);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32})
    void theStoreQueueBoundsStoresThatMiss(int entries) {
        // Each store misses to memory and commits in order: as many are under way as the queue holds.
        CoreProfile profile = Ablation.NO_PREFETCHERS.of(CoreProfile.load("zen4")).with(Constant.STORE_QUEUE_ENTRIES, entries)
                .with(Constant.MISS_BUFFERS, 64)
                .with(Constant.L2_KIB, 16).with(Constant.L3_KIB, 0).with(Constant.PAGE_WALK_EXTRA, 0)
                .with(Constant.TLB_L2_EXTRA, 0);
        int miss = profile.get(Constant.MEMORY_LATENCY) - profile.get(Constant.L1D_LATENCY);
        double cycles = perIteration(profile, loop(1, t -> t.store(RCX, RBX, 0, 8)), (t, n) -> {
            t.access(0, 0x10000000L + 64L * n);
            t.run(1);
        });
        assertEquals((double) miss / entries, cycles, 0.15 * miss / entries, entries + " entries");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,2", "0,2"})
    void theDataOfStoresTakesAnAluOnZen5(int takes, int stores) {
        CoreProfile profile = CoreProfile.load("zen5").with(Constant.STORE_DATA_ALU, takes).with(Constant.OP_CACHE_LINE_INTERVAL, 1);
        int alus = profile.get(Constant.ALU_PORTS);
        int groups = 8;
        double cycles = perIteration(profile, t -> {
            for (int g = 0; g < groups; g++) {
                for (int k = 0; k < alus; k++) {
                    t.test(RCX);
                }
                for (int k = 0; k < stores; k++) {
                    t.store(RDX, RBX, 8 * k, 8);
                }
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            for (int i = 0; i < (alus + stores) * groups; i++) {
                int inGroup = i % (alus + stores);
                if (inGroup < alus) {
                    t.run(i);
                } else {
                    t.access(i, 0x500000L + 8 * inGroup);
                }
            }
            t.run((alus + stores) * groups);
        });
        assertEquals((double) groups * (alus + takes * stores) / alus, cycles, 1.1);
    }

    @Test
    void numbersFillOpCacheEntries() {
        CoreProfile profile = CoreProfile.load("zen5").with(Constant.DISPATCH_NUMBERS, 255).with(Constant.BRANCH_PORTS_SHARED, 6);
        int gates = 96;
        Consumer<SyntheticTrace> code = t -> {
            for (int k = 0; k < gates; k++) {
                t.compareMemory(RBX, 8, -1);
                t.jcc(SyntheticTrace.CODE + 8192);
            }
            t.jump(SyntheticTrace.CODE);
        };
        LoopTiming.IterationBody run = (t, n) -> {
            for (int k = 0; k < gates; k++) {
                t.access(2 * k, 0x500000L).run(2 * k + 1);
            }
            t.run(2 * gates);
        };
        // Each has a displacement, an immediate and a distance: two to an entry, 32 in three lines, read two at a time two cycles apart.
        double lines = 96 * 6 / 64.0;
        assertEquals(lines * 5, perIteration(profile, code, run), 3);
        assertEquals(gates / 4.0, perIteration(profile.with(Constant.OP_CACHE_FIELDS_PER_ENTRY, 64), code, run), 1.5, "by the loads");
    }

    @Test
    void entriesThatSpanLinesHoldMoreCode() {
        CoreProfile profile = CoreProfile.load("zen5");
        int instructions = 5600;
        // Of eight bytes each, six to an entry: 934 of 1024 entries. Where they end with their line, two are needed for eight.
        assertEquals(instructions / 8.0, perIteration(profile, loop(instructions, t -> t.nop(8)), all(instructions + 1), 3), 3);
        assertEquals(instructions / 2.0, perIteration(profile.with(Constant.OP_CACHE_SPANS_LINES, 0),
                loop(instructions, t -> t.nop(8)), all(instructions + 1), 3), 0.2 * instructions / 2, "decoded");
    }

    @Test
    void branchesWithoutAPortOfTheirOwnShareAnAlu() {
        CoreProfile core = CoreProfile.load("zen4").with(Constant.BRANCH_PORTS_SHARED, 0).with(Constant.BRANCH_PORTS_OWN, 0);
        double cycles = perIteration(core, t -> {
            t.load(RAX, RBX, 0, 8);
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> t.access(0, 0x2000).run(1));
        assertTrue(cycles >= 1 && cycles < 5, "a loop of one load: " + cycles);
    }
}
