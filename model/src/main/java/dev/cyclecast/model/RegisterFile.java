package dev.cyclecast.model;

/** When the value of each register is ready, and which instruction wrote it. */
final class RegisterFile {
    /** For each register, the cycle at which it is ready and the number of the instruction that wrote it. */
    private final long[] state = new long[2 * (CodeTiming.NO_REGISTER + 1)];
    private long writes;

    /** Where the state of a register of a packed set begins. */
    private static int place(int packed, int which) {
        return (packed >> 8 * which & CodeTiming.NO_REGISTER) << 1;
    }

    /** Cycle at which all registers of a packed set are ready. */
    long ready(int packed) {
        return Math.max(Math.max(state[place(packed, 0)], state[place(packed, 1)]), state[place(packed, 2)]);
    }

    /** Cycle at which all registers of a mask are ready. */
    long allReady(long mask) {
        long latest = 0;
        for (long left = mask; left != 0; left &= left - 1) {
            latest = Math.max(latest, state[2 * Long.numberOfTrailingZeros(left)]);
        }
        return latest;
    }

    /** Identifies the values of the two lowest registers of a packed set: equal only while neither is written. */
    long version(int packed) {
        return state[place(packed, 0) + 1] * 31 + state[place(packed, 1) + 1];
    }

    /** Writes the registers of a packed set of results. */
    void write(int packed, long complete) {
        writes++;
        write(place(packed, 0), complete, writes);
        write(place(packed, 1), complete, writes);
        write(place(packed, 2), complete, writes);
    }

    private void write(int place, long complete, long number) {
        state[place] = complete;
        state[place + 1] = number;
    }

    /** Writes the registers of a mask. */
    void writeAll(long mask, long complete) {
        for (long left = mask; left != 0; left &= left - 1) {
            write(2 * Long.numberOfTrailingZeros(left), complete, writes);
        }
    }
}
