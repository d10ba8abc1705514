package dev.cyclecast.model;

/**
 * L1D, L2, L3 and the data TLB on real addresses; L2 and L3 also serve instruction fetch.
 *
 * <p>L1D is indexed by the virtual address, L2 and L3 by a physical one, in which each page's number comes from a seed:
 * the page colours of one draw.
 */
final class Memory {
    private static final int LINE_BITS = 6;
    private static final int SMALL_PAGE_BITS = 12;
    /** What is kept with a line: the cycle at which it arrives, for how long it was asked for by then, where from, and whether only by a prefetch. */
    private static final int ARRIVAL = 15;
    private static final int WAIT = 3;
    private static final int LONGEST_WAIT = (1 << ARRIVAL - WAIT) - 1;
    private static final int PREFETCHED = 1;
    private static final int ORIGIN = 3;
    private static final Cause[] ORIGINS = {Cause.L2, Cause.L3, Cause.MEMORY};
    /** Tables of a page walk lie where no program's data is. */
    private static final long TABLES = 1L << 52;

    /** Where the last access was served. */
    Cause level = Cause.L1D;
    long l1dMisses;
    long l2Misses;
    long l3Misses;
    long prefetches;
    private final Cache l1d;
    private final Cache l2;
    private final Cache l3;
    /** Data TLB. */
    final Tlb dtlb;
    private final PageWalker walker;
    private final Buffers missBuffers;
    private final Prefetcher prefetcher;
    private final LinePath fromL2;
    private final LinePath fromL3;
    private final LinePath fromMemory;
    private final int l2Extra;
    private final int l3Extra;
    private final int memoryExtra;
    private final int secondTlb;
    private final int lineRetry;
    private final int instructionL2;
    private final int pageBits;
    private final int l1dWays;
    private final long colours;
    /** Of {@link #ORIGINS}, where the last line that L1D lacked came from. */
    private int origin;

    Memory(CoreProfile p, long colourSeed) {
        l1d = Cache.timedOfKib(p.get(Constant.L1D_KIB), p.get(Constant.L1D_WAYS), p.has(Constant.WAY_PREDICTION));
        l2 = Cache.timedOfKib(p.get(Constant.L2_KIB), p.get(Constant.L2_WAYS), false);
        l3 = p.get(Constant.L3_KIB) > 0 ? Cache.ofKib(p.get(Constant.L3_KIB), p.get(Constant.L3_WAYS)) : null;
        pageBits = Integer.numberOfTrailingZeros(p.get(Constant.DATA_PAGE_KIB)) + 10;
        dtlb = new Tlb(p.get(Constant.DTLB_L1_ENTRIES), p.get(Constant.DTLB_L2_ENTRIES), p.get(Constant.DTLB_L2_WAYS));
        walker = new PageWalker(p, pageBits > SMALL_PAGE_BITS);
        missBuffers = new Buffers(p.get(Constant.MISS_BUFFERS));
        Prefetcher all = new Prefetcher(p);
        prefetcher = all.isAbsent() ? null : all;
        fromL2 = new LinePath(p.get(Constant.L2_LINE_CYCLES));
        fromL3 = new LinePath(p.get(Constant.L3_LINE_CYCLES));
        fromMemory = new LinePath(p.get(Constant.MEMORY_LINE_CYCLES));
        l2Extra = p.get(Constant.L2_LATENCY) - p.get(Constant.L1D_LATENCY);
        l3Extra = p.get(Constant.L3_LATENCY) - p.get(Constant.L1D_LATENCY);
        memoryExtra = p.get(Constant.MEMORY_LATENCY) - p.get(Constant.L1D_LATENCY);
        lineRetry = p.get(Constant.LINE_RETRY);
        secondTlb = p.get(Constant.TLB_L2_EXTRA);
        instructionL2 = p.get(Constant.L1I_MISS_L2);
        l1dWays = p.get(Constant.L1D_WAYS);
        colours = colourSeed;
    }

    /**
     * A data access that starts at a cycle.
     *
     * @param site       its instruction
     * @param hitLatency cycles from issue to data on an L1D hit
     * @return the cycle at which the data is there; {@link #level} says where it came from
     */
    long access(int site, long address, long issue, int hitLatency) {
        long hit = issue + hitLatency;
        level = Cause.L1D;
        int translation = dtlb.level(address >>> pageBits);
        if (translation != Tlb.FIRST) {
            hit = translate(translation, address >>> pageBits, hit);
        }
        long line = address >>> LINE_BITS;
        long found = l1d.access(line);
        if (found >= 0 && found >>> ARRIVAL < hit && (found & PREFETCHED) == 0) {
            return hit;
        }
        return found >= 0 ? late(site, line, found, hit) : miss(site, line, hit);
    }

    private long translate(int translation, long page, long from) {
        level = Cause.DTLB;
        return translation == Tlb.SECOND ? from + secondTlb : walker.walk(page, from, dtlb, this);
    }

    /**
     * An access to a line that is on its way, or that a prefetch brought. It looks for the line again some cycles later, or when it
     * is there, whatever is later (kernels {@code line-shared-*}).
     */
    private long late(int site, long line, long found, long hit) {
        if ((found & PREFETCHED) != 0) {
            l1d.arrives(line, found & ~PREFETCHED);
            prefetcher.train(site, line, hit, this);
        }
        long ready = found >>> ARRIVAL;
        if (ready < hit) {
            return hit;
        }
        level = ORIGINS[(int) found >> 1 & ORIGIN];
        long wait = found >>> WAIT & LONGEST_WAIT;
        if (hit + wait < ready && wait < LONGEST_WAIT) {
            // Before it in the program came an access that asked for the line later than this one does.
            ready = hit + wait;
            l1d.arrives(line, ready << ARRIVAL | found & (1 << ARRIVAL) - 1 & ~PREFETCHED);
            return ready;
        }
        return Math.max(ready, hit + lineRetry);
    }

    private long miss(int site, long line, long hit) {
        l1dMisses++;
        long ready = beyond(physical(line, pageBits), missBuffers.available(hit), true);
        missBuffers.hold(ready);
        l1d.fill(line, kept(ready, hit, 0));
        if (prefetcher != null) {
            Cause served = level;
            prefetcher.train(site, line, hit, this);
            level = served;
        }
        return ready;
    }

    private long kept(long arrival, long asked, int flag) {
        return arrival << ARRIVAL | Math.min(arrival - asked, LONGEST_WAIT) << WAIT | origin << 1 | flag;
    }

    /** Brings a line into L1D before it is asked for, if a miss buffer is free. */
    void prefetchFirst(long line, long cycle) {
        if (missBuffers.available(cycle) == cycle && !l1d.contains(line)) {
            prefetches++;
            long ready = beyond(physical(line, pageBits), cycle, false);
            missBuffers.hold(ready);
            l1d.fill(line, kept(ready, cycle, PREFETCHED));
        }
    }

    /** Brings a line into L2 before it is asked for. */
    void prefetchSecond(long line, long cycle) {
        long physical = physical(line, pageBits);
        if (!l2.contains(physical)) {
            prefetches++;
            beyond(physical, cycle, false);
        }
    }

    /** Brings a data line into every level without counting. */
    void warm(long line) {
        long page = line << LINE_BITS >>> pageBits;
        if (dtlb.level(page) == Tlb.WALK) {
            walker.walk(page, 0, dtlb, this);
        }
        warmSecond(physical(line, pageBits));
        if (l1d.access(line) < 0) {
            l1d.fill(line, 0);
        }
    }

    /** Brings a line of code into L2 and L3 without counting. */
    void warmCode(long line) {
        warmSecond(physical(line, SMALL_PAGE_BITS));
    }

    private void warmSecond(long physical) {
        if (l2.access(physical) < 0) {
            l2.fill(physical, 0);
        }
        if (l3 != null && l3.access(physical) < 0) {
            l3.fill(physical, 0);
        }
    }

    /**
     * Fetches a line that L1D lacks.
     *
     * @param hit    cycle at which L1D would have had it
     * @param demand whether the program asks for it
     * @return cycle at which it is there
     */
    private long beyond(long physical, long hit, boolean demand) {
        long found = l2.access(physical);
        if (found >= 0) {
            from(found >>> ARRIVAL <= hit ? 0 : (int) found >> 1 & ORIGIN);
            return fromL2.send(Math.max(hit + l2Extra, found >>> ARRIVAL));
        }
        l2Misses += demand ? 1 : 0;
        long ready;
        if (l3 != null && l3.access(physical) >= 0) {
            from(1);
            ready = fromL3.send(hit + l3Extra);
        } else {
            l3Misses += demand ? 1 : 0;
            if (l3 != null) {
                l3.fill(physical, 0);
            }
            from(2);
            ready = fromMemory.send(hit + memoryExtra);
        }
        l2.fill(physical, kept(ready, hit, 0));
        return ready;
    }

    private void from(int where) {
        origin = where;
        level = ORIGINS[where];
    }

    /** Cycles from a fetch to its instructions on an L1I miss. */
    int fetch(long line) {
        // A hit in L2 costs instructionL2; what lies behind L2 costs as much more as it does for data.
        return instructionL2 + extraBehindSecond(physical(line, SMALL_PAGE_BITS));
    }

    /** Cycles that a page walk's read of a line of tables takes beyond a read that L2 serves. */
    int readTable(long line, int depth) {
        long physical = physical(TABLES | (long) depth << 48 | line, SMALL_PAGE_BITS);
        if (l2.access(physical) >= 0) {
            return 0;
        }
        l2.fill(physical, 0);
        // The kernel wrote the tables when it mapped the page, and a line of them serves many pages: memory need not be asked.
        return (l3 != null ? l3Extra : memoryExtra) - l2Extra;
    }

    /** Cycles beyond those of L2 until a line comes that is no data; it is in L2 then. */
    private int extraBehindSecond(long physical) {
        if (l2.access(physical) >= 0) {
            return 0;
        }
        l2Misses++;
        l2.fill(physical, 0);
        if (l3 != null) {
            if (l3.access(physical) >= 0) {
                return l3Extra - l2Extra;
            }
            l3.fill(physical, 0);
        }
        l3Misses++;
        return memoryExtra - l2Extra;
    }

    /** A way of L1D for a line: where it was put last depends on more than a trace tells, so any is as good. */
    int way(long line) {
        long x = physical(line, pageBits) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return (int) ((x >>> 40) * l1dWays >>> 24);
    }

    private long physical(long line, int bits) {
        int lines = bits - LINE_BITS;
        long x = (line >>> lines ^ colours) * 0x9E3779B97F4A7C15L;
        x ^= x >>> 32;
        return (x << lines | line & (1L << lines) - 1) & Long.MAX_VALUE;
    }
}
