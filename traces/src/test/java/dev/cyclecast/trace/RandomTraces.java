package dev.cyclecast.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random traces that hold together: every event has the addresses and the value that its instruction allows. */
public final class RandomTraces {
    private RandomTraces() {
    }

    /** A trace of so many different and so many executed instructions. */
    public static MemoryTrace make(long seed, int instructions, int events) {
        Random random = new Random(seed);
        ProgramImage image = image(random, instructions);
        EventBatch batch = new EventBatch(events);
        int number = 0;
        for (int i = 0; i < events; i++) {
            while (random.nextInt(40) == 0) {
                batch.mark((byte) random.nextInt(3), (byte) random.nextInt(256));
            }
            number = random.nextInt(5) == 0 ? random.nextInt(instructions) : (number + 1) % instructions;
            Instruction instruction = image.instructions().get(number);
            int n = Math.min(2, instruction.memory().size());
            batch.add(number, n > 0 ? address(random, number) : 0, n > 1 ? address(random, i) : 0,
                    hasValue(instruction) ? random.nextInt(3) == 0 ? random.nextInt() : number : 0);
        }
        while (random.nextInt(3) == 0) {
            batch.mark(EventBatch.END, (byte) random.nextInt(7));
        }
        TraceHeader header = new TraceHeader(1, "program" + seed, List.of("a", "ä b"), List.of("malloc", "free"),
                random.nextLong(), Map.of("host", "a machine", "empty", ""));
        return new MemoryTrace(header, image, batch);
    }

    private static long address(Random random, int step) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> 0x7fff_0000L + random.nextInt(16) * 8L;
            default -> 0x4000_0000L + step * 8L;
        };
    }

    private static boolean hasValue(Instruction i) {
        return !i.memory().isEmpty() && (i.repeated() || i.memory().getFirst().read() && i.memory().getFirst().bytes() < 8
                && i.memory().getFirst().bytes() != 3);
    }

    private static ProgramImage image(Random random, int n) {
        List<Module> modules = List.of(new Module("program", 0, 0x1000, 0x100000, "ab".repeat(32)),
                new Module("lib.so", -4096, 0x200000, 0x300000, ""));
        List<Function> functions = List.of(new Function("main", 0, 0x1000, 0x100), new Function("höher", 1, 0x200000, 0));
        List<Variable> variables = List.of(new Variable("gate", 0, Variable.Storage.GLOBAL, 0x9000, 4),
                new Variable("t", 0, Variable.Storage.THREAD_LOCAL, -16, 8));
        List<Instruction> instructions = new ArrayList<>();
        long address = 0x1000;
        int bytes = 0;
        for (int i = 0; i < n; i++) {
            int length = 1 + random.nextInt(15);
            instructions.add(instruction(random, address, length));
            bytes += length;
            address += length + (random.nextInt(10) == 0 ? random.nextInt(1 << 20) : 0);
        }
        byte[] code = new byte[bytes];
        random.nextBytes(code);
        return new ProgramImage(modules, functions, variables, instructions, code);
    }

    private static Instruction instruction(Random random, long address, int length) {
        List<Operand> operands = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            operands.add(new Operand(Operand.Kind.values()[random.nextInt(3)], random.nextInt(Registers.COUNT + 1) - 1,
                    8 << random.nextInt(7), random.nextBoolean(), random.nextBoolean()));
        }
        List<MemoryOperand> memory = new ArrayList<>();
        for (int i = random.nextInt(4) - 1; i > 0; i--) {
            memory.add(operand(random));
        }
        Flow flow = random.nextInt(3) > 0 ? Flow.NEXT : Flow.values()[random.nextInt(Flow.values().length)];
        return new Instruction(address, length, "op" + random.nextInt(20), "op %rax, " + random.nextInt(), flow,
                flow == Flow.JUMP ? address + random.nextInt() + (1L << 33) : 0, random.nextLong(), random.nextLong(), operands,
                memory, random.nextInt(10) == 0 ? operand(random) : null, random.nextLong(), random.nextBoolean(),
                random.nextInt(10) == 0, random.nextInt(3) - 1);
    }

    private static MemoryOperand operand(Random random) {
        return new MemoryOperand(MemoryOperand.Segment.values()[random.nextInt(3)],
                random.nextInt(Registers.COUNT + 1) - 1, random.nextInt(Registers.COUNT + 1) - 1, random.nextInt(9),
                random.nextLong(), random.nextBoolean(), random.nextBoolean(), 1 << random.nextInt(7), random.nextBoolean(),
                random.nextBoolean(), random.nextInt(3) - 1);
    }
}
