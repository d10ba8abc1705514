package dev.cyclecast.model;

/** Static instructions that are marked for so many of their next executions. */
final class Marks {
    private final byte[] left;
    private final byte executions;

    /**
     * None is marked.
     *
     * @param code       number of static instructions
     * @param executions how long a mark lasts, at most {@link Byte#MAX_VALUE}
     */
    Marks(int code, int executions) {
        left = new byte[code];
        this.executions = (byte) executions;
    }

    /** Whether an instruction is marked; counts an execution. */
    boolean take(int number) {
        if (left[number] == 0) {
            return false;
        }
        left[number]--;
        return true;
    }

    /** Marks an instruction, for the whole time from now on. */
    void set(int number) {
        left[number] = executions;
    }

    /** Takes an instruction's mark away. */
    void clear(int number) {
        left[number] = 0;
    }
}
