package dev.cyclecast.model;

/**
 * What waits for a load is woken as if the load hit L1D. Until it is known that it missed, what could start by then is picked, in
 * vain, and waits again; and so is what waits for that in turn (kernels {@code wakeup-*}).
 *
 * <p>For each register that depends on such a load, this knows when it would be ready if the load had hit, and until when that
 * is believed.
 */
final class SpeculativeWakeup {
    private static final int REGISTERS = CodeTiming.NO_REGISTER + 1;
    /** Cycle at which the result of the instruction at hand is believed to be ready, and that up to which it is; 0 for no belief. */
    long ready;
    long until;
    /** Cycles from one pick in vain to the next of the same operation. */
    int again;
    private final RegisterFile registers;
    private final int believed;
    private final int pickedAgain;
    /** Cycle at which the last of all beliefs ends. */
    private long last;
    /** The beliefs of registers, each for as long as the register has the value that it had then. */
    private final long[] readyAt = new long[REGISTERS];
    private final long[] untilAt = new long[REGISTERS];
    private final int[] againAt = new int[REGISTERS];
    private final long[] value = new long[REGISTERS];

    SpeculativeWakeup(CoreProfile p, RegisterFile registers) {
        this.registers = registers;
        believed = p.get(Constant.MISS_WAKEUP);
        pickedAgain = p.get(Constant.MISS_PICK_AGAIN);
    }

    /**
     * The load of the instruction at hand misses.
     *
     * @param hit  cycle at which L1D would have had its data
     * @param data cycle at which the data comes
     * @param once whether what waits for it is picked in vain only once
     */
    void missed(long hit, long data, boolean once) {
        if (believed == 0) {
            return;
        }
        ready = hit;
        until = Math.min(data, hit + believed);
        again = once ? believed : pickedAgain;
        last = Math.max(last, until);
    }

    /** Whether an instruction of a cycle of dispatch may wait for what is believed to come. */
    boolean concerns(long dispatched) {
        return dispatched + 1 < last;
    }

    /**
     * Whether an instruction that waits for the registers of a packed set, and for its own load if it has one, is
     * taken for {@link #ready} some cycles before {@link #until}, for what it waits for is believed to come.
     */
    boolean wakes(int packed, long dispatched) {
        long from = dispatched + 1;
        long end = Long.MAX_VALUE;
        if (until > 0) {
            from = Math.max(from, ready);
            end = until;
        }
        for (int left = packed, n = 0; n < RegisterFile.PACKED; n++, left >>= 8) {
            int register = left & REGISTERS - 1;
            if (untilAt[register] > dispatched && value[register] == registers.value(register)) {
                from = Math.max(from, readyAt[register]);
                if (untilAt[register] < end) {
                    end = untilAt[register];
                    again = againAt[register];
                }
            } else {
                from = Math.max(from, RegisterFile.ready(registers.value(register)));
            }
        }
        ready = from;
        until = end < Long.MAX_VALUE && from < end ? end : 0;
        return until > 0;
    }

    /** The instruction at hand is picked first at a cycle, in vain; if not while it is awake, nothing is believed of its result. */
    void starts(long at, int latency) {
        ready = at + latency;
        until = at < until ? until : 0;
    }

    /** The instruction at hand has written the registers of a packed set: what is believed of it is believed of them. */
    void written(int packed) {
        for (int left = packed, n = 0; n < RegisterFile.PACKED; n++, left >>= 8) {
            int register = left & REGISTERS - 1;
            readyAt[register] = ready;
            untilAt[register] = until;
            againAt[register] = again;
            value[register] = registers.value(register);
        }
        until = 0;
    }
}
