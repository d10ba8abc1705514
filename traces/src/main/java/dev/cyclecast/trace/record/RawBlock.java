package dev.cyclecast.trace.record;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.store.Block;
import dev.cyclecast.trace.store.TraceFileWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A translated block, or a part of one, as it is stored: which of the emulator's accesses becomes which address.
 *
 * <p>The emulator's first load of an instruction is that of its first memory operand that is read, the second load (of
 * {@code cmps}) that of the second, the first store that of the operand that is written, unless its load told the address.
 */
final class RawBlock {
    final int[] instructions;
    final Block stored;
    /** Per instruction, where the address of its first and second load and of its store go, or -1. */
    final int[] load;
    final int[] secondLoad;
    final int[] store;
    /** Per instruction, where its value goes, or -1. */
    final int[] value;
    /** The address under which a call at the end leaves, or a return at the end finds, its return address; or -1. */
    final int callSlot;
    final int returnSlot;
    /** Marks in front of instructions: index, kind and value, or null. */
    final byte[][] marks;
    private final Map<Integer, RawBlock> parts = new HashMap<>(0);

    RawBlock(int[] instructions, CodeTable code, Landmarks landmarks, TraceFileWriter writer) {
        this.instructions = instructions;
        stored = writer.block(instructions);
        int n = instructions.length;
        load = new int[n];
        secondLoad = new int[n];
        store = new int[n];
        value = new int[n];
        byte[][] found = null;
        int slot = 0;
        int values = 0;
        int call = -1;
        int ret = -1;
        for (int i = 0; i < n; i++) {
            Instruction instruction = code.instruction(instructions[i]);
            load[i] = secondLoad[i] = store[i] = -1;
            List<MemoryOperand> memory = instruction.memory();
            for (int o = 0; o < Block.accesses(instruction); o++, slot++) {
                MemoryOperand m = memory.get(o);
                if (m.read() && load[i] < 0) {
                    load[i] = slot;
                } else if (m.read()) {
                    secondLoad[i] = slot;
                }
                if (m.written() && store[i] < 0) {
                    store[i] = slot;
                }
            }
            if (isCompareString(instruction)) {
                // The emulator loads from rdi first, Zydis names rsi first.
                int first = load[i];
                load[i] = secondLoad[i];
                secondLoad[i] = first;
            }
            value[i] = Block.isValued(instruction) ? values++ : -1;
            if (i == n - 1 && instruction.flow().isCall()) {
                call = store[i];
            } else if (i == n - 1 && instruction.flow() == Flow.RETURN) {
                ret = load[i];
            }
            byte[] mark = landmarks.at(instruction.address());
            if (mark != null) {
                found = found == null ? new byte[n][] : found;
                found[i] = mark;
            }
        }
        callSlot = call;
        returnSlot = ret;
        marks = found;
    }

    private static boolean isCompareString(Instruction i) {
        return i.mnemonic().startsWith("cmps") && i.memory().size() == 2 && i.memory().get(1).read();
    }

    int length() {
        return instructions.length;
    }

    /** The block of the instructions from one index to another, exclusive. */
    RawBlock part(int from, int to, CodeTable code, Landmarks landmarks, TraceFileWriter writer) {
        if (from == 0 && to == instructions.length) {
            return this;
        }
        return parts.computeIfAbsent(from << 16 | to,
                k -> new RawBlock(Arrays.copyOfRange(instructions, from, to), code, landmarks, writer));
    }
}
