package dev.cyclecast.trace.record;

import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.decode.InstructionDecoder;
import dev.cyclecast.trace.store.Block;
import dev.cyclecast.trace.store.TraceFileWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The instructions met so far, numbered in the order in which they were first executed. */
final class CodeTable {
    private final InstructionDecoder decoder;
    private final TraceFileWriter writer;
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final List<Instruction> instructions = new ArrayList<>();
    private final List<byte[]> bytes = new ArrayList<>();

    CodeTable(InstructionDecoder decoder, TraceFileWriter writer) {
        this.decoder = decoder;
        this.writer = writer;
    }

    int size() {
        return instructions.size();
    }

    Instruction instruction(int number) {
        return instructions.get(number);
    }

    byte[] bytes(int number) {
        return bytes.get(number);
    }

    /**
     * The number of the instruction with this code at this address; decoded on first sight.
     *
     * @param low  first 8 code bytes
     * @param high the other 7, and how many there are in all in the top byte
     * @return -1 if the bytes end inside the instruction
     */
    int number(long address, long low, long high) {
        byte[] code = code(low, high);
        Integer known = numbers.get(address);
        if (known != null) {
            byte[] old = bytes.get(known);
            if (code.length < old.length || !java.util.Arrays.equals(code, 0, old.length, old, 0, old.length)) {
                if (decoder.decode(address, code, code.length) == null) {
                    return -1;
                }
                throw new TraceException("the code at 0x" + Long.toHexString(address)
                        + " changed while the program ran; self-modifying and remapped code cannot be recorded");
            }
            return known;
        }
        Instruction instruction = decoder.decode(address, code, code.length);
        if (instruction == null) {
            return -1;
        }
        int number = writer.instruction(Block.accesses(instruction), Block.isValued(instruction));
        numbers.put(address, number);
        instructions.add(instruction);
        bytes.add(java.util.Arrays.copyOf(code, instruction.length()));
        return number;
    }

    private static byte[] code(long low, long high) {
        byte[] all = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(low).putLong(high).array();
        return java.util.Arrays.copyOf(all, Math.min(all[15], 15));
    }
}
