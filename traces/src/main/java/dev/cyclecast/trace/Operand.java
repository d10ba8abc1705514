package dev.cyclecast.trace;

/**
 * One explicit operand of an instruction, as written in Intel syntax.
 *
 * @param kind     register, memory or immediate
 * @param register the register number for {@link Kind#REGISTER}, else {@link Registers#NONE}
 * @param bits     operand width in bits (of a memory operand: of the access; of an immediate: of its encoding)
 * @param read     whether the instruction reads it
 * @param written  whether the instruction writes it
 */
public record Operand(Kind kind, int register, int bits, boolean read, boolean written) {
    /** What an operand is. */
    public enum Kind { REGISTER, MEMORY, IMMEDIATE }

    /** The operand's part of {@link Instruction#form()}: {@code r32}, {@code m64}, {@code i8}, {@code x128}. */
    public String form() {
        return switch (kind) {
            case REGISTER -> (register >= Registers.VECTOR && register < Registers.MASK ? "x"
                    : register >= Registers.MASK ? "k" : "r") + bits;
            case MEMORY -> "m" + bits;
            case IMMEDIATE -> "i" + bits;
        };
    }
}
