package dev.cyclecast.model;

import java.util.Arrays;

/**
 * In-flight stores by address: what a load gets from an older store that has not committed to L1D yet.
 *
 * <p>Stores are kept per 8-byte granule in a direct-mapped table, so the youngest store to a granule answers.
 */
final class StoreForwarding {
    /** What a load finds: nothing in flight. */
    static final int NONE = 0;
    /** The value was renamed: it is ready when the store's data is. */
    static final int RENAMED = 1;
    /** One store covers the load. */
    static final int FORWARDED = 2;
    /** A store covers it in part, or two stores are needed. */
    static final int FAILED = 3;

    private static final int SIZE = 1 << 9;
    /** Fields of an entry, which takes a cache line of the machine that runs this. */
    private static final int GRANULE = 0;
    private static final int DATA = 1;
    private static final int COMMIT = 2;
    private static final int NUMBER = 3;
    private static final int FORM = 4;
    private static final int VERSION = 5;
    private static final int START = 6;
    private static final int BYTES = 7;
    private static final int FIELDS = 8;
    private static final int WIDTH_SHIFT = 8;
    private final long[] entry = new long[SIZE * FIELDS];
    private static final int ALIASES = 1 << 9;
    /** By address modulo 4096: the granule of the youngest store, and when it commits. */
    private final long[] aliasGranule = new long[ALIASES];
    private final long[] aliasCommit = new long[ALIASES];
    private final int renameWindow;
    private long stores;
    /** Cycle at which the data of the store that answered is ready. */
    long ready;

    StoreForwarding(CoreProfile p) {
        Arrays.fill(entry, -1);
        renameWindow = p.get(Constant.RENAME_WINDOW);
    }

    /**
     * Records a store.
     *
     * @param form identifies the address expression; 0 where renaming cannot follow it
     * @param version version of the base register's value
     */
    void store(long address, int size, long data, long committed, long form, long version) {
        stores++;
        long last = address + size - 1 >> 3;
        for (long g = address >> 3; g <= last; g++) {
            int k = at(g);
            entry[k + GRANULE] = g;
            entry[k + DATA] = data;
            entry[k + COMMIT] = committed;
            entry[k + NUMBER] = stores;
            entry[k + FORM] = form;
            entry[k + VERSION] = version;
            entry[k + START] = address;
            entry[k + BYTES] = mask(address, size, g) | (long) size << WIDTH_SHIFT;
            aliasGranule[(int) g & ALIASES - 1] = g;
            aliasCommit[(int) g & ALIASES - 1] = committed;
        }
    }

    /** Whether a store is in flight whose address equals a load's modulo 4096, but not altogether. */
    boolean aliases(long address, long issue) {
        int k = (int) (address >> 3) & ALIASES - 1;
        return aliasCommit[k] > issue && aliasGranule[k] != address >> 3;
    }

    private static int at(long granule) {
        return ((int) granule & SIZE - 1) * FIELDS;
    }

    private static int mask(long address, int size, long g) {
        int from = (int) Math.max(0, address - (g << 3));
        int to = (int) Math.min(8, address + size - (g << 3));
        return (1 << to) - (1 << from);
    }

    /** What a load at a cycle gets. */
    int load(long address, int size, long issue, long form, long version) {
        long first = address >> 3;
        long last = address + size - 1 >> 3;
        int k = at(first);
        if (first == last) {
            if (entry[k + GRANULE] != first || entry[k + COMMIT] <= issue) {
                return NONE;
            }
            ready = entry[k + DATA];
            int need = mask(address, size, first);
            int bytes = (int) entry[k + BYTES] & 0xFF;
            if ((need & bytes) == 0) {
                return NONE;
            }
            if ((need & ~bytes) != 0) {
                return FAILED;
            }
            boolean same = form != 0 && form == entry[k + FORM] && version == entry[k + VERSION]
                    && entry[k + START] == address && entry[k + BYTES] >> WIDTH_SHIFT == size
                    && stores - entry[k + NUMBER] <= renameWindow;
            return same ? RENAMED : FORWARDED;
        }
        return wide(address, size, issue, first, last);
    }

    private int wide(long address, int size, long issue, long first, long last) {
        long one = -1;
        boolean any = false;
        boolean whole = true;
        ready = 0;
        for (long g = first; g <= last; g++) {
            int k = at(g);
            int need = mask(address, size, g);
            int bytes = (int) entry[k + BYTES] & 0xFF;
            if (entry[k + GRANULE] == g && entry[k + COMMIT] > issue && (need & bytes) != 0) {
                whole &= (need & ~bytes) == 0 && (!any || one == entry[k + NUMBER]);
                one = entry[k + NUMBER];
                any = true;
                ready = Math.max(ready, entry[k + DATA]);
            } else {
                whole = false;
            }
        }
        return !any ? NONE : whole ? FORWARDED : FAILED;
    }
}
