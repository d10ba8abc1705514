package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.MemoryTrace;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.TraceHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** A trace may hold instructions that no processor has: a replay takes them by its rules, and soon ends. */
class HostileTraceTest {
    private static final List<String> MNEMONICS = List.of("mov", "add", "lea", "cmp", "jz", "jmp", "call", "ret", "push", "xor", "div",
            "movsb", "cpuid", "prefetcht0", "vpxor", "cmpxchg16b", "nonsense", "");

    @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
    void anyInstructionsAreReplayed(@ForAll Random random) {
        CoreProfile core = CoreProfile.load(CoreProfile.names().get(random.nextInt(3)));
        MemoryTrace trace = trace(random, 1 + random.nextInt(30), 300);
        ReplayReport report = Replay.run(trace, core, new Replay.Options(true));
        assertTrue(report.cycles() > 0);
        report.bound().with(Replay.chain(trace, core)).hold(report.cycles(), "nonsense");
    }

    /** A string operation of 2^31 iterations takes a billion cycles, which the replay must not walk through one by one. */
    @Example
    void endlessStringOperationsAreReplayedAtOnce() {
        SyntheticTrace trace = new SyntheticTrace();
        int move = trace.repeatMove();
        int load = trace.load(Registers.RAX, Registers.RSI, 8, 8);
        trace.count();
        for (int n = 0; n < 10_000; n++) {
            trace.access(move, 0x1000, 0x2000, Integer.MAX_VALUE).access(load, 0x3000);
        }
        assertTrue(Replay.run(trace, CoreProfile.load("zen4"), new Replay.Options(true)).cycles() > 10_000L * (1 << 26));
    }

    private static MemoryTrace trace(Random random, int instructions, int events) {
        List<Instruction> code = new ArrayList<>();
        long address = random.nextLong() & ~0xFFFFL;
        int bytes = 0;
        for (int i = 0; i < instructions; i++) {
            int length = 1 + random.nextInt(15);
            code.add(instruction(random, address, length));
            address += length + (random.nextInt(10) == 0 ? random.nextInt(1 << 20) : 0);
            bytes += length;
        }
        EventBatch batch = new EventBatch(events);
        batch.mark(EventBatch.COUNT, (byte) 0);
        for (int e = 0; e < events; e++) {
            if (random.nextInt(20) == 0) {
                batch.mark((byte) random.nextInt(3), (byte) random.nextInt(256));
            }
            batch.add(random.nextInt(instructions), random.nextLong(), random.nextBoolean() ? 0 : random.nextLong(), random.nextInt());
        }
        return new MemoryTrace(new TraceHeader(1, "nonsense", List.of(), List.of("malloc"), random.nextLong(), Map.of()),
                new ProgramImage(List.of(), List.of(), List.of(), code, new byte[bytes]), batch);
    }

    private static Instruction instruction(Random random, long address, int length) {
        List<Operand> operands = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            operands.add(new Operand(Operand.Kind.values()[random.nextInt(3)], random.nextInt(Registers.COUNT + 1) - 1,
                    8 << random.nextInt(7), random.nextBoolean(), random.nextBoolean()));
        }
        List<MemoryOperand> memory = new ArrayList<>();
        for (int n = random.nextInt(4) - 1; n > 0; n--) {
            memory.add(operand(random));
        }
        return new Instruction(address, length, MNEMONICS.get(random.nextInt(MNEMONICS.size())), "?",
                Flow.values()[random.nextInt(Flow.values().length)], random.nextLong(), mask(random), mask(random), operands, memory,
                random.nextInt(5) == 0 ? operand(random) : null, random.nextLong(), random.nextInt(5) == 0, random.nextInt(5) == 0, -1);
    }

    private static long mask(Random random) {
        return random.nextInt(4) == 0 ? random.nextLong() : 1L << random.nextInt(20);
    }

    private static MemoryOperand operand(Random random) {
        return new MemoryOperand(MemoryOperand.Segment.values()[random.nextInt(3)], random.nextInt(Registers.COUNT + 1) - 1,
                random.nextInt(Registers.COUNT + 1) - 1, random.nextInt(9), random.nextLong(), random.nextBoolean(),
                random.nextBoolean(), random.nextInt(1 << 16), random.nextBoolean(), random.nextBoolean(), -1);
    }
}
