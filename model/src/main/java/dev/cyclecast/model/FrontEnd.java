package dev.cyclecast.model;

/**
 * Fetch and decode: at which cycle each macro-op can be dispatched, as far as the front end goes.
 *
 * <p>Branch prediction walks ahead of fetch, one block (a 64-byte line, or up to a taken branch) a cycle, and prefetches
 * L1I lines; fetch reads op cache entries, or falls back to L1I and the decoders, which it leaves only at a taken branch.
 */
final class FrontEnd {
    /** What last held fetch up. */
    Cause cause = Cause.FETCH;
    long opCacheOps;
    long decodedOps;
    long l1iMisses;
    long itlbMisses;
    private final Cache opCache;
    private final Cache l1i;
    private final Tlb itlb;
    private final Memory memory;
    private final int entryOps;
    private final int cycleOps;
    private final int cycleEntries;
    private final int decodeWidth;
    private final int decodeBytes;
    private final int decoderSwitch;
    private final int refill;
    private final int decodeRedirect;
    private final long[] fetched;
    private int block;
    private final boolean twoTaken;

    /** Cycle of the fetch in progress. */
    private long cycle;
    /** Cycle up to which branch prediction has walked. */
    private long predicted;
    private boolean halfPredicted;
    private int opsLeft;
    private int entriesLeft;
    private int opsInEntry;
    private long line = -1;
    private boolean fresh = true;
    private boolean decoding;
    private int decoded;
    private int decodedBytes;

    FrontEnd(CoreProfile p, Memory memory) {
        this.memory = memory;
        int sets = p.get(Constant.OP_CACHE_SETS);
        opCache = sets == 0 ? null : new Cache(sets, p.get(Constant.OP_CACHE_WAYS));
        l1i = Cache.ofKib(p.get(Constant.L1I_KIB), p.get(Constant.L1I_WAYS));
        itlb = new Tlb(p.get(Constant.ITLB_L1_ENTRIES), p.get(Constant.ITLB_L2_ENTRIES),
                p.get(Constant.TLB_L2_EXTRA), p.get(Constant.PAGE_WALK_EXTRA));
        entryOps = p.get(Constant.OP_CACHE_OPS_PER_ENTRY);
        cycleOps = p.get(Constant.OP_CACHE_OPS_PER_CYCLE);
        cycleEntries = p.get(Constant.OP_CACHE_ENTRIES_PER_CYCLE);
        decodeWidth = p.get(Constant.DECODE_WIDTH);
        decodeBytes = p.get(Constant.DECODE_BYTES);
        decoderSwitch = p.get(Constant.DECODER_SWITCH);
        refill = p.get(Constant.MISPREDICT_REFILL);
        decodeRedirect = p.get(Constant.DECODE_REDIRECT);
        fetched = new long[p.get(Constant.FETCH_RUN_AHEAD)];
        twoTaken = p.get(Constant.FAST_BTB_ENTRIES) > 0;
    }

    /**
     * Delivers one instruction.
     *
     * @param address its address
     * @param bytes   its length
     * @param ops     its macro-ops; 0 for a branch fused into the instruction before it
     * @param room    cycle from which the op queue has room for it
     * @return cycle from which it can be dispatched
     */
    long deliver(long address, int bytes, int ops, long room) {
        if (fresh || address >>> 6 != line || !decoding && opsInEntry + ops > entryOps && ops > 0) {
            enter(address);
        }
        if (decoding) {
            if (decoded == decodeWidth || decodedBytes + bytes > decodeBytes && decoded > 0) {
                advance(cycle + 1, Cause.DECODE);
            }
            decoded++;
            decodedBytes += bytes;
            decodedOps += ops;
        } else {
            if (opsLeft < ops) {
                advance(cycle + 1, Cause.FETCH);
            }
            opsLeft -= ops;
            opCacheOps += ops;
        }
        opsInEntry += ops;
        if (room > cycle) {
            advance(room, Cause.FETCH);
        }
        return cycle;
    }

    /** Brings a line of code into L1I and L2 without counting. */
    void warm(long codeLine) {
        itlb.access(codeLine >>> 6);
        memory.warmCode(codeLine);
        if (l1i.access(codeLine) < 0) {
            l1i.fill(codeLine, 0);
        }
    }

    private void advance(long to, Cause why) {
        cycle = to;
        cause = why;
        opsLeft = cycleOps;
        entriesLeft = cycleEntries;
        decoded = 0;
        decodedBytes = 0;
    }

    /** Begins a fetch block or a further op cache entry. */
    private void enter(long address) {
        long newLine = address >>> 6;
        if (fresh || newLine != line) {
            predict();
        }
        boolean hit = opCache != null && opCache.access(key(address)) >= 0;
        if (hit && (!decoding || fresh)) {
            decoding = false;
            if (predicted > cycle) {
                advance(predicted, Cause.BTB);
            } else if (entriesLeft == 0) {
                advance(cycle + 1, Cause.FETCH);
            }
            entriesLeft--;
        } else {
            decode(address, newLine, hit);
        }
        line = newLine;
        fresh = false;
        opsInEntry = 0;
    }

    /** Op cache entries are found by their first instruction's address; the set comes from the line. */
    private static long key(long address) {
        return address >>> 6 | (address & 63) << 50;
    }

    private void predict() {
        // Two blocks a cycle where two branches may be taken in it.
        if (twoTaken && halfPredicted) {
            halfPredicted = false;
        } else {
            predicted++;
            halfPredicted = true;
        }
        predicted = Math.max(predicted, fetched[block]);
        fetched[block] = cycle;
        if (++block == fetched.length) {
            block = 0;
        }
    }

    private void decode(long address, long newLine, boolean hit) {
        long arrives = predicted;
        Cause why = Cause.DECODE;
        if (newLine != line || fresh) {
            int walk = itlb.access(address >>> 12);
            itlbMisses += walk > 0 ? 1 : 0;
            if (l1i.access(newLine) < 0) {
                l1iMisses++;
                int latency = memory.fetch(newLine);
                l1i.fill(newLine, 0);
                arrives += latency;
                why = Cause.L1I;
            }
            if (walk > 0) {
                arrives += walk;
                why = Cause.L1I;
            }
        }
        if (!decoding) {
            decoding = true;
            advance(cycle + 1 + decoderSwitch, Cause.DECODE);
        }
        if (arrives > cycle) {
            advance(arrives, why);
        }
        if (!hit && opCache != null) {
            opCache.fill(key(address), 0);
        }
    }

    /** A taken branch was predicted rightly: the next instruction begins a new fetch block. */
    void taken(int bubble, boolean fast) {
        fresh = true;
        predicted += bubble;
        if (!(twoTaken && fast && bubble == 0)) {
            entriesLeft = 0;
        }
    }

    /** A direct branch unknown to the BTB was found at decode. */
    void redirectAtDecode() {
        restart(cycle + decodeRedirect, Cause.BTB);
    }

    /** Instructions from the right path follow a misprediction that was resolved at a cycle. */
    void redirect(long resolved) {
        restart(resolved + refill, Cause.MISPREDICT);
    }

    private void restart(long at, Cause why) {
        advance(Math.max(at, cycle), why);
        predicted = cycle - 1;
        java.util.Arrays.fill(fetched, 0);
        fresh = true;
        decoding = false;
    }
}
