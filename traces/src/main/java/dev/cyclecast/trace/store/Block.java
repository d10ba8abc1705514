package dev.cyclecast.trace.store;

import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;

/**
 * A run of instructions that were executed one after the other, the unit in which events are stored.
 *
 * <p>Its accesses are the data addresses of its instructions in order; its values are those of its valued instructions.
 */
public final class Block {
    /** An instruction has at most this many stored data addresses. */
    public static final int OPERANDS = 2;
    /** A block has at most this many instructions. */
    public static final int LENGTH = 1 << 10;

    final int number;
    final int[] instructions;
    /** Per access: event within the block times two, plus operand number. */
    final int[] accesses;
    /** Per value: event within the block. */
    final int[] values;
    /** Per value: the access whose address predicts it. */
    final int[] valueAccess;

    Block(int number, int[] instructions, StaticFacts facts) {
        this.number = number;
        this.instructions = instructions;
        int a = 0;
        int v = 0;
        for (int i : instructions) {
            a += facts.accesses(i);
            v += facts.isValued(i) ? 1 : 0;
        }
        accesses = new int[a];
        values = new int[v];
        valueAccess = new int[v];
        a = 0;
        v = 0;
        for (int i = 0; i < instructions.length; i++) {
            if (facts.isValued(instructions[i])) {
                values[v] = i;
                valueAccess[v++] = a;
            }
            for (int o = 0; o < facts.accesses(instructions[i]); o++) {
                accesses[a++] = i << 1 | o;
            }
        }
    }

    /** Number of instructions. */
    public int length() {
        return instructions.length;
    }

    /** Number of addresses of one execution. */
    public int accessCount() {
        return accesses.length;
    }

    /** Number of values of one execution. */
    public int valueCount() {
        return values.length;
    }

    /** How many data addresses an instruction has in a trace. */
    public static int accesses(Instruction instruction) {
        return Math.min(instruction.memory().size(), OPERANDS);
    }

    /** Whether an instruction has a value in a trace: a small load by its first memory operand, or a repetition count. */
    public static boolean isValued(Instruction instruction) {
        if (instruction.memory().isEmpty()) {
            return false;
        }
        MemoryOperand first = instruction.memory().getFirst();
        return instruction.repeated()
                || first.read() && (first.bytes() == 1 || first.bytes() == 2 || first.bytes() == 4);
    }

    /** What a block needs to know of its instructions. */
    interface StaticFacts {
        int accesses(int instruction);

        boolean isValued(int instruction);
    }
}
