package dev.cyclecast.model;

/**
 * Fetch and decode: at which cycle each macro-op can be dispatched, as far as the front end goes.
 *
 * <p>Branch prediction walks ahead of fetch, one block (a 64-byte line, or up to a taken branch) a cycle, on some cores two, and
 * prefetches L1I lines; fetch reads op cache entries, or falls back to L1I and the decoders, which it leaves only at a taken branch.
 */
final class FrontEnd {
    private static final int TAKEN_PER_CYCLE = 2;
    private static final long NONE = -2;
    /** What last held fetch up. */
    Cause cause = Cause.FETCH;
    long opCacheOps;
    long decodedOps;
    long l1iMisses;
    long itlbMisses;
    private final OpCache opCache;
    private final Decoder decoder;
    private final Cache l1i;
    private final Tlb itlb;
    private final Memory memory;
    private final boolean inclusive;
    private final boolean spansLines;
    private final int cycleOps;
    private final int cycleEntries;
    private final int lineInterval;
    private final int decoderSwitch;
    private final int decoderRestart;
    private final int fillInterval;
    private final int fillL3Interval;
    private final int missL2;
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
    /** Where the last block that was predicted begins. */
    private long start = NONE;
    private int takenNow;
    private int opsLeft;
    private int entriesLeft;
    /** Cycle of the last entry read in the line, and how many it may still give before the next pause. */
    private long read;
    private int readLeft;
    /** Line of the fetch block in progress; {@link #NONE} where the next instruction begins one. */
    private long line = NONE;
    /** Line of the last byte delivered. */
    private long endLine;
    private boolean decoding;
    /** Cycles until the decoders deliver, if they have to take over here. */
    private int takeOver;
    /** Cycle at which the last line arrived in L1I. */
    private long filled;

    FrontEnd(CoreProfile p, Memory memory) {
        this.memory = memory;
        opCache = new OpCache(p);
        decoder = new Decoder(p);
        l1i = Cache.ofKib(p.get(Constant.L1I_KIB), p.get(Constant.L1I_WAYS));
        itlb = new Tlb(p.get(Constant.ITLB_L1_ENTRIES), p.get(Constant.ITLB_L2_ENTRIES),
                p.get(Constant.TLB_L2_EXTRA), p.get(Constant.PAGE_WALK_EXTRA));
        inclusive = p.has(Constant.OP_CACHE_IN_L1I);
        spansLines = p.has(Constant.OP_CACHE_SPANS_LINES);
        cycleOps = p.get(Constant.OP_CACHE_OPS_PER_CYCLE);
        cycleEntries = p.get(Constant.OP_CACHE_ENTRIES_PER_CYCLE);
        lineInterval = p.get(Constant.OP_CACHE_LINE_INTERVAL);
        decoderSwitch = p.get(Constant.DECODER_SWITCH) + 1;
        decoderRestart = p.get(Constant.DECODER_RESTART);
        fillInterval = p.get(Constant.L1I_FILL_INTERVAL);
        fillL3Interval = p.get(Constant.L1I_FILL_L3_INTERVAL);
        missL2 = p.get(Constant.L1I_MISS_L2);
        refill = p.get(Constant.MISPREDICT_REFILL);
        decodeRedirect = p.get(Constant.DECODE_REDIRECT);
        fetched = new long[p.get(Constant.FETCH_RUN_AHEAD)];
        twoTaken = p.get(Constant.FAST_BTB_ENTRIES) > 0;
        takeOver = decoderSwitch;
    }

    /**
     * Delivers one instruction.
     *
     * @param room cycle from which the op queue has room for it
     * @return cycle from which it can be dispatched
     */
    long deliver(InstructionTiming x, long address, long room) {
        int use = x.opCacheUse;
        if (address >>> 6 != line) {
            enter(address, use);
        } else if (opCache.isFull(use)) {
            nextEntry(address);
        }
        opCache.take(use);
        endLine = address + x.length - 1 >>> 6;
        if (decoding) {
            long at = decoder.decode(address, x.length, cycle);
            if (at > cycle) {
                advance(at, Cause.DECODE);
            }
            decodedOps += x.ops;
        } else {
            int ops = x.ops;
            if (opsLeft < ops) {
                advance(cycle + 1, Cause.FETCH);
            }
            opsLeft -= ops;
            opCacheOps += ops;
        }
        if (room > cycle) {
            advance(room, Cause.FETCH);
            decoder.pause();
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

    /** Brings lines of code into L1I that the right path may never ask for. */
    void prefetch(long first, int lines) {
        for (long wanted = first; wanted < first + lines; wanted++) {
            if (l1i.access(wanted) < 0) {
                memory.fetch(wanted);
                l1i.fill(wanted, 0);
            }
        }
    }

    private void advance(long to, Cause why) {
        cycle = to;
        cause = why;
        opsLeft = cycleOps;
        entriesLeft = cycleEntries;
        takenNow = 0;
    }

    /** Begins a fetch block. */
    private void enter(long address, int use) {
        long newLine = address >>> 6;
        boolean fresh = line == NONE;
        boolean jumped = newLine != line + 1;
        // The entry at hand goes on into this line.
        boolean spans = spansLines && !jumped && !opCache.isFull(use);
        predict(address);
        boolean hit = spans ? !decoding : opCache.begin(address) && (!inclusive || l1i.access(newLine) >= 0);
        if (hit && (fresh || !decoding)) {
            decoding = false;
            if (predicted > cycle) {
                advance(predicted, Cause.BTB);
            } else if (entriesLeft == 0 || spansLines && !fresh && entriesLeft < cycleEntries) {
                // Two lines share a cycle only where a branch leads from one to the other: so it was measured with entries that span them.
                advance(cycle + 1, Cause.FETCH);
            }
            if (spans) {
                // What goes on into this line was read in the one before.
                opsLeft += cycleOps;
                read = cycle - lineInterval;
                readLeft = 0;
            } else {
                entriesLeft--;
                read = cycle;
                readLeft = cycleEntries - 1;
            }
        } else {
            decode(address, newLine, jumped);
        }
        takeOver = decoderSwitch;
        line = newLine;
    }

    /** Goes on with a further op cache entry of the same line, or builds one. */
    private void nextEntry(long address) {
        boolean hit = opCache.begin(address);
        if (decoding) {
            return;
        }
        if (!hit) {
            toDecoder(address);
            return;
        }
        long next = Math.max(readLeft == 0 ? read + lineInterval : cycle, entriesLeft == 0 ? cycle + 1 : cycle);
        if (next > cycle) {
            advance(next, Cause.FETCH);
        }
        read = cycle;
        readLeft = readLeft == 0 ? cycleEntries - 1 : readLeft - 1;
        entriesLeft--;
    }

    private void toDecoder(long address) {
        decoding = true;
        advance(cycle + takeOver, Cause.DECODE);
        decoder.jump(address, cycle);
    }

    private void predict(long address) {
        // Two blocks a cycle where two branches may be taken in it; a loop of one block takes one each time round.
        boolean again = address == start;
        start = address;
        if (twoTaken && halfPredicted && !again) {
            halfPredicted = false;
        } else {
            predicted++;
            halfPredicted = !again;
        }
        predicted = Math.max(predicted, fetched[block]);
        fetched[block] = cycle;
        if (++block == fetched.length) {
            block = 0;
        }
    }

    private void decode(long address, long newLine, boolean jumped) {
        Cause why = Cause.DECODE;
        long arrives = predicted;
        int walk = itlb.access(address >>> 12);
        if (walk > 0) {
            itlbMisses++;
            arrives += walk;
            why = Cause.L1I;
        }
        if (l1i.access(newLine) < 0) {
            l1iMisses++;
            int latency = memory.fetch(newLine);
            arrives = Math.max(arrives + latency, filled + (latency > missL2 ? fillL3Interval : fillInterval));
            filled = arrives;
            l1i.fill(newLine, 0);
            why = Cause.L1I;
        }
        if (!decoding) {
            toDecoder(address);
        } else if (jumped) {
            // What follows a taken branch is decoded in a cycle of its own.
            advance(cycle + 1, Cause.DECODE);
            decoder.jump(address, arrives);
        } else {
            decoder.line(arrives);
        }
        if (arrives > cycle) {
            advance(arrives, why);
            decoder.pause();
        }
    }

    /** A taken branch was predicted rightly: the next instruction begins a new fetch block. */
    void taken(int bubble, boolean fast) {
        if (spansLines && !decoding) {
            if (endLine != line) {
                advance(cycle + 1, Cause.FETCH);
            }
            // A line that only ends an entry takes the place of one.
            entriesLeft = Math.min(entriesLeft, cycleEntries - 1);
        }
        line = NONE;
        predicted += bubble;
        boolean alone = !twoTaken || !fast || bubble > 0;
        if (alone) {
            // It shares its cycle with the block before it at most.
            halfPredicted = false;
        }
        // What was predicted by itself may have waited, and is then fetched together with the next block.
        if (!twoTaken || ++takenNow == TAKEN_PER_CYCLE) {
            entriesLeft = 0;
        }
    }

    /** A branch was predicted rightly to fall through. */
    void notTaken(int bubble) {
        predicted += bubble;
    }

    /** A direct branch unknown to the BTB was found at decode. */
    void redirectAtDecode() {
        restart(cycle + decodeRedirect, Cause.BTB);
        takeOver = 0;
    }

    /** Instructions from the right path follow a misprediction that was resolved at a cycle. */
    void redirect(long resolved) {
        refetch(resolved + refill, Cause.MISPREDICT);
    }

    /** What follows a load whose forwarding was foreseen wrongly comes again at a cycle. */
    void refetch(long at) {
        refetch(at, Cause.FORWARD);
    }

    private void refetch(long at, Cause why) {
        restart(at, why);
        takeOver = decoderRestart;
    }

    private void restart(long at, Cause why) {
        advance(Math.max(at, cycle), why);
        predicted = cycle - 1;
        java.util.Arrays.fill(fetched, 0);
        line = NONE;
        decoding = false;
    }
}
