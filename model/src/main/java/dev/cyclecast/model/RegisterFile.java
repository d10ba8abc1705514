package dev.cyclecast.model;

/**
 * The physical registers of one kind that are free for renaming: an instruction that writes takes one from dispatch on, and
 * by its retirement the one that held the overwritten value is free.
 */
final class RegisterFile {
    /** By place in turn: the cycle at which the register there is free again. */
    private final long[] free;
    private int head;

    RegisterFile(int registers) {
        free = new long[registers];
    }

    /** Cycle from which so many registers are free. */
    long room(int registers) {
        int last = head + registers - 1;
        return free[last < free.length ? last : last - free.length];
    }

    /** Takes registers for an instruction that retires at a cycle, no earlier than the last one did. */
    void take(int registers, long retired) {
        for (int n = 0; n < registers; n++) {
            free[head] = retired;
            head = head + 1 == free.length ? 0 : head + 1;
        }
    }
}
