package dev.cyclecast.model;

/**
 * The page-table walkers: how long a translation takes that no TLB has.
 *
 * <p>A walk reads the entry of the page from the caches. The entry above it is in the second-level TLB or is read as well, and
 * the one above that is in the page directory cache or is read as well.
 */
final class PageWalker {
    /** Page-table entries in a line, as a shift. */
    private static final int ENTRIES = 3;
    /** Entries in a table, as a shift. */
    private static final int TABLE = 9;
    private static final int DIRECTORY_WAYS = 8;
    private final Buffers walkers;
    private final Cache directories;
    private final boolean large;
    private final int walkExtra;
    private final int read;

    /**
     * Walkers of a core.
     *
     * @param large whether pages are mapped by directory entries, as those of 2 MiB are
     */
    PageWalker(CoreProfile p, boolean large) {
        walkers = new Buffers(p.get(Constant.PAGE_WALKERS));
        directories = new Cache(Math.max(1, Integer.highestOneBit(p.get(Constant.PAGE_DIRECTORY_ENTRIES) / DIRECTORY_WAYS)),
                DIRECTORY_WAYS);
        this.large = large;
        walkExtra = p.get(Constant.PAGE_WALK_EXTRA);
        read = p.get(Constant.L2_LATENCY);
    }

    /** The cycle at which a page that was asked for at another is translated. */
    long walk(long page, long from, Tlb tlb, Memory memory) {
        long start = walkers.available(from);
        // The constant holds the first read, if L2 serves it.
        long cycles = walkExtra + memory.readTable(page >>> ENTRIES, 0);
        long table = page >>> TABLE;
        int depth = 1;
        if (!large) {
            if (!tlb.holdsDirectory(table)) {
                cycles += read + memory.readTable(table >>> ENTRIES, depth);
            }
            table >>>= TABLE;
            depth++;
        }
        if (directories.access(table) < 0) {
            directories.fill(table, 0);
            cycles += read + memory.readTable(table >>> ENTRIES, depth);
        }
        walkers.hold(start + cycles);
        return start + cycles;
    }
}
