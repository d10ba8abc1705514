package dev.cyclecast.model;

import java.util.Arrays;

/**
 * The banks of L1D: two loads of one cycle cannot read the same bank (address bits 5 to 3) of different lines, so the
 * later one reads a cycle later.
 */
final class BankConflicts {
    private static final int RING = 1 << 9;
    private static final int BANKS = 8;
    private static final int LINE_BITS = 16;
    /** By cycle modulo the ring and bank: the cycle, and the line that was read (its low bits). */
    private final long[] read = new long[RING * BANKS];

    BankConflicts() {
        Arrays.fill(read, -1);
    }

    /** The cycle, at or after the one of issue, at which a load of up to eight bytes reads its bank. */
    long read(long address, long issue) {
        int bank = (int) (address >>> 3) & BANKS - 1;
        long line = address >>> 6 & (1 << LINE_BITS) - 1;
        for (long t = issue; ; t++) {
            int k = ((int) t & RING - 1) * BANKS + bank;
            if (read[k] >>> LINE_BITS != t) {
                read[k] = t << LINE_BITS | line;
                return t;
            }
            if ((read[k] & (1 << LINE_BITS) - 1) == line) {
                return t;
            }
        }
    }
}
