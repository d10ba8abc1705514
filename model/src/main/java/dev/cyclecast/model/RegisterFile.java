package dev.cyclecast.model;

/** When the value of each register is ready, and which instruction wrote it. */
final class RegisterFile {
    /** Registers of a packed set. */
    static final int PACKED = 3;
    /** Bits for the number of the instruction that wrote a register, and above them its mark. */
    private static final int WRITER = 16;
    private static final int MARK = 12;
    private static final int MARKED = 1 << WRITER - 1;
    private static final int MARK_CYCLES = MARKED - 1 & -1 << MARK;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    /**
     * For each register, the cycle at which it is ready, and below it a mark and the low bits of the writer's number. They tell all
     * writes of one cycle apart, for these are of instructions in flight together.
     */
    private final long[] written = new long[CodeTiming.NO_REGISTER + 1];
    private long writes;

    /** Instructions that wrote registers so far, or could have. */
    long writes() {
        return writes;
    }

    /** Cycle at which all registers of a packed set are ready. */
    long ready(int packed) {
        return ready(latest(packed));
    }

    /** Of a packed set, the register that is ready last: what {@link #ready(long)} and {@link #sinceMark} tell of it. */
    long latest(int packed) {
        return Math.max(Math.max(written[packed & 63], written[packed >> 8 & 63]), written[packed >> 16 & 63]);
    }

    /** What {@link #ready(long)} and {@link #sinceMark} tell of a register: another for each value that it is given. */
    long value(int register) {
        return written[register];
    }

    /** Cycle at which a register is ready. */
    static long ready(long register) {
        return register >> WRITER;
    }

    /** Cycles, of the last eight, from that by which a register was marked to another; more than eight where it was not. */
    static int sinceMark(long register, long cycle) {
        return (register & MARKED) == 0 ? Integer.MAX_VALUE : (int) cycle - (int) (register >> MARK) & MARK_CYCLES >> MARK;
    }

    /** The mark of a cycle. */
    static int mark(long cycle) {
        return MARKED | (int) cycle << MARK & MARK_CYCLES;
    }

    /** The mark that a register has; 0 for none. */
    static int markOf(long register) {
        return (int) register & (MARKED | MARK_CYCLES);
    }

    /** Cycle at which all registers of a mask are ready. */
    long allReady(long mask) {
        long latest = 0;
        for (long left = mask; left != 0; left &= left - 1) {
            latest = Math.max(latest, written[Long.numberOfTrailingZeros(left)]);
        }
        return latest >> WRITER;
    }

    /** Identifies the values of the two lowest registers of a packed set: equal only while neither is written. */
    long version(int packed) {
        return written[packed & 63] * SPREAD + written[packed >> 8 & 63];
    }

    /** Writes the registers of a packed set of results, with a mark or 0. */
    void write(int packed, long complete, int mark) {
        long value = value(complete, ++writes) | mark;
        written[packed & 63] = value;
        written[packed >> 8 & 63] = value;
        written[packed >> 16 & 63] = value;
    }

    /** Writes the registers of a mask, which the same instruction wrote as those of its packed set. */
    void writeAll(long mask, long complete) {
        long value = value(complete, writes);
        for (long left = mask; left != 0; left &= left - 1) {
            written[Long.numberOfTrailingZeros(left)] = value;
        }
    }

    private static long value(long complete, long writer) {
        return complete << WRITER | writer & (1 << MARK) - 1;
    }
}
