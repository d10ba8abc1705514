package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.R8;
import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.RCX;
import static dev.cyclecast.trace.Registers.RDX;
import static dev.cyclecast.trace.Registers.VECTOR;
import static dev.cyclecast.trace.Registers.bit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rename, dispatch groups, scheduler queues and register files: closed forms, each unit alone. */
class RenameTest {
    private static final int LOOPS = 300;
    private static final int DISP8 = 16;
    private static final int DISP32 = 512;

    /** Cycles per iteration of a loop whose body is put down once, and a jump back. */
    private static double perIteration(CoreProfile core, Consumer<SyntheticTrace> body) {
        return perIteration(core, body, (t, k) -> t.access(k, 0x500000L));
    }

    private static double perIteration(CoreProfile core, Consumer<SyntheticTrace> body,
                                       BiConsumer<SyntheticTrace, Integer> execute) {
        return (double) (cycles(core, body, execute, 2 * LOOPS) - cycles(core, body, execute, LOOPS)) / LOOPS;
    }

    private static long cycles(CoreProfile core, Consumer<SyntheticTrace> body, BiConsumer<SyntheticTrace, Integer> execute,
                               int loops) {
        SyntheticTrace t = new SyntheticTrace();
        body.accept(t);
        int jump = t.jump(SyntheticTrace.CODE);
        for (int n = 0; n < loops + 100; n++) {
            if (n == 100) {
                t.count();
            }
            for (int k = 0; k < jump; k++) {
                execute.accept(t, k);
            }
            t.run(jump);
        }
        ReplayReport report = Replay.run(t, core);
        assertEquals(report.cycles(), report.causes().values().stream().mapToLong(Long::longValue).sum(), "causes sum");
        return report.cycles();
    }

    private static Consumer<SyntheticTrace> times(int n, Consumer<SyntheticTrace> instruction) {
        return t -> {
            for (int k = 0; k < n; k++) {
                instruction.accept(t);
            }
        };
    }

    private static Operand register(int number, int bits) {
        return new Operand(Operand.Kind.REGISTER, number, bits, true, true);
    }

    private static Operand result(int number, int bits) {
        return new Operand(Operand.Kind.REGISTER, number, bits, false, true);
    }

    private static Operand immediate(int bits) {
        return new Operand(Operand.Kind.IMMEDIATE, -1, bits, true, false);
    }

    private static MemoryOperand memory(MemoryOperand.Segment segment, int base, long displacement, boolean rip, boolean written) {
        return new MemoryOperand(segment, base, -1, 0, displacement, rip, false, 4, true, written, -1);
    }

    private static Instruction instruction(String mnemonic, List<Operand> operands, List<MemoryOperand> memory) {
        boolean jump = mnemonic.startsWith("j");
        return new Instruction(0, 4, mnemonic, mnemonic, jump ? Flow.CONDITIONAL : Flow.NEXT, 0, jump ? bit(FLAGS) : 0, 0,
                operands, memory, null, 0, false, false, -1);
    }

    private static int move(SyntheticTrace t, int to, int from) {
        return t.put("mov", 3, Flow.NEXT, 0, bit(from), bit(to), List.of(result(to, 64), register(from, 64)), List.of(), 0);
    }

    private static int operate(SyntheticTrace t, String mnemonic, int to, int from) {
        return t.put(mnemonic, 3, Flow.NEXT, 0, from < 0 ? 0 : bit(from), bit(to), List.of(result(to, 64)), List.of(), 0);
    }

    // ---- idioms and moves --------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "xor,32,ZERO", "xor,64,ZERO", "xor,16,NONE", "xor,8,NONE", "sub,32,ZERO", "sub,8,NONE", "cmp,8,ZERO", "cmp,64,ZERO",
        "sbb,32,INDEPENDENT", "sbb,8,NONE", "add,64,NONE", "and,64,NONE", "test,64,NONE",
    })
    void operationsOfARegisterWithItself(String mnemonic, int bits, Renaming expected) {
        Instruction same = instruction(mnemonic, List.of(register(RAX, bits), register(RAX, bits)), List.of());
        Instruction other = instruction(mnemonic, List.of(register(RAX, bits), register(RBX, bits)), List.of());
        for (String core : CoreProfile.names()) {
            CoreProfile profile = CoreProfile.load(core);
            assertEquals(expected, Renaming.of(same, profile), core);
            assertEquals(Renaming.NONE, Renaming.of(other, profile), core);
            assertEquals(Renaming.NONE, Renaming.of(same, profile.with(Constant.ZERO_IDIOMS, 0)), core);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "pxor,128,INDEPENDENT", "vpxor,128,ZERO", "vpxor,256,ZERO", "vpxord,512,ZERO", "xorps,128,INDEPENDENT",
        "vxorps,256,ZERO", "vandnps,256,ZERO", "vpandn,128,ZERO", "vpsubd,256,ZERO", "psubd,128,INDEPENDENT",
        "vpcmpgtb,256,ZERO", "vpcmpeqb,256,INDEPENDENT", "pcmpeqd,128,INDEPENDENT", "vpsubusb,128,INDEPENDENT",
        "vpaddd,256,NONE", "vpor,256,NONE", "vpminub,256,NONE",
    })
    void vectorOperationsOfARegisterWithItself(String mnemonic, int bits, Renaming expected) {
        List<Operand> operands = new ArrayList<>(List.of(register(VECTOR + 1, bits), register(VECTOR + 1, bits)));
        if (mnemonic.startsWith("v")) {
            operands.addFirst(register(VECTOR + 7, bits));
        }
        assertEquals(expected, Renaming.of(instruction(mnemonic, operands, List.of()), CoreProfile.load("zen4")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aZeroIdiomEndsAChainAndTakesNoExecution(String core) {
        CoreProfile profile = CoreProfile.load(core);
        // Ten multiplications in a chain that a zero begins anew: its latency is hidden behind the next one's.
        Consumer<SyntheticTrace> body = t -> {
            t.alu("xor", RAX, RAX);
            times(10, b -> b.alu("imul", RAX, RAX)).accept(t);
        };
        double multiplies = 10.0 / profile.get(Constant.MULTIPLY_PORTS);
        double broken = perIteration(profile, body);
        assertTrue(broken < multiplies + 3, core + ": " + broken);
        assertEquals(31, perIteration(profile.with(Constant.ZERO_IDIOMS, 0), body), 0.1, core);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void eliminatedMovesHaveNoLatency(String core) {
        CoreProfile profile = CoreProfile.load(core);
        Consumer<SyntheticTrace> body = times(24, t -> {
            move(t, RBX, RAX);
            move(t, RAX, RBX);
        });
        double width = profile.get(Constant.DISPATCH_WIDTH);
        double eliminated = perIteration(profile, body);
        assertTrue(eliminated >= 49 / width - 0.1 && eliminated <= 49 / width + 2.1, core + ": " + eliminated);
        assertEquals(48, perIteration(profile.with(Constant.MOVE_ELIMINATION, 0), body), 0.1, core);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void anEliminatedLeaWaitsForItsSource(String core) {
        Consumer<SyntheticTrace> chain = times(20, t -> {
            t.lea(RBX, RAX, -1, 0);
            operate(t, "imul", RAX, RBX);
        });
        assertEquals(60, perIteration(CoreProfile.load(core), chain), 0.1);
        assertEquals(80, perIteration(CoreProfile.load(core).with(Constant.MOVE_ELIMINATION, 0), chain), 0.1);
    }

    @ParameterizedTest
    @CsvSource({"zen3,2,2", "zen4,2,2", "zen5,2,1"})
    void aThreePartLeaTakesItsTimeFromEachRegister(String core, int base, int index) {
        CoreProfile profile = CoreProfile.load(core);
        assertEquals(30.0 * base, perIteration(profile, times(30, t -> t.lea(RAX, RAX, RCX, 8))), 0.1, "base");
        assertEquals(30.0 * index, perIteration(profile, times(30, t -> t.lea(RAX, RCX, RAX, 8))), 0.1, "index");
        assertEquals(30.0 * Math.max(base, index), perIteration(profile, times(30, t -> t.lea(RAX, RAX, RAX, 8))), 0.1, "both");
        assertEquals(30, perIteration(profile, times(30, t -> t.lea(RAX, RCX, RAX, 0))), 0.1, "two parts");
    }

    @ParameterizedTest
    @CsvSource({"mov,64,MOVED", "mov,32,MOVED", "mov,16,NONE", "mov,8,NONE", "xchg,64,MOVED", "xchg,8,NONE", "movzx,32,NONE",
        "movsxd,64,NONE"})
    void onlyWideMovesAreEliminated(String mnemonic, int bits, Renaming expected) {
        Instruction x = instruction(mnemonic, List.of(register(RAX, bits), register(RBX, bits)), List.of());
        assertEquals(expected, Renaming.of(x, CoreProfile.load("zen4")));
    }

    // ---- fusion --------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "cmp,jz,register,true,true,true", "test,jnz,register,true,true,true", "add,jnz,register,false,false,true",
        "sub,jb,register,false,false,true", "inc,jz,register,false,false,true", "inc,jb,register,false,false,false",
        "neg,jz,register,false,false,false", "shl,jz,register,false,false,false", "adc,jb,register,false,false,false",
        "cmp,jz,memory8-imm8,true,true,true", "cmp,jz,memory8-imm32,true,true,true", "cmp,jz,memory32-imm8,true,true,true",
        "cmp,jz,memory32-imm32,false,false,false", "cmp,jz,fs-imm8,true,true,true", "cmp,jz,fs-imm32,false,false,false",
        "cmp,jz,rip-imm8,true,true,false", "cmp,jz,rip-register,true,true,false", "test,jrcxz,register,false,false,false",
    })
    void comparisonsFuseWithBranchesByCore(String first, String branch, String form, boolean zen3, boolean zen4, boolean zen5) {
        String address = form.split("-")[0];
        Operand last = form.endsWith("imm8") ? immediate(8) : form.endsWith("imm32") ? immediate(32) : register(RBX, 32);
        List<MemoryOperand> memory = switch (address) {
            case "memory8" -> List.of(memory(MemoryOperand.Segment.NONE, RCX, DISP8, false, false));
            case "memory32" -> List.of(memory(MemoryOperand.Segment.NONE, RCX, DISP32, false, false));
            case "fs" -> List.of(memory(MemoryOperand.Segment.FS, -1, -DISP8, false, false));
            case "rip" -> List.of(memory(MemoryOperand.Segment.NONE, -1, 0x404040, true, false));
            default -> List.of();
        };
        Instruction x = instruction(first, List.of(register(RAX, 32), last), memory);
        Instruction jump = branch.equals("jrcxz") ? new Instruction(0, 2, branch, branch, Flow.CONDITIONAL, 0, bit(RCX), 0,
                List.of(), List.of(), null, 0, false, false, -1) : instruction(branch, List.of(immediate(8)), List.of());
        boolean[] expected = {zen3, zen4, zen5};
        for (int c = 0; c < 3; c++) {
            Fusion fusion = new Fusion(CoreProfile.load(CoreProfile.names().get(c)));
            assertEquals(expected[c] ? Fusion.Kind.BRANCH : Fusion.Kind.NONE, fusion.of(x, 1, jump), "zen" + (3 + c));
            assertEquals(Fusion.Kind.NONE, fusion.of(x, 2, jump), "two macro-ops");
        }
    }

    @ParameterizedTest
    @CsvSource({"true,8,false", "true,-1,true", "false,8,true", "false,-1,true"})
    void memoryComparedWithAnImmediateFusesWhereTheCoreDoesSo(boolean inMemory, int immediateBits, boolean always) {
        Operand last = immediateBits < 0 ? register(RBX, 32) : immediate(immediateBits);
        Instruction x = instruction("cmp", List.of(register(RAX, 32), last),
                inMemory ? List.of(memory(MemoryOperand.Segment.NONE, RCX, DISP8, false, false)) : List.of());
        Instruction jump = instruction("jz", List.of(immediate(8)), List.of());
        CoreProfile core = CoreProfile.load("zen4");
        assertEquals(Fusion.Kind.BRANCH, new Fusion(core.with(Constant.FUSE_MEMORY_IMMEDIATE, 1)).of(x, 1, jump));
        assertEquals(always ? Fusion.Kind.BRANCH : Fusion.Kind.NONE,
                new Fusion(core.with(Constant.FUSE_MEMORY_IMMEDIATE, 0)).of(x, 1, jump));
    }

    @ParameterizedTest
    @CsvSource({"zen3,60", "zen4,30", "zen5,60"})
    void noOperationsJoinWhatIsBeforeThem(String core, int slots) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.DISPATCH_WIDTH, 2);
        double cycles = perIteration(profile, times(30, t -> {
            t.moveImmediate(RAX);
            t.nop(3);
        }));
        assertEquals((slots + 1) / 2.0, cycles, 1.1);
    }

    @ParameterizedTest
    @CsvSource({"zen3,add,60", "zen4,add,60", "zen5,add,30", "zen5,and,30", "zen5,sub,30", "zen5,imul,60", "zen5,shl,60"})
    void movesJoinOperationsOnTheirRegister(String core, String operation, int slots) {
        CoreProfile profile = CoreProfile.load(core).with(Constant.DISPATCH_WIDTH, 2);
        double cycles = perIteration(profile, times(30, t -> {
            move(t, RAX, RCX);
            t.put(operation, 3, Flow.NEXT, 0, bit(RAX), bit(RAX), List.of(register(RAX, 64), immediate(8)), List.of(), 0);
        }));
        assertEquals((slots + 1) / 2.0, cycles, 1.1);
    }

    // ---- dispatch groups -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"DISPATCH_ALU,1", "DISPATCH_ALU,2", "DISPATCH_ALU,3", "DISPATCH_MEMORY,1", "DISPATCH_MEMORY,2",
        "DISPATCH_MULTIPLIES,1", "DISPATCH_MULTIPLIES,2", "DISPATCH_BRANCHES,1", "DISPATCH_BRANCHES,2"})
    void aGroupHoldsNoMoreOfAKindThanItsLimit(Constant limit, int each) {
        CoreProfile wide = CoreProfile.load("zen4").with(Constant.ALU_PORTS, 8).with(Constant.MULTIPLY_PORTS, 8)
                .with(Constant.CONDITION_PORTS, 8).with(Constant.SHIFT_PORTS, 8).with(Constant.BRANCH_PORTS_SHARED, 8)
                .with(Constant.LOAD_PORTS, 8).with(Constant.AGU_PORTS, 8).with(Constant.INT_SCHEDULER_QUEUES, 1)
                .with(Constant.SCHEDULER_ACCEPTS, 16).with(limit, each);
        int count = 48;
        double cycles = perIteration(wide, times(count, t -> {
            switch (limit) {
                case DISPATCH_ALU -> operate(t, "add", RAX, -1);
                case DISPATCH_MULTIPLIES -> operate(t, "imul", RAX, -1);
                case DISPATCH_MEMORY -> t.load(RAX, RBX, 0, 8);
                default -> t.jcc(SyntheticTrace.CODE + 8192);
            }
        }));
        assertEquals((double) count / each, cycles, 1.6, limit + " " + each);
    }

    @ParameterizedTest
    @CsvSource({"cmpxchg,6", "rdtsc,44", "pcmpistri,8"})
    void microcodeHasItsDispatchCyclesToItself(String mnemonic, int ops) {
        CoreProfile profile = CoreProfile.load("zen4").with(Constant.RETIRE_WIDTH, 16).with(Constant.ALU_PORTS, 8);
        InstructionTable.Entry entry = InstructionTable.of("zen4").entry(instruction(mnemonic, List.of(), List.of()));
        assertEquals(ops, entry.ops());
        DispatchGroup group = new DispatchGroup(profile);
        long microcode = group.use(ops, entry.port(), true, false, 0);
        long simple = group.use(1, InstructionTable.Port.ALU, true, false, 0);
        assertTrue(group.take(microcode));
        assertTrue(!group.take(simple), "nothing joins it");
        group.clear();
        assertTrue(group.take(simple));
        assertTrue(!group.take(microcode), "it joins nothing");
        assertEquals((ops - 1) / 6, group.further(ops));
    }

    // ---- scheduler queues and registers --------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16, 24})
    void operationsThatWaitFillTheQueueOfTheirPort(int entries) {
        // Multiplications wait for a load from L3 in the one queue that serves the multiplier; a second load behind them is
        // seen early only if they fit.
        CoreProfile profile = Ablation.NO_PREFETCHERS.of(CoreProfile.load("zen4"))
                .with(Constant.INT_SCHEDULER_ENTRIES, 4 * entries);
        int latency = 200;
        CoreProfile slow = profile.with(Constant.MEMORY_LATENCY, latency).with(Constant.L3_LATENCY, latency)
                .with(Constant.L2_LATENCY, latency).with(Constant.L2_KIB, 16).with(Constant.TLB_L2_EXTRA, 0)
                .with(Constant.PAGE_WALK_EXTRA, 0);
        for (int waiting : new int[] {entries - 2, entries + 4}) {
            double cycles = perPair(slow, waiting, (t, from) -> operate(t, "imul", RDX, from));
            boolean overlap = waiting < entries;
            assertTrue(overlap ? cycles < 1.4 * latency : cycles > 1.6 * latency, entries + ", " + waiting + ": " + cycles);
        }
        double spread = perPair(slow, entries + 4, (t, from) -> operate(t, "not", RDX, from));
        assertTrue(spread < 1.4 * latency, "plain operations find room in four queues: " + spread);
    }

    @ParameterizedTest
    @CsvSource({"INT_REGISTERS,32", "INT_REGISTERS,64", "INT_REGISTERS,128", "FLAG_REGISTERS,32", "FLAG_REGISTERS,64",
        "VECTOR_REGISTERS,32", "VECTOR_REGISTERS,64"})
    void resultsNotYetRetiredTakeRegisters(Constant file, int registers) {
        int latency = 200;
        CoreProfile slow = Ablation.NO_PREFETCHERS.of(CoreProfile.load("zen4")).with(file, registers).with(Constant.MEMORY_LATENCY, latency)
                .with(Constant.L3_LATENCY, latency).with(Constant.L2_LATENCY, latency).with(Constant.L2_KIB, 16)
                .with(Constant.TLB_L2_EXTRA, 0).with(Constant.PAGE_WALK_EXTRA, 0);
        BiConsumer<SyntheticTrace, Integer> filler = (t, from) -> {
            switch (file) {
                case FLAG_REGISTERS -> t.put("cmc", 3, Flow.NEXT, 0, 0, bit(FLAGS), List.of(), List.of(), 0);
                case VECTOR_REGISTERS -> t.put("paddd", 3, Flow.NEXT, 0, 0, 1L << VECTOR + 1,
                        List.of(result(VECTOR + 1, 128)), List.of(), 0);
                default -> t.put("lea", 3, Flow.NEXT, 0, 0, bit(R8), List.of(result(R8, 64)), List.of(), 0);
            }
        };
        assertTrue(perPair(slow, registers - 8, filler) < 1.4 * latency, "they fit");
        assertTrue(perPair(slow, registers + 8, filler) > 1.6 * latency, "they do not");
    }

    /** Cycles of two loads that miss, with a filler behind each that may wait for it; each load waits for the one two before. */
    private static double perPair(CoreProfile core, int filler, BiConsumer<SyntheticTrace, Integer> instruction) {
        int[] executed = {0};
        return perIteration(core, t -> {
            t.load(RAX, RAX, 0, 8);
            times(filler, b -> instruction.accept(b, RAX)).accept(t);
            t.load(RCX, RCX, 0, 8);
            times(filler, b -> instruction.accept(b, RCX)).accept(t);
        }, (t, k) -> t.access(k, k == 0 || k == filler + 1 ? 0x10000000L + 64L * executed[0]++ % (1 << 22) : 0));
    }

    @ParameterizedTest
    @CsvSource({"mul,RAX,3", "mul,RDX,4", "imul,RAX,3"})
    void theHighHalfOfAProductComesACycleLater(String mnemonic, String through, int latency) {
        // A chain through one half: the other operand is a register that does not change.
        long both = bit(RAX) | bit(RDX);
        int half = through.equals("RAX") ? RAX : RDX;
        double cycles = perIteration(CoreProfile.load("zen4"), times(20, t -> t.put(mnemonic, 3, Flow.NEXT, 0, bit(half), both,
                List.of(new Operand(Operand.Kind.REGISTER, RCX, 64, true, false)), List.of(), 0)));
        assertEquals(20.0 * latency, cycles, 0.1);
    }

    @ParameterizedTest
    @CsvSource({"mfence,58", "lfence,10", "pause,65"})
    void aSerialisingInstructionCostsWhatTheTableSays(String mnemonic, int cost) {
        double cycles = perIteration(CoreProfile.load("zen4"), times(10, t -> t.put(mnemonic, 3, Flow.NEXT, 0, 0, 0, List.of(),
                List.of(), 0)));
        assertEquals(10.0 * cost, cycles, 3);
    }

    @Test
    void aProfileWithQueuesOfBothKindsIsRefused() {
        CoreProfile both = CoreProfile.load("zen5").with(Constant.INT_SCHEDULER_QUEUES, 4);
        ModelException e = assertThrows(ModelException.class, () -> both.check("mine.json"));
        assertTrue(e.getMessage().contains("/constants/intSchedulerQueues"), e.getMessage());
    }

    // ---- string instructions -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"zen5,64,1,false,0,7", "zen5,96,1,true,0,11", "zen5,96,1,true,8,54", "zen5,4096,1,false,0,119",
        "zen5,512,8,true,8,119", "zen4,4096,1,true,0,164", "zen3,12,8,false,0,7"})
    void stringInstructionsTakeTheirStartAndTheirBytes(String core, int elements, int width, boolean moves, long destination,
                                                       int cycles) {
        assertEquals(cycles, StringTiming.of(CoreProfile.load(core)).cycles(elements, width, moves, true, destination));
    }

    @ParameterizedTest
    @CsvSource({"64,7", "4096,164"})
    void independentStringInstructionsFollowEachOther(int bytes, int cycles) {
        // Nothing that it reads depends on the one before.
        double each = perIteration(CoreProfile.load("zen4"), t -> {
            t.moveImmediate(RCX);
            t.moveImmediate(Registers.RSI);
            t.moveImmediate(Registers.RDI);
            t.repeatMove();
        }, (t, k) -> t.access(k, k == 3 ? 0x500000L : 0, k == 3 ? 0x600400L : 0, k == 3 ? bytes : 0));
        assertEquals(cycles, each, 0.5);
    }
}
