package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.Registers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closed forms of the front end and the branch units, each alone in a loop. */
class FrontEndTest {
    private static final long CODE = SyntheticTrace.CODE;
    private static final int ROUNDS = 300;

    /** Cycles of a round of events, as the difference of two replays so that their ends cancel. */
    private static double perRound(CoreProfile core, Program program) {
        return perRound(core, program, ROUNDS);
    }

    private static double perRound(CoreProfile core, Program program, int rounds) {
        return (double) (replay(core, program, 2 * rounds, rounds).cycles() - replay(core, program, rounds, rounds).cycles())
                / rounds;
    }

    private static ReplayReport replay(CoreProfile core, Program program, int counted, int warm) {
        SyntheticTrace t = new SyntheticTrace();
        program.code(t);
        for (int n = 0; n < warm; n++) {
            program.round(t, n);
        }
        t.count();
        for (int n = 0; n < counted; n++) {
            program.round(t, warm + n);
        }
        return Replay.run(t, core);
    }

    /** Code, and what a round of it executes. */
    private interface Program {
        void code(SyntheticTrace t);

        void round(SyntheticTrace t, int n);
    }

    /** A chain of additions, then calls of an empty function, then a jump back. */
    private record Calls(int chain, int calls) implements Program {
        @Override
        public void code(SyntheticTrace t) {
            for (int k = 0; k < chain; k++) {
                t.alu("add", Registers.RAX, Registers.RAX);
            }
            for (int k = 0; k < calls; k++) {
                // Sixteen bytes apart, so that no level of the BTB has more of them in 32 bytes than it can hold.
                t.call(CODE + 0x1000);
                t.nop(11);
            }
            t.jump(CODE);
            t.org(CODE + 0x1000);
            t.ret();
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            for (int k = 0; k < chain; k++) {
                t.run(k);
            }
            for (int k = 0; k < calls; k++) {
                t.access(chain + 2 * k, 0x600000L);
                t.access(chain + 2 * calls + 1, 0x600000L);
                t.run(chain + 2 * k + 1);
            }
            t.run(chain + 2 * calls);
        }
    }

    @ParameterizedTest
    @CsvSource({"zen3,4.25", "zen4,4.25", "zen5,4"})
    void aCallAndItsReturnTakeFourCycles(String core, double pair) {
        // Each fourth one begins another line, which takes prediction a cycle, but on Zen 5 the one that the call is in.
        CoreProfile profile = CoreProfile.load(core);
        double each = (perRound(profile, new Calls(0, 24)) - perRound(profile, new Calls(0, 8))) / 16;
        assertEquals(pair, each, 0.1, core);
    }

    @ParameterizedTest
    @CsvSource({"zen3,1", "zen3,4", "zen3,8", "zen4,1", "zen4,4", "zen4,8", "zen5,1", "zen5,4", "zen5,8"})
    void bubblesOfCallsAreHiddenWherePredictionIsAheadOfABackEndThatIsBusy(String core, int calls) {
        CoreProfile profile = CoreProfile.load(core);
        assertEquals(60, perRound(profile, new Calls(60, calls)), 0.6, core);
    }

    @ParameterizedTest
    @CsvSource({"zen3,16", "zen4,16", "zen5,16"})
    void beyondThatPredictionSetsThePace(String core, int calls) {
        CoreProfile profile = CoreProfile.load(core);
        double cycles = perRound(profile, new Calls(30, calls));
        // Four for each pair, one for each line of the chain and of the calls, which prediction walks as well.
        int lines = (30 * 3 + 16 * calls) / 64 + 2;
        assertTrue(cycles >= 4 * calls - 0.5 && cycles <= 4 * calls + lines + 1, core + ": " + cycles);
    }

    @Test
    void aLoopOfOneBlockIsPredictedOnceACycle() {
        CoreProfile profile = CoreProfile.load("zen5");
        assertEquals(4, perRound(profile, new Loop(7)) - perRound(profile, new Loop(3)), 0.1);
    }

    /** Straight code of no-operations, then a jump back. */
    private record Straight(int count, int bytes) implements Program {
        @Override
        public void code(SyntheticTrace t) {
            for (int k = 0; k < count; k++) {
                t.nop(bytes);
            }
            t.jump(CODE);
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            for (int k = 0; k <= count; k++) {
                t.run(k);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,4", "2,4", "3,4", "4,4", "5,3.2", "6,2.67", "7,2.29", "8,2", "9,1.78", "10,1.6", "11,1", "13,1", "15,1"})
    void zen5DecodesFourInstructionsOrSixteenBytesOrOneLongInstructionACycle(int bytes, double rate) {
        CoreProfile profile = CoreProfile.load("zen5").with(Constant.OP_CACHE_SETS, 0);
        int count = 480;
        assertEquals(rate, count / perRound(profile, new Straight(count, bytes), 20), 0.06 * rate, bytes + " bytes");
    }

    @ParameterizedTest
    @CsvSource({"zen3,4,4", "zen3,8,4", "zen3,10,2", "zen4,3,4", "zen4,8,4"})
    void otherCoresDecodeWhatTwoQueueEntriesHold(String core, int bytes, double rate) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.OP_CACHE_SETS, 0);
        int count = 480;
        assertEquals(rate, count / perRound(profile, new Straight(count, bytes), 20), 0.07 * rate);
    }

    @ParameterizedTest
    @CsvSource({"zen3,4", "zen4,4", "zen5,4"})
    void linesFromL2ComeAtTheirInterval(String core, int interval) {
        // 64 KiB of code: twice L1I, and more than the op cache; the decoders alone would take two cycles for a line.
        CoreProfile profile = CoreProfile.load(core).with(Constant.L1I_FILL_INTERVAL, interval)
                .with(Constant.DECODE_BYTES, 32).with(Constant.OP_CACHE_SETS, 0);
        double each = perRound(profile, new Straight(8192, 8), 2) / 1024;
        assertEquals(interval, each, 0.25, core);
    }

    @ParameterizedTest
    @CsvSource({"zen3,6", "zen4,6", "zen5,9", "zen4,20"})
    void linesFromBehindL2ComeAtAnIntervalOfTheirOwn(String core, int interval) {
        // 64 KiB of code, four times a small L2.
        CoreProfile profile = CoreProfile.load(core).with(Constant.L2_KIB, 16).with(Constant.OP_CACHE_SETS, 0);
        assertTrue(interval == 20 || interval == profile.get(Constant.L1I_FILL_L3_INTERVAL), "as shipped");
        double each = perRound(profile.with(Constant.L1I_FILL_L3_INTERVAL, interval), new Straight(8192, 8), 2) / 1024;
        assertEquals(interval, each, 0.25, core);
    }

    /** Branches to the next one, so that each is taken. */
    private record Chain(int count, int stride, boolean conditional) implements Program {
        @Override
        public void code(SyntheticTrace t) {
            for (int k = 0; k < count; k++) {
                t.org(CODE + (long) stride * k);
                long target = k + 1 < count ? CODE + (long) stride * (k + 1) : CODE;
                if (conditional) {
                    t.jcc(target);
                } else {
                    t.jump(target);
                }
            }
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            for (int k = 0; k < count; k++) {
                t.run(k);
            }
        }
    }

    /** A core on which a chain of branches finds neither BTB nor op cache. */
    private static CoreProfile forgetful(String core) {
        return CoreProfile.load(core).with(Constant.BTB_L1_ENTRIES, 16).with(Constant.BTB_L2_ENTRIES, 0)
                .with(Constant.FAST_BTB_ENTRIES, 0).with(Constant.BTB_L1_PAIRS, 0).with(Constant.OP_CACHE_SETS, 0);
    }

    @ParameterizedTest
    @CsvSource({"zen3,false,12", "zen3,true,16", "zen4,false,12", "zen4,true,16"})
    void aTakenBranchUnknownToTheBtbCostsWhatZen3Shows(String core, boolean conditional, int cycles) {
        assertEquals(cycles, perRound(forgetful(core), new Chain(256, 32, conditional), 3) / 256, 0.1, core);
    }

    @ParameterizedTest
    @CsvSource({"zen3,1", "zen4,1", "zen5,1"})
    void decodersDeliverOneTakenBranchACycle(String core, double cycles) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.OP_CACHE_SETS, 0);
        assertEquals(cycles, perRound(profile, new Chain(64, 8, false), 50) / 64, 0.1, core);
    }

    @ParameterizedTest
    @CsvSource({"zen3,0", "zen3,6", "zen4,3", "zen5,5"})
    void aRefillFromTheDecodersTakesItsExtra(String core, int extra) {
        CoreProfile op = CoreProfile.load(core).with(Constant.BTB_L1_ENTRIES, 16).with(Constant.BTB_L2_ENTRIES, 0)
                .with(Constant.BTB_L1_PAIRS, 0).with(Constant.DECODER_RESTART, extra);
        CoreProfile decoded = op.with(Constant.OP_CACHE_SETS, 0);
        Chain chain = new Chain(256, 32, true);
        assertEquals(extra, (perRound(decoded, chain, 3) - perRound(op, chain, 3)) / 256, 0.1, core);
    }

    /** An indirect jump that takes its targets in turn, each of which jumps back. */
    private record Targets(int targets) implements Program {
        @Override
        public void code(SyntheticTrace t) {
            t.jumpRegister(Registers.RAX);
            for (int k = 0; k < targets; k++) {
                t.org(CODE + 64L * (k + 1));
                t.jump(CODE);
            }
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            t.run(0, 1 + n % targets);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void anIndirectBranchCostsMoreOnceTheBtbsTargetIsOverridden(String core) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.FAST_BTB_ENTRIES, 0);
        int same = profile.get(Constant.BTB_INDIRECT_BUBBLE);
        int override = profile.get(Constant.INDIRECT_OVERRIDE_BUBBLE);
        assertEquals(2 + same, perRound(profile, new Targets(1)), 0.05, core + " one target");
        for (int targets : new int[] {2, 4, 8}) {
            assertEquals(2 + override, perRound(profile, new Targets(targets)), 0.1, core + " " + targets);
        }
    }

    /** Calls of an empty function by way of a stub that jumps through a pointer. */
    private record Stubs(int calls) implements Program {
        @Override
        public void code(SyntheticTrace t) {
            for (int k = 0; k < calls; k++) {
                t.call(CODE + 0x1000);
                t.nop(11);
            }
            t.jump(CODE);
            t.org(CODE + 0x1000);
            t.jumpRegister(Registers.RAX);
            t.org(CODE + 0x1100);
            t.ret();
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            for (int k = 0; k < calls; k++) {
                t.access(2 * k, 0x600000L);
                t.run(2 * calls + 1);
                t.access(2 * calls + 2, 0x600000L);
                t.run(2 * k + 1);
            }
            t.run(2 * calls);
        }
    }

    @ParameterizedTest
    @CsvSource({"zen3,6.25", "zen4,6.25", "zen5,5"})
    void aStubOnTheWayOfACallTakesABlockAndTheBubbleOfAnIndirectJump(String core, double expected) {
        CoreProfile profile = CoreProfile.load(core);
        assertEquals(expected, (perRound(profile, new Stubs(24)) - perRound(profile, new Stubs(8))) / 16, 0.1, core);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void anIndirectCallIsFollowedByTheBubbleOfADirectOne(String core) {
        BranchBubbles bubbles = new BranchBubbles(CoreProfile.load(core));
        assertEquals(1, bubbles.taken(BranchOutcomes.CALL));
        assertEquals(1, bubbles.taken(BranchOutcomes.CALL | BranchOutcomes.INDIRECT));
    }

    @ParameterizedTest
    @CsvSource({"zen3,3", "zen4,3", "zen5,1"})
    void aLoopOfOneIndirectJumpTakesACycleOnZen5(String core, double expected) {
        assertEquals(expected, perRound(CoreProfile.load(core), new Targets(1)), 0.05, core);
    }

    /** A function that calls itself so many times from one place. */
    private record Recursion(int depth) implements Program {
        @Override
        public void code(SyntheticTrace t) {
            t.call(CODE + 64);
            t.jump(CODE);
            t.org(CODE + 64);
            t.call(CODE + 64);
            t.ret();
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            t.access(0, 0x600000L);
            for (int k = 1; k < depth; k++) {
                t.access(2, 0x600000L - 8 * k);
            }
            for (int k = depth; k > 0; k--) {
                t.access(3, 0x600000L - 8 * (k - 1));
            }
            t.run(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"zen3,20,0", "zen3,100,1", "zen4,100,1", "zen5,100,1"})
    void aRecursionFromOnePlaceOverflowsTheReturnStackAtTheCostOfOneReturn(String core, int depth, int wrong) {
        // Beyond its depth the stack repeats itself; only the outermost return goes elsewhere.
        ReplayReport report = replay(CoreProfile.load(core), new Recursion(depth), 50, 50);
        double each = report.rates().get("returnMispredicts") * report.instructions() / 1000 / 50;
        assertEquals(wrong, each, 0.05, core);
    }

    /** A loop branch taken all but one time of a count, and a jump back. */
    private record Loop(int trips) implements Program {
        @Override
        public void code(SyntheticTrace t) {
            t.nop(4);
            t.jcc(CODE);
            t.jump(CODE);
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            for (int k = 0; k < trips; k++) {
                t.run(0, 1);
            }
            t.run(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"zen3,30", "zen4,30", "zen4,12", "zen5,30"})
    void anOverrideOfTheFastDirectionLevelCostsItsBubble(String core, int trips) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.TAGE_FAST_TABLES, 0);
        int bubble = profile.get(Constant.DIRECTION_OVERRIDE_BUBBLE);
        double with = perRound(profile, new Loop(trips), 1500);
        double without = perRound(profile.with(Constant.DIRECTION_OVERRIDE_BUBBLE, 0), new Loop(trips), 1500);
        // The base says taken; the exit of each round is what the tables know better.
        assertEquals(bubble, with - without, 0.5, core + ": " + with + " against " + without);
        double fast = perRound(profile.with(Constant.TAGE_FAST_TABLES, profile.get(Constant.TAGE_TABLES)), new Loop(trips), 1500);
        assertEquals(without, fast, 0.01, "a fast level of all tables is never overridden");
    }

    /** A branch to one of two far lines. */
    private record Fork() implements Program {
        @Override
        public void code(SyntheticTrace t) {
            t.compare(Registers.RDX, Registers.RBX);
            t.jcc(CODE + 0x400);
            t.org(CODE + 0x200);
            t.nop(4);
            t.jump(CODE);
            t.org(CODE + 0x400);
            t.nop(4);
            t.jump(CODE);
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            t.run(0, 1, 4, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4})
    void theWrongPathBringsInItsLines(int lines) {
        CoreProfile profile = CoreProfile.load("zen4").with(Constant.WRONG_PATH_LINES, lines);
        SyntheticTrace t = new SyntheticTrace();
        new Fork().code(t);
        // The branch is not known: fetch runs on behind it, into lines that are then asked for on purpose.
        FrontEnd frontEnd = new FrontEnd(profile, new Memory(profile, 0));
        long[] address = new long[t.image().instructions().size()];
        for (int k = 0; k < address.length; k++) {
            address[k] = t.address(k);
        }
        Code code = Code.of(t.image());
        InstructionTable table = InstructionTable.of(profile.instructions());
        CodeTiming timing = new CodeTiming(code, table, table.entries(code), profile);
        InstructionTiming any = timing.each()[0];
        WrongPath path = new WrongPath(profile, timing, address, frontEnd);
        path.fetch(1, false);
        assertEquals(0, misses(frontEnd, any, CODE + 0x800, 0), "where a branch never went is not known");
        path.fetch(1, true);
        path.taken(1, 4);
        path.fetch(1, false);
        assertEquals(4 - Math.min(lines, 4), misses(frontEnd, any, CODE, 4), "behind the branch");
        assertEquals(4 - Math.min(lines, 4), misses(frontEnd, any, CODE + 0x400, 4), "where it is taken to");
    }

    /** L1I misses of so many lines from an address on, in each of which an instruction is executed. */
    private static long misses(FrontEnd frontEnd, InstructionTiming x, long from, int lines) {
        long before = frontEnd.l1iMisses;
        for (int k = 0; k < lines; k++) {
            frontEnd.redirect(0);
            frontEnd.deliver(x, from + 64L * k, 0);
        }
        return frontEnd.l1iMisses - before;
    }

    @ParameterizedTest
    @CsvSource({"1,11,93", "2,6,170", "3,4,256", "4,3,341", "8,2,512"})
    void entriesOfALineShareASetSoThatShortInstructionsFillFewerLines(int bytes, int entries, int unlimited) {
        CoreProfile profile = CoreProfile.load("zen5");
        int ways = profile.get(Constant.OP_CACHE_WAYS);
        int sets = profile.get(Constant.OP_CACHE_SETS);
        assertTrue(unlimited >= sets * (ways / entries), "what fits by sets fits by number");
        for (int lines : new int[] {sets * (ways / entries), sets * (ways / entries) + sets}) {
            OpCache cache = new OpCache(profile);
            int missed = 0;
            for (int round = 0; round < 3; round++) {
                missed = 0;
                for (int line = 0; line < lines; line++) {
                    missed += missed(cache, CODE + 64L * line, bytes);
                }
            }
            assertEquals(lines == sets * (ways / entries), missed == 0, bytes + " bytes, " + lines + " lines");
        }
    }

    private static int missed(OpCache cache, long line, int bytes) {
        int missed = 0;
        // Instructions that begin in this line; where they do in the next ones makes no difference to their number by much.
        for (long at = line; at < line + 64 - (bytes == 3 ? 1 : 0); at += bytes) {
            if (at == line || cache.isFull(OpCache.use(1, 0))) {
                missed += cache.begin(at) ? 0 : 1;
            }
            cache.take(OpCache.use(1, 0));
        }
        return missed;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void anEntryEndsWhenItsFieldsAreFull(int fields) {
        OpCache cache = new OpCache(CoreProfile.load("zen4").with(Constant.OP_CACHE_FIELDS_PER_ENTRY, fields));
        int use = OpCache.use(1, 1);
        cache.begin(CODE);
        int held = 0;
        for (; !cache.isFull(use); held++) {
            cache.take(use);
        }
        assertEquals(Math.min(fields, CoreProfile.load("zen4").get(Constant.OP_CACHE_OPS_PER_ENTRY)), held);
    }

    @ParameterizedTest
    @CsvSource({"zen4", "zen5"})
    void anOpCacheWithinL1iForgetsWhatL1iEvicts(String core) {
        CoreProfile outside = CoreProfile.load(core).with(Constant.OP_CACHE_IN_L1I, 0).with(Constant.L1I_KIB, 4)
                .with(Constant.L1I_WAYS, 8).with(Constant.FUSE_NOP, 0);
        CoreProfile inside = outside.with(Constant.OP_CACHE_IN_L1I, 1);
        // 8 KiB of code, twice this L1I, but well within the op cache.
        Straight code = new Straight(1024, 8);
        assertEquals(0, replay(outside, code, 4, 4).rates().get("decodedOps"), 0.01, core);
        assertTrue(replay(inside, code, 4, 4).rates().get("decodedOps") > 900, core);
    }

    /** So many no-operations of four bytes and a jump to the next 128 bytes, eight times. */
    private record Blocks(int nops) implements Program {
        private static final int BLOCKS = 8;

        @Override
        public void code(SyntheticTrace t) {
            for (int b = 0; b < BLOCKS; b++) {
                t.org(CODE + 128L * b);
                for (int k = 0; k < nops; k++) {
                    t.nop(4);
                }
                t.jump(CODE + 128L * ((b + 1) % BLOCKS));
            }
        }

        @Override
        public void round(SyntheticTrace t, int n) {
            for (int k = 0; k < BLOCKS * (nops + 1); k++) {
                t.run(k);
            }
        }
    }

    /**
     * Of a line two entries are read at once and the next two cycles later; a further line comes a cycle later; what is left of a
     * cycle goes to the target. With 15 the jump itself goes on into the next line. All as the core does it (kernel delivery-blocks).
     */
    @ParameterizedTest
    @CsvSource({"4,0.64", "11,1.51", "12,3", "14,3", "15,4", "20,4", "24,4", "28,4", "30,6"})
    void blocksAreReadEntryByEntry(int nops, double cycles) {
        assertEquals(cycles, perRound(CoreProfile.load("zen5"), new Blocks(nops)) / Blocks.BLOCKS, 0.13);
    }
}
