package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.NONE;
import static dev.cyclecast.trace.Registers.RCX;
import static dev.cyclecast.trace.Registers.RDI;
import static dev.cyclecast.trace.Registers.RSI;
import static dev.cyclecast.trace.Registers.RSP;
import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Function;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.MemoryOperand.Segment;
import dev.cyclecast.trace.Module;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Operand.Kind;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceHeader;
import dev.cyclecast.trace.TraceSource;
import dev.cyclecast.trace.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A small assembler for synthetic traces: code is laid out in memory order, then executed event by event. */
public final class SyntheticTrace implements TraceSource {
    public static final long CODE = 0x10000;
    private final List<Instruction> code = new ArrayList<>();
    private final List<Function> functions = new ArrayList<>();
    private final List<Variable> variables = new ArrayList<>();
    private final List<long[]> events = new ArrayList<>();
    private final List<int[]> marks = new ArrayList<>();
    private long at = CODE;
    private int function = -1;

    /** Begins a function at the next 16-byte boundary. */
    public SyntheticTrace function(String name) {
        at = (at + 15) / 16 * 16;
        functions.add(new Function(name, 0, at, 1));
        function = functions.size() - 1;
        return this;
    }

    /** Moves the place of the next instruction. */
    public SyntheticTrace org(long address) {
        at = address;
        return this;
    }

    /** Declares a variable. */
    public int variable(String name, Variable.Storage storage, long address, long size) {
        variables.add(new Variable(name, 0, storage, address, size));
        return variables.size() - 1;
    }

    public int put(String mnemonic, int length, Flow flow, long target, long reads, long writes, List<Operand> operands,
            List<MemoryOperand> memory, long immediate) {
        code.add(new Instruction(at, length, mnemonic, mnemonic, flow, target, reads, writes, operands, memory, null,
                immediate, false, false, function));
        at += length;
        if (function >= 0) {
            Function f = functions.get(function);
            functions.set(function, new Function(f.name(), 0, f.address(), at - f.address()));
        }
        return code.size() - 1;
    }

    /** An atomic read-modify-write of one memory operand. */
    public int putLocked(String mnemonic, int length, long reads, long writes, MemoryOperand memory) {
        code.add(new Instruction(at, length, mnemonic, mnemonic, Flow.NEXT, 0, reads, writes, List.of(), List.of(memory), null,
                0, true, false, function));
        at += length;
        return code.size() - 1;
    }

    /** {@code lock add [base], src} of eight bytes. */
    public int lockedAdd(int src, int base) {
        return putLocked("add", 4, bit(base) | bit(src), bit(FLAGS),
                new MemoryOperand(Segment.NONE, base, -1, 0, 0, false, false, 8, true, true, -1));
    }

    /** {@code lea dst, [base + index + displacement]}; -1 for no index. */
    public int lea(int dst, int base, int index, long displacement) {
        MemoryOperand address = new MemoryOperand(Segment.NONE, base, index, index < 0 ? 0 : 1, displacement, false, false, 8,
                false, false, -1);
        code.add(new Instruction(at, 5, "lea", "lea", Flow.NEXT, 0, bit(base) | bit(index), bit(dst),
                List.of(register(dst, false, true)), List.of(), address, 0, false, false, function));
        at += 5;
        return code.size() - 1;
    }

    private static Operand register(int r, boolean read, boolean written) {
        return new Operand(Kind.REGISTER, r, 64, read, written);
    }

    private static Operand memory(boolean read, boolean written, int bytes) {
        return new Operand(Kind.MEMORY, NONE, 8 * bytes, read, written);
    }

    private static Operand immediate(int bits) {
        return new Operand(Kind.IMMEDIATE, NONE, bits, true, false);
    }

    /** {@code op dst, src}: reads and writes dst, reads src, writes flags. */
    public int alu(String mnemonic, int dst, int src) {
        return put(mnemonic, 3, Flow.NEXT, 0, bit(dst) | bit(src), bit(dst) | bit(FLAGS),
                List.of(register(dst, true, true), register(src, true, false)), List.of(), 0);
    }

    public int moveImmediate(int dst) {
        return put("mov", 5, Flow.NEXT, 0, 0, bit(dst), List.of(register(dst, false, true), immediate(32)), List.of(), 7);
    }

    public int nop(int length) {
        return put("nop", length, Flow.NEXT, 0, 0, 0, List.of(), List.of(), 0);
    }

    public int compare(int a, int b) {
        return put("cmp", 3, Flow.NEXT, 0, bit(a) | bit(b), bit(FLAGS),
                List.of(register(a, true, false), register(b, true, false)), List.of(), 0);
    }

    public int compareImmediate(int a, long value) {
        return put("cmp", 3, Flow.NEXT, 0, bit(a), bit(FLAGS), List.of(register(a, true, false), immediate(8)), List.of(),
                value);
    }

    /** {@code cmp [base+displacement], value}, of four bytes. */
    public int compareMemory(int base, long displacement, long value) {
        return put("cmp", 4, Flow.NEXT, 0, bit(base), bit(FLAGS), List.of(memory(true, false, 4), immediate(8)),
                List.of(new MemoryOperand(Segment.NONE, base, NONE, 0, displacement, false, false, 4, true, false, -1)), value);
    }

    public int test(int a) {
        return put("test", 2, Flow.NEXT, 0, bit(a), bit(FLAGS),
                List.of(register(a, true, false), register(a, true, false)), List.of(), 0);
    }

    public int jcc(long target) {
        return put("jz", 2, Flow.CONDITIONAL, target, bit(FLAGS), 0, List.of(immediate(8)), List.of(), 0);
    }

    public int jump(long target) {
        return put("jmp", 5, Flow.JUMP, target, 0, 0, List.of(immediate(32)), List.of(), 0);
    }

    public int jumpRegister(int r) {
        return put("jmp", 2, Flow.INDIRECT_JUMP, 0, bit(r), 0, List.of(register(r, true, false)), List.of(), 0);
    }

    public int call(long target) {
        return put("call", 5, Flow.CALL, target, bit(RSP), bit(RSP), List.of(immediate(32)),
                List.of(new MemoryOperand(Segment.NONE, RSP, NONE, 0, 0, false, true, 8, false, true, -1)), 0);
    }

    public int ret() {
        return put("ret", 1, Flow.RETURN, 0, bit(RSP), bit(RSP), List.of(),
                List.of(new MemoryOperand(Segment.NONE, RSP, NONE, 0, 0, false, true, 8, true, false, -1)), 0);
    }

    public int push(int r) {
        return put("push", 1, Flow.NEXT, 0, bit(RSP) | bit(r), bit(RSP), List.of(register(r, true, false)),
                List.of(new MemoryOperand(Segment.NONE, RSP, NONE, 0, 0, false, true, 8, false, true, -1)), 0);
    }

    public int pop(int r) {
        return put("pop", 1, Flow.NEXT, 0, bit(RSP), bit(RSP) | bit(r), List.of(register(r, false, true)),
                List.of(new MemoryOperand(Segment.NONE, RSP, NONE, 0, 0, false, true, 8, true, false, -1)), 0);
    }

    /** {@code mov dst, [base + displacement]}. */
    public int load(int dst, int base, long displacement, int bytes) {
        return put("mov", 4, Flow.NEXT, 0, bit(base), bit(dst),
                List.of(register(dst, false, true), memory(true, false, bytes)),
                List.of(new MemoryOperand(Segment.NONE, base, NONE, 0, displacement, false, false, bytes, true, false, -1)),
                0);
    }

    /** A load that extends what it loads to 32 bits: {@code movzx dst, [base]}, or {@code movsx}. */
    public int loadExtended(String mnemonic, int dst, int base, int bytes) {
        return put(mnemonic, 4, Flow.NEXT, 0, bit(base), bit(dst),
                List.of(new Operand(Operand.Kind.REGISTER, dst, 32, false, true), memory(true, false, bytes)),
                List.of(new MemoryOperand(Segment.NONE, base, NONE, 0, 0, false, false, bytes, true, false, -1)), 0);
    }

    /** {@code mov dst, [base + index*scale]}, of eight bytes. */
    public int loadIndexed(int dst, int base, int index, int scale) {
        return put("mov", 4, Flow.NEXT, 0, bit(base) | bit(index), bit(dst), List.of(register(dst, false, true), memory(true, false, 8)),
                List.of(new MemoryOperand(Segment.NONE, base, index, scale, 0, false, false, 8, true, false, -1)), 0);
    }

    /** {@code mov dst, fs:displacement}, of a variable. */
    public int loadThreadLocal(int dst, long displacement, int bytes, int variable) {
        return put("mov", 8, Flow.NEXT, 0, 0, bit(dst), List.of(register(dst, false, true), memory(true, false, bytes)),
                List.of(new MemoryOperand(Segment.FS, NONE, NONE, 0, displacement, false, false, bytes, true, false,
                        variable)), 0);
    }

    /** {@code mov [base + displacement], src}. */
    public int store(int src, int base, long displacement, int bytes) {
        return put("mov", 4, Flow.NEXT, 0, bit(base) | bit(src), 0,
                List.of(memory(false, true, bytes), register(src, true, false)),
                List.of(new MemoryOperand(Segment.NONE, base, NONE, 0, displacement, false, false, bytes, false, true, -1)),
                0);
    }

    /** {@code add [base], src}: a read-modify-write. */
    public int modify(int src, int base) {
        return put("add", 3, Flow.NEXT, 0, bit(base) | bit(src), bit(FLAGS),
                List.of(memory(true, true, 8), register(src, true, false)),
                List.of(new MemoryOperand(Segment.NONE, base, NONE, 0, 0, false, false, 8, true, true, -1)), 0);
    }

    /** {@code rep movsb}; the value of its event is the number of bytes. */
    public int repeatMove() {
        long registers = bit(RSI) | bit(RDI) | bit(RCX);
        code.add(new Instruction(at, 2, "movsb", "rep movsb", Flow.NEXT, 0, registers, registers,
                List.of(memory(false, true, 1), memory(true, false, 1)),
                List.of(new MemoryOperand(Segment.NONE, RDI, NONE, 0, 0, false, false, 1, false, true, -1),
                        new MemoryOperand(Segment.NONE, RSI, NONE, 0, 0, false, false, 1, true, false, -1)), null, 0, false, true,
                function));
        at += 2;
        return code.size() - 1;
    }

    /** Address of an instruction. */
    public long address(int number) {
        return code.get(number).address();
    }

    /** Executes an instruction that accesses memory. */
    public SyntheticTrace access(int number, long address0) {
        return access(number, address0, 0);
    }

    /** Executes an instruction that loads a value. */
    public SyntheticTrace access(int number, long address0, int value) {
        events.add(new long[] {number, address0, 0, value});
        return this;
    }

    /** Executes an instruction with two memory operands. */
    public SyntheticTrace access(int number, long address0, long address1, int value) {
        events.add(new long[] {number, address0, address1, value});
        return this;
    }

    /** Executes instructions. */
    public SyntheticTrace run(int... numbers) {
        for (int n : numbers) {
            access(n, 0);
        }
        return this;
    }

    /** Sets a mark before the next event. */
    public SyntheticTrace mark(int kind) {
        marks.add(new int[] {events.size(), kind});
        return this;
    }

    /** Warm-up ends here. */
    public SyntheticTrace count() {
        return mark(EventBatch.COUNT);
    }

    @Override
    public TraceHeader header() {
        return new TraceHeader(1, "synthetic", List.of(), List.of("malloc", "free"), 0x700000, Map.of());
    }

    @Override
    public ProgramImage image() {
        // Numbers are those of the assembler only if code was put down in address order.
        return new ProgramImage(List.of(new Module("synthetic", 0, CODE, CODE + (1 << 24), "")), functions, variables, code,
                new byte[0]);
    }

    @Override
    public Cursor cursor() {
        return new Cursor() {
            private int next;
            private int mark;

            @Override
            public boolean read(EventBatch batch) {
                batch.clear();
                while (next <= events.size() && batch.size < batch.capacity()) {
                    while (mark < marks.size() && marks.get(mark)[0] == next) {
                        batch.mark((byte) marks.get(mark++)[1], (byte) 0);
                    }
                    if (next == events.size()) {
                        break;
                    }
                    long[] e = events.get(next++);
                    batch.add((int) e[0], e[1], e[2], (int) e[3]);
                }
                return batch.size > 0 || batch.marks > 0;
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }
}
