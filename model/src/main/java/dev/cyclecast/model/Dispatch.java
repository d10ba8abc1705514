package dev.cyclecast.model;

/** Rename and dispatch: takes macro-ops in program order, a group each cycle, while every queue behind it has room. */
final class Dispatch {
    long macroOps;
    private final CodeTiming timing;
    private final FrontEnd frontEnd;
    private final Schedulers schedulers;
    private final PhysicalRegisters physical;
    private final LoadStore loadStore;
    private final Retirement retirement;
    private final CpiStack stack;
    private final InOrderQueue opQueue;
    private final DispatchGroup group;
    private long cycle;
    private long serialUntil;
    private int redirectSite;

    /** A dispatch stage at rest. */
    Dispatch(CodeTiming timing, CoreProfile p, FrontEnd frontEnd, Schedulers schedulers, PhysicalRegisters physical,
             LoadStore loadStore, Retirement retirement, CpiStack stack) {
        this.timing = timing;
        this.frontEnd = frontEnd;
        this.schedulers = schedulers;
        this.physical = physical;
        this.loadStore = loadStore;
        this.retirement = retirement;
        this.stack = stack;
        opQueue = new InOrderQueue(p.get(Constant.OP_QUEUE_ENTRIES));
        group = new DispatchGroup(p);
    }

    /** Cycle of the last dispatch. */
    long cycle() {
        return cycle;
    }

    /** Cycle at which the op queue, between the front end and here, has room. */
    long room() {
        return opQueue.free();
    }

    /** Nothing is dispatched before a serialising instruction is complete. */
    void serialise(long complete) {
        serialUntil = complete;
    }

    /** What is fetched next waited for a mispredicted branch. */
    void redirectedBy(int site) {
        redirectSite = site;
    }

    /**
     * Dispatches an instruction.
     *
     * @param fetched cycle at which the front end has it
     * @return the cycle of dispatch
     */
    long dispatch(int s, int flags, int ops, long fetched) {
        long at = cycle;
        if (fetched > at) {
            Cause why = frontEnd.cause;
            stack.dispatch(why, why == Cause.MISPREDICT ? redirectSite : s, fetched - at);
            at = fetched;
            group.clear();
        }
        long use = timing.group[s];
        if (!group.take(use)) {
            stack.dispatch(Cause.DISPATCH, s, 1);
            at++;
            group.clear();
            group.take(use);
        }
        long limit = room(s, flags, at);
        if (limit > at) {
            at = limit;
            group.clear();
            group.take(use);
        }
        int further = timing.furtherCycles[s];
        if (further > 0) {
            // Microcode: an instruction of more macro-ops than fit into a cycle takes further cycles.
            stack.dispatch(Cause.DISPATCH, s, further);
            at += further;
        }
        cycle = at;
        macroOps += ops;
        opQueue.take(at, ops);
        return at;
    }

    /** Cycle at or after another at which every queue behind has room; charges the wait. */
    private long room(int s, int flags, long at) {
        long limit = Math.max(Math.max(retirement.room(), physical.room(timing.registers[s])), at);
        if ((flags & CodeTiming.LOAD) != 0) {
            limit = loadStore.loadRoom(limit);
        }
        long charged = at;
        if ((flags & CodeTiming.STORE) != 0 && loadStore.storeRoom() > limit) {
            charge(null, s, limit - at);
            charge(Cause.STORES, s, loadStore.storeRoom() - limit);
            limit = loadStore.storeRoom();
            charged = limit;
        }
        if ((flags & CodeTiming.SERIAL) != 0) {
            limit = Math.max(limit, retirement.cycle());
        }
        limit = schedulers.place(timing.queues[s], Math.max(limit, serialUntil));
        charge(null, s, limit - charged);
        return limit;
    }

    private void charge(Cause why, int s, long cycles) {
        if (cycles > 0) {
            stack.dispatch(why, s, cycles);
        }
    }
}
