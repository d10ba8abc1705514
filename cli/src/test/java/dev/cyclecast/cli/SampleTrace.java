package dev.cyclecast.cli;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Function;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryTrace;
import dev.cyclecast.trace.Module;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.TraceHeader;
import dev.cyclecast.trace.TraceWriter;
import dev.cyclecast.trace.Variable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A small trace without a program behind it: a loop of dependent adds, each turn marked as one call of malloc. */
final class SampleTrace {
    /** Adds in each turn of the loop. */
    static final int ADDS = 8;
    /** Turns counted. */
    static final int TURNS = 500;
    private static final long START = 0x401000;

    private SampleTrace() {
    }

    /** Writes the trace, with some turns of warm-up or with none. */
    static Path write(Path file, int warmUp) {
        return write(file, warmUp, TURNS);
    }

    /** Writes the trace with another number of counted turns. */
    static Path write(Path file, int warmUp, int turns) {
        return write(file, warmUp, turns, ADDS);
    }

    /** Writes the trace with another number of counted turns, and of adds in each. */
    static Path write(Path file, int warmUp, int turns, int adds) {
        Operand rax = new Operand(Operand.Kind.REGISTER, Registers.RAX, 64, true, true);
        Operand rcx = new Operand(Operand.Kind.REGISTER, Registers.RCX, 64, true, false);
        List<Instruction> code = new java.util.ArrayList<>();
        long raxAndRcx = Registers.bit(Registers.RAX) | Registers.bit(Registers.RCX);
        for (int i = 0; i < adds; i++) {
            code.add(new Instruction(START + 3L * i, 3, "add", "add rax, rcx", Flow.NEXT, 0, raxAndRcx,
                    Registers.bit(Registers.RAX) | Registers.bit(Registers.FLAGS), List.of(rax, rcx), List.of(), null, 0, false,
                    false, 0));
        }
        Operand target = new Operand(Operand.Kind.IMMEDIATE, Registers.NONE, 8, true, false);
        code.add(new Instruction(START + 3L * adds, 2, "jmp", "jmp " + START, Flow.JUMP, START, 0, 0, List.of(target), List.of(),
                null, 0, false, false, 0));
        ProgramImage image = new ProgramImage(List.of(new Module("sample", 0, START, START + 0x1000, "00")),
                List.of(new Function("loop", 0, START, 3L * adds + 2)),
                List.of(new Variable("gate", 0, Variable.Storage.THREAD_LOCAL, -8, 4)), code, new byte[3 * adds + 2]);
        EventBatch events = new EventBatch((warmUp + turns) * (adds + 1));
        for (int turn = 0; turn < warmUp + turns; turn++) {
            if (turn == warmUp) {
                events.mark(EventBatch.COUNT, (byte) 0);
            }
            events.mark(EventBatch.BEGIN, (byte) 0);
            for (int i = 0; i <= adds; i++) {
                events.add(i, 0, 0, 0);
            }
            events.mark(EventBatch.END, (byte) 0);
        }
        TraceWriter.write(file, new MemoryTrace(
                new TraceHeader(1, "sample", List.of("500", "x"), List.of("malloc", "free"), 0, Map.of("recorder", "none")), image,
                events));
        return file;
    }
}
