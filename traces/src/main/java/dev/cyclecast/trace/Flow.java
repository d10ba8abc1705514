package dev.cyclecast.trace;

/** How an instruction continues: falls through, or one of the transfers of control that a branch predictor tells apart. */
public enum Flow {
    /** Falls through to the next instruction. */
    NEXT,
    /** A conditional direct branch ({@code jcc}, {@code jrcxz}, {@code loop}). */
    CONDITIONAL,
    /** An unconditional direct jump. */
    JUMP,
    /** A jump through a register or memory. */
    INDIRECT_JUMP,
    /** A direct call. */
    CALL,
    /** A call through a register or memory. */
    INDIRECT_CALL,
    /** A near return. */
    RETURN,
    /** Enters the kernel or traps ({@code syscall}, {@code int3}, {@code ud2}). */
    SYSTEM;

    /** Whether the instruction may go anywhere but to its successor in memory. */
    public boolean isBranch() {
        return this != NEXT && this != SYSTEM;
    }

    /** Whether control never falls through to the next instruction in memory without coming back from elsewhere. */
    public boolean isUnconditional() {
        return isBranch() && this != CONDITIONAL;
    }

    /** Whether the instruction pushes a return address. */
    public boolean isCall() {
        return this == CALL || this == INDIRECT_CALL;
    }

    /** Whether the target comes from a register or from memory, a return excepted. */
    public boolean isIndirect() {
        return this == INDIRECT_JUMP || this == INDIRECT_CALL;
    }
}
