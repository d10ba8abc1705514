package dev.cyclecast.model;

/** Rename and dispatch: takes macro-ops in program order, a group each cycle, while every queue behind it has room. */
final class Dispatch {
    long macroOps;
    private final FrontEnd frontEnd;
    private final Schedulers schedulers;
    private final InFlight inFlight;
    private final LoadStore loadStore;
    private final Retirement retirement;
    private final CpiStack stack;
    private final InOrderQueue opQueue;
    private final DispatchGroup group;
    private long cycle;
    private long serialUntil;
    private int redirectSite;

    /** A dispatch stage at rest. */
    Dispatch(CoreProfile p, FrontEnd frontEnd, Schedulers schedulers, InFlight inFlight, LoadStore loadStore,
             Retirement retirement, CpiStack stack, DispatchGroup group) {
        this.frontEnd = frontEnd;
        this.schedulers = schedulers;
        this.inFlight = inFlight;
        this.loadStore = loadStore;
        this.retirement = retirement;
        this.stack = stack;
        opQueue = new InOrderQueue(p.get(Constant.OP_QUEUE_ENTRIES));
        this.group = group;
    }

    /** Cycle of the last dispatch. */
    long cycle() {
        return cycle;
    }

    /** Cycle at which the op queue, between the front end and here, has room. */
    long room() {
        return opQueue.free();
    }

    /** Nothing is dispatched before a cycle: that of a serialising instruction's completion, or what an atomic operation holds up. */
    void serialise(long until) {
        serialUntil = Math.max(serialUntil, until);
    }

    /** What is fetched next waited for a mispredicted branch, or a load whose forwarding was. */
    void redirectedBy(int site) {
        redirectSite = site;
    }

    /**
     * Dispatches an instruction.
     *
     * @param fetched cycle at which the front end has it
     * @return the cycle of dispatch
     */
    long dispatch(InstructionTiming x, long fetched) {
        long at = cycle;
        if (fetched > at) {
            Cause why = frontEnd.cause;
            stack.dispatch(why, why.isRedirect() ? redirectSite : x.number, fetched - at);
            at = fetched;
            group.clear();
        }
        long use = x.group;
        if (!group.take(use)) {
            stack.dispatch(Cause.DISPATCH, x.number, 1);
            at++;
            group.clear();
            group.take(use);
        }
        long limit = room(x, at);
        if (limit > at) {
            at = limit;
            group.clear();
            group.take(use);
        }
        int further = x.furtherCycles;
        if (further > 0) {
            // Microcode: an instruction of more macro-ops than fit into a cycle takes further cycles.
            stack.dispatch(Cause.DISPATCH, x.number, further);
            at += further;
        }
        cycle = at;
        macroOps += x.ops;
        opQueue.take(at, x.ops);
        return at;
    }

    /** Cycle at or after another at which every queue behind has room; charges the wait. */
    private long room(InstructionTiming x, long at) {
        long limit = inFlight.room(x.needed, at);
        if (x.is(CodeTiming.LOAD)) {
            limit = loadStore.loadRoom(limit);
        }
        long charged = at;
        if (x.is(CodeTiming.STORE) && loadStore.storeRoom() > limit) {
            charge(null, x.number, limit - at);
            charge(Cause.STORES, x.number, loadStore.storeRoom() - limit);
            limit = loadStore.storeRoom();
            charged = limit;
        }
        if (x.is(CodeTiming.SERIAL)) {
            limit = Math.max(limit, retirement.cycle());
        }
        limit = schedulers.place(x.operationQueues, x.addressQueues, Math.max(limit, serialUntil));
        charge(null, x.number, limit - charged);
        return limit;
    }

    private void charge(Cause why, int s, long cycles) {
        if (cycles > 0) {
            stack.dispatch(why, s, cycles);
        }
    }
}
