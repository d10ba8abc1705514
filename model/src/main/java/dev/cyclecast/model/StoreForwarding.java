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

    private static final int SIZE = 1 << 12;
    private final long[] granule = new long[SIZE];
    private final int[] bytes = new int[SIZE];
    private final long[] dataReady = new long[SIZE];
    private final long[] commit = new long[SIZE];
    private final long[] number = new long[SIZE];
    private final long[] expression = new long[SIZE];
    private final long[] baseVersion = new long[SIZE];
    private final int[] width = new int[SIZE];
    private final long[] start = new long[SIZE];
    private static final int ALIASES = 1 << 9;
    /** By address modulo 4096: the granule of the youngest store, and when it commits. */
    private final long[] aliasGranule = new long[ALIASES];
    private final long[] aliasCommit = new long[ALIASES];
    private final int renameWindow;
    private long stores;
    /** Cycle at which the data of the store that answered is ready. */
    long ready;

    StoreForwarding(CoreProfile p) {
        Arrays.fill(granule, -1);
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
            int k = (int) g & SIZE - 1;
            int mask = mask(address, size, g);
            granule[k] = g;
            bytes[k] = mask;
            dataReady[k] = data;
            commit[k] = committed;
            number[k] = stores;
            expression[k] = form;
            baseVersion[k] = version;
            width[k] = size;
            start[k] = address;
            aliasGranule[(int) g & ALIASES - 1] = g;
            aliasCommit[(int) g & ALIASES - 1] = committed;
        }
    }

    /** Whether a store is in flight whose address equals a load's modulo 4096, but not altogether. */
    boolean aliases(long address, long issue) {
        int k = (int) (address >> 3) & ALIASES - 1;
        return aliasCommit[k] > issue && aliasGranule[k] != address >> 3;
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
        int k = (int) first & SIZE - 1;
        if (first == last) {
            if (granule[k] != first || commit[k] <= issue) {
                return NONE;
            }
            ready = dataReady[k];
            int need = mask(address, size, first);
            if ((need & bytes[k]) == 0) {
                return NONE;
            }
            if ((need & ~bytes[k]) != 0) {
                return FAILED;
            }
            boolean same = form != 0 && form == expression[k] && version == baseVersion[k] && start[k] == address
                    && width[k] == size && stores - number[k] <= renameWindow;
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
            int k = (int) g & SIZE - 1;
            int need = mask(address, size, g);
            if (granule[k] == g && commit[k] > issue && (need & bytes[k]) != 0) {
                whole &= (need & ~bytes[k]) == 0 && (!any || one == number[k]);
                one = number[k];
                any = true;
                ready = Math.max(ready, dataReady[k]);
            } else {
                whole = false;
            }
        }
        return !any ? NONE : whole ? FORWARDED : FAILED;
    }
}
