package dev.cyclecast.model;

import java.util.function.LongToIntFunction;

/**
 * The eight banks of L1D: two loads of one cycle cannot read the same bank of different lines, so the one that is later in
 * the program comes again. On some cores that is so only where both lines are in the same way, each of its own set (kernels {@code bank-*}).
 */
final class BankConflicts {
    private static final int RING = 1 << 8;
    /** Loads of a cycle that are kept. */
    private static final int READS = 4;
    private static final int LINE_BITS = 6;
    private static final int BANKS = 8;
    private final LongToIntFunction ways;
    private final int bankBits;
    private final int sets;
    /** By cycle modulo the ring: for each load the cycle and a bit for each bank, and its line. */
    private final long[] read = new long[RING * READS];
    private final long[] line = new long[RING * READS];

    /**
     * Banks at rest.
     *
     * @param ways for each line the way that it is in
     */
    BankConflicts(CoreProfile p, LongToIntFunction ways) {
        this.ways = p.has(Constant.BANK_WAYS) ? ways : null;
        bankBits = Integer.numberOfTrailingZeros(p.get(Constant.BANK_BYTES));
        sets = (p.get(Constant.L1D_KIB) << 10 - LINE_BITS) / p.get(Constant.L1D_WAYS);
    }

    /** A load reads its banks in a cycle; returns whether none of another line is read there. */
    boolean read(long address, int bytes, long cycle) {
        int banks = banks(address, bytes);
        long number = address >>> LINE_BITS;
        int k = ((int) cycle & RING - 1) * READS;
        for (int last = k + READS; k < last; k++) {
            if (read[k] >>> BANKS != cycle) {
                read[k] = cycle << BANKS | banks;
                line[k] = number;
                return true;
            }
            if ((read[k] & banks) != 0 && line[k] != number && exclude(line[k], number)) {
                return false;
            }
        }
        return true;
    }

    /** Whether lines exclude each other in a bank. */
    private boolean exclude(long one, long other) {
        return ways == null || (one - other) % sets != 0 && ways.applyAsInt(one) == ways.applyAsInt(other);
    }

    /** The banks that an access reads in its first line: in turn along the line, all of them where it is as long. */
    private int banks(long address, int bytes) {
        int first = (int) (address & 63) >>> bankBits;
        int last = (int) Math.min(63, (address & 63) + bytes - 1) >>> bankBits;
        int mask = (int) ((2L << last) - (1L << first));
        return (mask | mask >> BANKS) & (1 << BANKS) - 1;
    }
}
