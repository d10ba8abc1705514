package dev.cyclecast.model;

/** When the value of each register is ready, and which instruction wrote it. */
final class RegisterFile {
    /** Bits for the number of the instruction that wrote a register. */
    private static final int WRITER = 16;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    /**
     * For each register, the cycle at which it is ready, and below it the low bits of the writer's number. They tell all writes
     * of one cycle apart, for these are of instructions in flight together.
     */
    private final long[] written = new long[CodeTiming.NO_REGISTER + 1];
    private long writes;

    /** Cycle at which all registers of a packed set are ready. */
    long ready(int packed) {
        return Math.max(Math.max(written[packed & 63], written[packed >> 8 & 63]), written[packed >> 16 & 63]) >> WRITER;
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

    /** Writes the registers of a packed set of results. */
    void write(int packed, long complete) {
        long value = value(complete, ++writes);
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
        return complete << WRITER | writer & (1 << WRITER) - 1;
    }
}
