package dev.cyclecast.model;

/**
 * L1D, L2, L3 and the data TLB on real addresses; L2 and L3 also serve instruction fetch.
 *
 * <p>L1D is indexed by the virtual address, L2 and L3 by a physical one, in which each page's number comes from a seed:
 * the page colours of one draw.
 */
final class Memory {
    /** Where the last access was served. */
    Cause level = Cause.L1D;
    long l1dMisses;
    long l2Misses;
    long l3Misses;
    private final Cache l1d;
    private final Cache l2;
    private final Cache l3;
    /** Data TLB. */
    final Tlb dtlb;
    private final int l2Extra;
    private final int l3Extra;
    private final int memoryExtra;
    private final int instructionL2;
    private final long colours;

    Memory(CoreProfile p, long colourSeed) {
        l1d = Cache.timedOfKib(p.get(Constant.L1D_KIB), p.get(Constant.L1D_WAYS));
        l2 = Cache.ofKib(p.get(Constant.L2_KIB), p.get(Constant.L2_WAYS));
        l3 = p.get(Constant.L3_KIB) > 0 ? Cache.ofKib(p.get(Constant.L3_KIB), p.get(Constant.L3_WAYS)) : null;
        dtlb = new Tlb(p.get(Constant.DTLB_L1_ENTRIES), p.get(Constant.DTLB_L2_ENTRIES),
                p.get(Constant.TLB_L2_EXTRA), p.get(Constant.PAGE_WALK_EXTRA));
        l2Extra = p.get(Constant.L2_LATENCY) - p.get(Constant.L1D_LATENCY);
        l3Extra = p.get(Constant.L3_LATENCY) - p.get(Constant.L1D_LATENCY);
        memoryExtra = p.get(Constant.MEMORY_LATENCY) - p.get(Constant.L1D_LATENCY);
        instructionL2 = p.get(Constant.L1I_MISS_L2);
        colours = colourSeed;
    }

    /**
     * A data access that starts at a cycle.
     *
     * @param hitLatency cycles from issue to data on an L1D hit
     * @return the cycle at which the data is there; {@link #level} says where it came from
     */
    long access(long address, long issue, int hitLatency) {
        int walk = dtlb.access(address >>> 12);
        long line = address >>> 6;
        long arrival = l1d.access(line);
        long hit = issue + hitLatency + walk;
        if (arrival >= 0) {
            if (arrival <= hit) {
                level = walk == 0 ? Cause.L1D : Cause.DTLB;
                return hit;
            }
            // The line is on its way: the access waits with it. The level stays that of a miss to L2.
            level = Cause.L2;
            return arrival;
        }
        l1dMisses++;
        long ready = hit + miss(line);
        l1d.fill(line, ready);
        return ready;
    }

    /** Brings a data line into every level without counting. */
    void warm(long line) {
        dtlb.access(line >>> 6);
        warmSecond(line);
        if (l1d.access(line) < 0) {
            l1d.fill(line, 0);
        }
    }

    /** Brings a line into L2 and L3 without counting. */
    void warmSecond(long line) {
        long physical = physical(line);
        if (l2.access(physical) < 0) {
            l2.fill(physical, 0);
        }
        if (l3 != null && l3.access(physical) < 0) {
            l3.fill(physical, 0);
        }
    }

    private int miss(long line) {
        long physical = physical(line);
        if (l2.access(physical) >= 0) {
            level = Cause.L2;
            return l2Extra;
        }
        l2Misses++;
        l2.fill(physical, 0);
        if (l3 != null) {
            if (l3.access(physical) >= 0) {
                level = Cause.L3;
                return l3Extra;
            }
            l3.fill(physical, 0);
        }
        l3Misses++;
        level = Cause.MEMORY;
        return memoryExtra;
    }

    /** Cycles from a fetch to its instructions on an L1I miss. */
    int fetch(long line) {
        Cause data = level;
        int extra = miss(line);
        level = data;
        // A hit in L2 costs instructionL2; what lies behind L2 costs as much more as it does for data.
        return extra + instructionL2 - l2Extra;
    }

    private long physical(long line) {
        long page = line >>> 6;
        long x = (page ^ colours) * 0x9E3779B97F4A7C15L;
        x ^= x >>> 32;
        return (x << 6 | line & 63) & Long.MAX_VALUE;
    }
}
