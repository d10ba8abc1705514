package dev.cyclecast.model;

/**
 * The eight banks of L1D: two loads of one cycle cannot read the same bank of different lines, so the one that is later in
 * the program comes again. On some cores that is so only where both lines are in the same way, each of its own set (kernels {@code load-banks}).
 */
final class BankConflicts {
    private static final int RING = 1 << 8;
    /** Loads of a cycle that are kept. */
    private static final int READS = 4;
    private static final int LINE = (1 << 16) - 1;
    private static final int BANKS = 16;
    private static final long ALL_BANKS = 0xFFL << BANKS;
    private static final int WAY = BANKS + 8;
    private static final int CYCLE = WAY + 8;
    private final int bankBits;
    private final boolean byWay;
    private final int sets;
    /** By cycle modulo the ring: for each load the cycle, the way and the low bits of its line, and a bit for each bank. */
    private final long[] read = new long[RING * READS];

    BankConflicts(CoreProfile p) {
        bankBits = Integer.numberOfTrailingZeros(p.get(Constant.BANK_BYTES));
        byWay = p.has(Constant.BANK_WAYS);
        sets = (p.get(Constant.L1D_KIB) << 4) / p.get(Constant.L1D_WAYS);
    }

    /**
     * A load reads its banks in a cycle.
     *
     * @param way of the line in L1D
     * @return whether none of another line is read there
     */
    boolean read(long address, int bytes, int way, long cycle) {
        long mine = cycle << CYCLE | (byWay ? (long) way << WAY : 0) | (long) banks(address, bytes) << BANKS | address >>> 6 & LINE;
        int k = ((int) cycle & RING - 1) * READS;
        for (int last = k + READS; k < last; k++) {
            if (read[k] >>> CYCLE != mine >>> CYCLE) {
                read[k] = mine;
                return true;
            }
            if (excludes(read[k], mine)) {
                return false;
            }
        }
        return true;
    }

    private boolean excludes(long one, long other) {
        long differ = one ^ other;
        return (one & other & ALL_BANKS) != 0 && (differ & LINE) != 0
                && differ >>> WAY == 0 && !(byWay && (differ & sets - 1) == 0);
    }

    /** The banks that an access reads in its first line: in turn along the line, all of them where it is as long. */
    private int banks(long address, int bytes) {
        int first = (int) (address & 63) >>> bankBits;
        int last = (int) Math.min(63, (address & 63) + bytes - 1) >>> bankBits;
        int mask = (int) ((2L << last) - (1L << first));
        return (mask | mask >> 8) & 255;
    }
}
