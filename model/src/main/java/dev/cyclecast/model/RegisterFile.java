package dev.cyclecast.model;

/** When the value of each register is ready, and how often each was written. */
final class RegisterFile {
    private final long[] ready = new long[CodeTiming.NO_REGISTER + 1];
    private final long[] version = new long[CodeTiming.NO_REGISTER + 1];

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
        return version[packed & 63] * 31 + version[packed >> 8 & 63];
    }

    /** Writes the registers of a packed set. */
    void write(int packed, long complete) {
        for (int shift = 0; shift < 8 * CodeTiming.PACKED; shift += 8) {
            int r = packed >> shift & 63;
            ready[r] = complete;
            version[r]++;
        }
        ready[CodeTiming.NO_REGISTER] = 0;
        // What is no register keeps its version, so that a store and a load with the same base have the same.
        version[CodeTiming.NO_REGISTER] = 0;
    }

    /** Writes the registers of a mask. */
    void writeAll(long mask, long complete) {
        for (long left = mask; left != 0; left &= left - 1) {
            ready[Long.numberOfTrailingZeros(left)] = complete;
            version[Long.numberOfTrailingZeros(left)]++;
        }
    }
}
