package dev.cyclecast.model;

import java.util.Arrays;

/** The path from a cache level to L1D, which one line keeps busy for some cycles: its bandwidth. */
final class LinePath {
    private static final int RING = 1 << 12;
    private final int cycles;
    /** By number of the slot modulo the ring: the slot that was taken. A slot is as long as a line needs. */
    private final long[] taken = new long[RING];

    LinePath(int cyclesPerLine) {
        cycles = cyclesPerLine;
        Arrays.fill(taken, -1);
    }

    /** Sends a line that is ready at a cycle; returns the cycle at which it gets its turn. */
    long send(long ready) {
        if (cycles == 0) {
            return ready;
        }
        long slot = ready / cycles;
        while (taken[(int) slot & RING - 1] == slot) {
            slot++;
        }
        taken[(int) slot & RING - 1] = slot;
        return Math.max(ready, slot * cycles);
    }
}
