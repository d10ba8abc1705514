package dev.cyclecast.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Lower bounds of the cycles that executed instructions take, from how often each was executed: a twin of the simulator
 * that knows no time.
 */
final class BoundCalculator {
    private static final int TWO_TAKEN = 2;

    private final CodeTiming timing;
    private final CoreProfile profile;
    private final Ports layout;

    /** For code on a core. */
    BoundCalculator(CodeTiming timing, CoreProfile profile) {
        this.timing = timing;
        this.profile = profile;
        layout = new Ports(profile);
    }

    /**
     * Fails where a core that ran from rest, and whose counters were never cleared, did so faster than it can, or lost cycles
     * in its accounts.
     *
     * @param what what was replayed, for the message
     */
    static void check(Core core, CodeTiming timing, CoreProfile profile, String what) {
        core.stack.balance(core.cycles(), what);
        new BoundCalculator(timing, profile).of(core.executed, core.branches.taken, core.wrong, 0).hold(core.cycles(), what);
    }

    /**
     * The bound of instructions executed.
     *
     * @param executed     executions of each instruction
     * @param taken        branches taken among them; may be less where they were not counted
     * @param mispredicted branches mispredicted among them
     * @param lead         cycles by which dispatch was ahead of retirement before the first of them; 0 for a core at rest
     */
    CycleBound of(long[] executed, long taken, long mispredicted, long lead) {
        int delivered = Math.min(profile.get(Constant.OP_CACHE_OPS_PER_CYCLE),
                profile.get(Constant.OP_CACHE_OPS_PER_ENTRY) * profile.get(Constant.OP_CACHE_ENTRIES_PER_CYCLE));
        int decoders = profile.get(Constant.DECODE_WIDTH);
        boolean opCache = profile.get(Constant.OP_CACHE_SETS) > 0;
        long ops = 0;
        long stores = 0;
        // Shares of a cycle of delivery, in units of 1 / (delivered * decoders).
        long delivery = 0;
        PortWork work = new PortWork();
        for (int s = 0; s < executed.length; s++) {
            long n = executed[s];
            int instructionOps = timing.ops[s];
            if (n == 0 || instructionOps == 0) {
                continue;
            }
            ops += n * instructionOps;
            int fromOpCache = Math.min(instructionOps, delivered) * decoders;
            delivery += n * (opCache ? Math.min(fromOpCache, delivered) : delivered);
            int flags = timing.flags[s];
            if ((flags & (CodeTiming.LOAD | CodeTiming.PREFETCH)) != 0) {
                work.add(layout.load, n);
            }
            if ((flags & CodeTiming.STORE) != 0) {
                stores += n;
                if ((flags & CodeTiming.MODIFY) == 0) {
                    work.add(layout.store, n);
                }
                if ((flags & CodeTiming.STORE_DATA) != 0) {
                    work.add(layout.alu, n);
                }
            }
            if ((flags & (CodeTiming.OPERATE | CodeTiming.ELIMINATED)) == CodeTiming.OPERATE) {
                work.add(timing.ports[s], n * timing.busy[s]);
            }
        }
        int width = profile.get(Constant.DISPATCH_WIDTH);
        long queued = Math.max(0, stores - profile.get(Constant.STORE_QUEUE_ENTRIES));
        // What the op queue held was delivered before the first of them was dispatched.
        long early = lead == 0 ? 0 : profile.get(Constant.OP_QUEUE_ENTRIES);
        long late = Math.max(0, delivery - (early == 0 ? 0 : (early + delivered) * (opCache ? decoders : delivered)));
        int takenEach = profile.get(Constant.FAST_BTB_ENTRIES) > 0 ? TWO_TAKEN : 1;
        PortWork.Busiest busiest = work.busiest();
        List<CycleBound.Limit> limits = new ArrayList<>();
        limits.add(new CycleBound.Limit("dispatch", "the dispatch width", up(ops, width)));
        limits.add(new CycleBound.Limit("redirects", "the dispatch width with the refills of mispredicted branches",
                up(ops, width) + mispredicted * profile.get(Constant.MISPREDICT_REFILL)));
        limits.add(new CycleBound.Limit("retire", "the retire width", up(ops, profile.get(Constant.RETIRE_WIDTH))));
        limits.add(new CycleBound.Limit("fetch", opCache ? "delivery by the op cache" : "delivery by the decoders",
                up(late, (long) delivered * decoders)));
        limits.add(new CycleBound.Limit("taken", "taken branches per cycle",
                Math.max(0, taken - early) / takenEach));
        limits.add(new CycleBound.Limit("ports", "the ports of " + names(busiest.ports()), busiest.cycles()));
        limits.add(new CycleBound.Limit("commit", "stores that commit per cycle",
                up(queued, profile.get(Constant.STORE_COMMITS))));
        return new CycleBound(lead, limits);
    }

    private static long up(long work, long perCycle) {
        return Math.ceilDiv(work, perCycle);
    }

    /** What the ports of a mask do; a group that lies within another one goes without saying. */
    private String names(int ports) {
        List<String> names = new ArrayList<>();
        for (InstructionTable.Port group : InstructionTable.Port.values()) {
            int mask = layout.mask(group);
            boolean own = group != InstructionTable.Port.STRING && group != InstructionTable.Port.SERIAL;
            if (own && mask != 0 && (mask & ~ports) == 0) {
                names.add(group.name().toLowerCase(java.util.Locale.ROOT));
            }
        }
        if ((layout.store & ~ports) == 0) {
            names.add("store");
        }
        return names.isEmpty() ? "nothing" : String.join(", ", names);
    }
}
