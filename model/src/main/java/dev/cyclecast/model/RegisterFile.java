package dev.cyclecast.model;

/** When the value of each register is ready, and which instruction wrote it. */
final class RegisterFile {
    private final long[] ready = new long[CodeTiming.NO_REGISTER + 1];
    /** Number of the instruction that wrote each. */
    private final long[] writer = new long[CodeTiming.NO_REGISTER + 1];
    private long writes;

    /** Cycle at which all registers of a packed set are ready. */
    long ready(int packed) {
        return Math.max(Math.max(ready[packed & 63], ready[packed >> 8 & 63]), ready[packed >> 16 & 63]);
    }

    /** Cycle at which all registers of a mask are ready. */
    long allReady(long mask) {
        long latest = 0;
        for (long left = mask; left != 0; left &= left - 1) {
            latest = Math.max(latest, ready[Long.numberOfTrailingZeros(left)]);
        }
        return latest;
    }

    /** Identifies the values of the two lowest registers of a packed set: equal only while neither is written. */
    long version(int packed) {
        return writer[packed & 63] * 31 + writer[packed >> 8 & 63];
    }

    /** Writes the registers of a packed set of results. */
    void write(int packed, long complete) {
        long number = ++writes;
        int a = packed & 63;
        int b = packed >> 8 & 63;
        int c = packed >> 16 & 63;
        ready[a] = complete;
        ready[b] = complete;
        ready[c] = complete;
        writer[a] = number;
        writer[b] = number;
        writer[c] = number;
    }

    /** Writes the registers of a mask. */
    void writeAll(long mask, long complete) {
        for (long left = mask; left != 0; left &= left - 1) {
            ready[Long.numberOfTrailingZeros(left)] = complete;
            writer[Long.numberOfTrailingZeros(left)] = writes;
        }
    }
}
