package dev.cyclecast.trace;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One static instruction as decoded at record time.
 *
 * @param address   virtual address in the recorded process
 * @param length    length in bytes, 1 to 15
 * @param mnemonic  lower-case mnemonic as Zydis names it ({@code mov}, {@code jz}, {@code cmovnz})
 * @param text      the instruction in AT&amp;T or Intel syntax, for people
 * @param flow      how control continues
 * @param target    target address of a direct branch, else 0
 * @param reads     mask of registers read ({@link Registers}), address registers included
 * @param writes    mask of registers written; a register that is only partly written (8 or 16 bits) is also in {@code reads}
 * @param operands  explicit operands, in Intel order (destination first)
 * @param memory    memory operands that are accessed (so not those of {@code lea} and {@code nop}); loads before stores
 * @param address0  the address expression of {@code lea} and prefetches, which access nothing; else null
 * @param immediate value of the first immediate operand, sign-extended; 0 where there is none
 * @param locked    whether the instruction is atomic ({@code lock} prefix, or {@code xchg} with memory)
 * @param repeated  whether a {@code rep} prefix is in effect
 * @param function  index into {@link ProgramImage#functions()} of the function around it, or -1
 */
public record Instruction(long address, int length, String mnemonic, String text, Flow flow, long target, long reads,
                          long writes, List<Operand> operands, List<MemoryOperand> memory, MemoryOperand address0,
                          long immediate, boolean locked, boolean repeated, int function) {
    public Instruction {
        operands = List.copyOf(operands);
        memory = List.copyOf(memory);
    }

    /** Address of the next instruction in memory. */
    public long end() {
        return address + length;
    }

    /** Mnemonic and operand kinds, such as {@code mov r32,m32} or {@code ret}: the key of a timing table. */
    public String form() {
        if (operands.isEmpty()) {
            return mnemonic;
        }
        return mnemonic + " " + operands.stream().map(Operand::form).collect(Collectors.joining(","));
    }

    /** Whether it reads memory. */
    public boolean loads() {
        for (MemoryOperand m : memory) {
            if (m.read()) {
                return true;
            }
        }
        return false;
    }

    /** Whether it writes memory. */
    public boolean stores() {
        for (MemoryOperand m : memory) {
            if (m.written()) {
                return true;
            }
        }
        return false;
    }
}
