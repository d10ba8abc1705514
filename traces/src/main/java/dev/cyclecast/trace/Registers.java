package dev.cyclecast.trace;

/**
 * The register numbers of {@link Instruction#reads()} and {@link Instruction#writes()}: one bit each in a 64-bit mask.
 *
 * <p>A register is its widest form: {@code al}, {@code eax} and {@code rax} are all {@link #RAX}; {@code xmm3} and
 * {@code ymm3} are both {@code VECTOR + 3}.
 */
public final class Registers {
    /** The general-purpose registers, in encoding order. */
    public static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7, R8 = 8, R13 = 13, R15 = 15;
    /** The arithmetic flags, as one register. */
    public static final int FLAGS = 16;
    /** The first of 32 vector registers. */
    public static final int VECTOR = 17;
    /** The first of 8 mask registers. */
    public static final int MASK = 49;
    /** x87, MMX, segment, control and every other state, as one register. */
    public static final int OTHER = 57;
    /** How many register numbers there are. */
    public static final int COUNT = 58;
    /** No register. */
    public static final int NONE = -1;

    private Registers() {
    }

    /** The mask with only the bit of this register; 0 for {@link #NONE}. */
    public static long bit(int register) {
        return register == NONE ? 0 : 1L << register;
    }
}
