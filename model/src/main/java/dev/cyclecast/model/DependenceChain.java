package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;

/**
 * The longest chain of counted instructions of which each waits for the one before: through registers, flags and memory, on
 * a core that does everything else without delay, holds all data in L1D and renames or predicts forwarding wherever it may.
 */
final class DependenceChain {
    private static final int BATCH = 1 << 12;
    private static final int REGISTERS = CodeTiming.NO_REGISTER + 1;

    private final CodeTiming timing;
    private final long[] ready = new long[REGISTERS];
    /** The last stores, as many as renaming looks back, the youngest at {@code youngest}. */
    private final long[] storeAddress;
    private final int[] storeBytes;
    private final long[] storeData;
    private final boolean[] storeRenameable;
    private final int forward;
    private final boolean renames;
    private final boolean narrow;
    private final boolean predicts;
    private final boolean predictsModify;
    private int youngest;
    private long longest;

    private DependenceChain(CodeTiming timing, CoreProfile profile) {
        this.timing = timing;
        int window = profile.get(Constant.RENAME_WINDOW) + 1;
        storeAddress = new long[window];
        storeBytes = new int[window];
        storeData = new long[window];
        storeRenameable = new boolean[window];
        renames = profile.has(Constant.RENAME_STACK) || profile.has(Constant.RENAME_MEMORY);
        narrow = profile.has(Constant.RENAME_NARROW);
        predicts = profile.get(Constant.PSF_PAIRS) > 0;
        predictsModify = profile.has(Constant.PSF_MODIFY);
        forward = Math.min(profile.get(Constant.L1D_LATENCY),
                Math.min(profile.get(Constant.FORWARD_LATENCY), Math.min(profile.get(Constant.FORWARD_FAIL),
                        profile.get(Constant.FORWARD_FAIL_TWO))));
    }

    /** The limit that the counted part of a trace sets. */
    static CycleBound.Limit of(TraceSource trace, CoreProfile profile) {
        Code code = Code.of(trace.image());
        InstructionTable table = InstructionTable.of(profile.instructions());
        DependenceChain chain = new DependenceChain(new CodeTiming(code, table, table.entries(code), profile), profile);
        chain.follow(trace);
        return new CycleBound.Limit("chain", "the longest chain of dependent instructions", chain.longest);
    }

    private void follow(TraceSource trace) {
        EventBatch batch = new EventBatch(BATCH);
        boolean counting = false;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                int from = counting ? 0 : batch.size;
                for (int m = 0; m < batch.marks && !counting; m++) {
                    if (batch.markKind[m] == EventBatch.COUNT) {
                        counting = true;
                        from = batch.markAt[m];
                    }
                }
                for (int e = from; e < batch.size; e++) {
                    step(batch.instruction[e], batch.address0[e], batch.address1[e]);
                }
            }
        }
    }

    private void step(int s, long address0, long address1) {
        int flags = timing.flags[s];
        if ((flags & CodeTiming.FUSED) != 0) {
            return;
        }
        boolean many = (flags & CodeTiming.MANY) != 0;
        long operands = many ? latest(timing.manyRead[s]) : packed(timing.dataRegisters[s]);
        long loaded = 0;
        if ((flags & CodeTiming.LOAD) != 0) {
            loaded = load(s, flags, (flags & CodeTiming.LOAD_SECOND) != 0 ? address1 : address0);
        }
        long complete = loaded;
        boolean eliminated = (flags & CodeTiming.ELIMINATED) != 0;
        if (eliminated) {
            complete = operands;
        } else if ((flags & CodeTiming.OPERATE) != 0) {
            long from = Math.max(operands, loaded);
            if ((flags & (CodeTiming.LOAD | CodeTiming.STORE)) == 0) {
                from = Math.max(from, packed(timing.addressRegisters[s]));
            }
            if ((flags & CodeTiming.LATE_OPERANDS) != 0) {
                from = Math.max(from, packed(timing.lateRegisters[s]) - timing.lateCycles[s]);
            }
            // How long a string operation takes depends on its length.
            complete = from + ((flags & CodeTiming.REPEATED) != 0 ? 1 : timing.latency[s]);
        }
        if ((flags & CodeTiming.STORE) != 0) {
            boolean result = (flags & CodeTiming.OPERATE) != 0 && (flags & CodeTiming.BRANCH) == 0;
            store(s, (flags & CodeTiming.STORE_SECOND) != 0 ? address1 : address0,
                    result ? complete : Math.max(loaded, operands));
        }
        for (int shift = 0; shift < 8 * CodeTiming.PACKED; shift += 8) {
            ready[timing.results[s] >> shift & REGISTERS - 1] = complete;
        }
        ready[CodeTiming.NO_REGISTER] = 0;
        if (many) {
            for (long left = timing.manyWritten[s]; left != 0; left &= left - 1) {
                ready[Long.numberOfTrailingZeros(left)] = complete;
            }
        }
        longest = Math.max(longest, complete);
    }

    private long packed(int registers) {
        return Math.max(Math.max(ready[registers & 63], ready[registers >> 8 & 63]), ready[registers >> 16 & 63]);
    }

    private long latest(long registers) {
        long latest = 0;
        for (long left = registers; left != 0; left &= left - 1) {
            latest = Math.max(latest, ready[Long.numberOfTrailingZeros(left)]);
        }
        return latest;
    }

    /** A load takes its latency, and what a store before it wrote is there no earlier than the store's data. */
    private long load(int s, int flags, long at) {
        int bytes = timing.loadBytes[s];
        long loaded = packed(timing.addressRegisters[s]) + timing.loadLatency[s];
        for (int back = 0; back < storeAddress.length; back++) {
            int k = youngest - back < 0 ? youngest - back + storeAddress.length : youngest - back;
            if (storeBytes[k] == 0) {
                break;
            }
            if (storeAddress[k] < at + bytes && at < storeAddress[k] + storeBytes[k]) {
                boolean same = storeAddress[k] == at && (storeBytes[k] == bytes || narrow && storeBytes[k] > bytes)
                        && storeRenameable[k] && timing.name[s] != 0;
                boolean early = renames || predicts && (predictsModify || (flags & CodeTiming.MODIFY) == 0);
                return same && early ? storeData[k] : Math.max(loaded, storeData[k] + forward);
            }
        }
        return loaded;
    }

    private void store(int s, long at, long data) {
        youngest = youngest + 1 == storeAddress.length ? 0 : youngest + 1;
        storeAddress[youngest] = at;
        storeBytes[youngest] = timing.storeBytes[s];
        storeData[youngest] = data;
        storeRenameable[youngest] = timing.name[s] != 0;
    }
}
