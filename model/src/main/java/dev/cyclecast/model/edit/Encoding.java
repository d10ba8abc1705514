package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.NONE;
import static dev.cyclecast.trace.Registers.RSP;
import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.MemoryOperand.Segment;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Operand.Kind;
import java.util.ArrayList;
import java.util.List;

/** Instructions that edits put into code, with the lengths that an x86-64 assembler gives them. */
final class Encoding {
    private static final int COMPARE_TLS_BYTES = 9;
    private static final int NEAR_BRANCH_BYTES = 6;
    private static final int SHORT_BRANCH_BYTES = 2;
    private static final int NEAR_JUMP_BYTES = 5;

    private Encoding() {
    }

    /** {@code cmpb $0, %fs:displacement}. */
    static Instruction compareThreadLocalByte(Instruction near, long displacement) {
        MemoryOperand memory = new MemoryOperand(Segment.FS, NONE, NONE, 0, displacement, false, false, 1, true, false, -1);
        return make(near, COMPARE_TLS_BYTES, "cmp", "cmpb $0x0, %fs:" + displacement, Flow.NEXT, 0, bit(FLAGS),
                List.of(new Operand(Kind.MEMORY, NONE, 8, true, false), immediate(8)), List.of(memory), 0);
    }

    /** {@code movzbl %fs:displacement, register}. */
    static Instruction loadThreadLocalByte(Instruction near, long displacement, int register) {
        MemoryOperand memory = new MemoryOperand(Segment.FS, NONE, NONE, 0, displacement, false, false, 1, true, false, -1);
        return make(near, COMPARE_TLS_BYTES, "movzx", "movzbl %fs:" + displacement, Flow.NEXT, 0, bit(register),
                List.of(new Operand(Kind.REGISTER, register, 32, false, true),
                        new Operand(Kind.MEMORY, NONE, 8, true, false)), List.of(memory), 0);
    }

    /** A conditional branch to code far away ({@code near} form), as to a cold part. */
    static Instruction branchAway(Instruction near) {
        return make(near, NEAR_BRANCH_BYTES, "jz", "je cold", Flow.CONDITIONAL, bit(FLAGS), 0, List.of(immediate(32)),
                List.of(), 0);
    }

    /** A conditional branch within a function ({@code short} form). */
    static Instruction branch(Instruction near, String text) {
        return make(near, SHORT_BRANCH_BYTES, "jz", text, Flow.CONDITIONAL, bit(FLAGS), 0, List.of(immediate(8)),
                List.of(), 0);
    }

    /** {@code cmp $value, register}. */
    static Instruction compare(Instruction near, int register, long value) {
        return make(near, 3, "cmp", "cmp $" + value, Flow.NEXT, bit(register), bit(FLAGS),
                List.of(new Operand(Kind.REGISTER, register, 32, true, false), immediate(8)), List.of(), value);
    }

    /** {@code lea table(%rip), register}. */
    static Instruction tableAddress(Instruction near, int register) {
        return make(near, 7, "lea", "lea table(%rip)", Flow.NEXT, 0, bit(register),
                List.of(new Operand(Kind.REGISTER, register, 64, false, true)), List.of(), 0);
    }

    /** {@code movslq (table,index,4), register}. */
    static Instruction tableLoad(Instruction near, int table, int index, int register) {
        MemoryOperand memory = new MemoryOperand(Segment.NONE, table, index, 4, 0, false, false, 4, true, false, -1);
        return make(near, 4, "movsxd", "movslq (table,index,4)", Flow.NEXT, bit(table) | bit(index), bit(register),
                List.of(new Operand(Kind.REGISTER, register, 64, false, true),
                        new Operand(Kind.MEMORY, NONE, 32, true, false)), List.of(memory), 0);
    }

    /** {@code add table, register}. */
    static Instruction add(Instruction near, int register, int other) {
        return make(near, 3, "add", "add", Flow.NEXT, bit(register) | bit(other), bit(register) | bit(FLAGS),
                List.of(new Operand(Kind.REGISTER, register, 64, true, true),
                        new Operand(Kind.REGISTER, other, 64, true, false)), List.of(), 0);
    }

    /** A jump in place of a conditional branch, in its form. */
    static Instruction jump(Instruction branch) {
        boolean near = branch.length() >= NEAR_BRANCH_BYTES;
        return make(branch, near ? NEAR_BRANCH_BYTES - 1 : SHORT_BRANCH_BYTES, "jmp", "jmp", Flow.JUMP, 0, 0,
                List.of(immediate(near ? 32 : 8)), List.of(), 0);
    }

    /** {@code notrack jmp *register}. */
    static Instruction jump(Instruction near, int register) {
        return make(near, 3, "jmp", "notrack jmp *", Flow.INDIRECT_JUMP, bit(register), 0,
                List.of(new Operand(Kind.REGISTER, register, 64, true, false)), List.of(), 0);
    }

    /** A jump within a function ({@code short} form), or to another part of it. */
    static Instruction jump(Instruction near, boolean isShort) {
        return make(near, isShort ? SHORT_BRANCH_BYTES : NEAR_JUMP_BYTES, "jmp", "jmp", Flow.JUMP, 0, 0,
                List.of(immediate(isShort ? 8 : 32)), List.of(), 0);
    }

    /** {@code call function}. */
    static Instruction call(Instruction near) {
        return make(near, NEAR_JUMP_BYTES, "call", "call", Flow.CALL, bit(RSP), bit(RSP),
                List.of(immediate(32)), List.of(stack(false, true)), 0);
    }

    /** {@code call *register}, of a jump through that register. */
    static Instruction callIndirect(Instruction jump) {
        List<MemoryOperand> memory = new ArrayList<>(jump.memory());
        memory.add(stack(false, true));
        return make(jump, jump.length(), "call", "call *", Flow.INDIRECT_CALL, jump.reads() | bit(RSP), bit(RSP),
                jump.operands(), memory, 0);
    }

    /** {@code mov from, to}. */
    static Instruction move(Instruction near, int to, int from) {
        return make(near, 3, "mov", "mov", Flow.NEXT, bit(from), bit(to),
                List.of(new Operand(Kind.REGISTER, to, 64, false, true),
                        new Operand(Kind.REGISTER, from, 64, true, false)), List.of(), 0);
    }

    /** {@code push register}. */
    static Instruction push(Instruction near, int register) {
        return make(near, register < 8 ? 1 : 2, "push", "push", Flow.NEXT, bit(register) | bit(RSP), bit(RSP),
                List.of(new Operand(Kind.REGISTER, register, 64, true, false)), List.of(stack(false, true)), 0);
    }

    /** {@code pop register}. */
    static Instruction pop(Instruction near, int register) {
        return make(near, register < 8 ? 1 : 2, "pop", "pop", Flow.NEXT, bit(RSP), bit(register) | bit(RSP),
                List.of(new Operand(Kind.REGISTER, register, 64, false, true)), List.of(stack(true, false)), 0);
    }

    /** {@code ret}. */
    static Instruction ret(Instruction near) {
        return make(near, 1, "ret", "ret", Flow.RETURN, bit(RSP), bit(RSP), List.of(), List.of(stack(true, false)), 0);
    }

    /** {@code endbr64}. */
    static Instruction landing(Instruction near) {
        return make(near, 4, "endbr64", "endbr64", Flow.NEXT, 0, 0, List.of(), List.of(), 0);
    }

    private static MemoryOperand stack(boolean read, boolean written) {
        return new MemoryOperand(Segment.NONE, RSP, NONE, 0, 0, false, true, 8, read, written, -1);
    }

    private static Operand immediate(int bits) {
        return new Operand(Kind.IMMEDIATE, NONE, bits, true, false);
    }

    private static Instruction make(Instruction near, int length, String mnemonic, String text, Flow flow, long reads,
                                    long writes, List<Operand> operands, List<MemoryOperand> memory, long immediate) {
        return new Instruction(near.address(), length, mnemonic, text, flow, 0, reads, writes, operands, memory, null,
                immediate, false, false, near.function());
    }
}
