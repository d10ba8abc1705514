package dev.cyclecast.trace.store;

/** A few marks as one number, 10 bits each and a bit to say that there is one, the first mark lowest; 0 for none. */
final class MarkList {
    /** As many bytes of marks, two for each, fit. */
    static final int BYTES = 10;
    private static final int BITS = 11;

    private MarkList() {
    }

    /** Packs marks given as kind and value each; 0 if they do not fit. */
    static long pack(byte[] marks, int size) {
        if (size > BYTES) {
            return 0;
        }
        long packed = 0;
        for (int i = size - 2; i >= 0; i -= 2) {
            packed = packed << BITS | 1L << BITS - 1 | (long) (marks[i] & 3) << 8 | marks[i + 1] & 0xff;
        }
        return packed;
    }

    static byte kind(long packed) {
        return (byte) (packed >> 8 & 3);
    }

    static byte value(long packed) {
        return (byte) packed;
    }

    /** Without the first mark. */
    static long rest(long packed) {
        return packed >>> BITS;
    }
}
