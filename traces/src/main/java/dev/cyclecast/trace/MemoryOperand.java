package dev.cyclecast.trace;

/**
 * One memory operand of an instruction, explicit or implied (the stack slot of push, pop, call and ret).
 *
 * @param segment      {@link Segment#NONE}, FS or GS
 * @param base         base register number, or {@link Registers#NONE} (also for rip-relative operands)
 * @param index        index register number, or {@link Registers#NONE}
 * @param scale        1, 2, 4 or 8; 0 where there is no index
 * @param displacement signed displacement; for a rip-relative operand the absolute address as linked and loaded
 * @param ripRelative  whether the operand is relative to the instruction pointer
 * @param stack        whether the access is implied by push, pop, call, ret, enter or leave
 * @param bytes        width of the access
 * @param read         whether the instruction reads it
 * @param written      whether the instruction writes it
 * @param variable     index into {@link ProgramImage#variables()} of the variable that the operand names by itself
 *                     (rip-relative, absolute, or {@code fs:} with a displacement only), or -1
 */
public record MemoryOperand(Segment segment, int base, int index, int scale, long displacement, boolean ripRelative,
                            boolean stack, int bytes, boolean read, boolean written, int variable) {
    /** Segment overrides that change an address in 64-bit mode. */
    public enum Segment { NONE, FS, GS }

    /** Whether its encoding has a displacement, be it zero: it must have one where rbp or r13 is the base. */
    public boolean hasDisplacement() {
        return displacement != 0 || base == Registers.RBP || base == Registers.R13;
    }
}
