package dev.cyclecast.model;

/** Rename and dispatch: takes macro-ops in program order, so many a cycle, while every queue behind it has room. */
final class Dispatch {
    long macroOps;
    private final FrontEnd frontEnd;
    private final Scheduler integer;
    private final Scheduler addresses;
    private final LoadStore loadStore;
    private final Retirement retirement;
    private final CpiStack stack;
    private final InOrderQueue opQueue;
    private final int width;
    private long cycle;
    private int dispatchedNow;
    private long serialUntil;
    private int redirectSite;

    /**
     * A dispatch stage at rest.
     *
     * @param integer   the scheduler that every operation enters
     * @param addresses that of loads and stores, which may be the same
     */
    Dispatch(CoreProfile p, FrontEnd frontEnd, Scheduler integer, Scheduler addresses, LoadStore loadStore,
             Retirement retirement, CpiStack stack) {
        this.frontEnd = frontEnd;
        this.integer = integer;
        this.addresses = addresses;
        this.loadStore = loadStore;
        this.retirement = retirement;
        this.stack = stack;
        opQueue = new InOrderQueue(p.get(Constant.OP_QUEUE_ENTRIES));
        width = p.get(Constant.DISPATCH_WIDTH);
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
            dispatchedNow = 0;
        }
        if (dispatchedNow + ops > width && dispatchedNow > 0) {
            stack.dispatch(Cause.DISPATCH, s, 1);
            at++;
            dispatchedNow = 0;
        }
        long limit = room(s, flags, at);
        if (limit > at) {
            if ((flags & CodeTiming.STORE) == 0 || loadStore.storeRoom() != limit) {
                stack.dispatch(null, s, limit - at);
            }
            at = limit;
            dispatchedNow = 0;
        }
        dispatchedNow += ops;
        if (dispatchedNow > width) {
            // Microcode: an instruction of more macro-ops than fit into a cycle takes further cycles.
            int further = (dispatchedNow - 1) / width;
            stack.dispatch(Cause.DISPATCH, s, further);
            at += further;
            dispatchedNow -= further * width;
        }
        cycle = at;
        macroOps += ops;
        opQueue.take(at, ops);
        return at;
    }

    /** Cycle at or after another at which every queue behind has room. */
    private long room(int s, int flags, long at) {
        long limit = Math.max(retirement.room(), at);
        if ((flags & CodeTiming.LOAD) != 0) {
            limit = Math.max(limit, loadStore.loadRoom());
        }
        if ((flags & CodeTiming.STORE) != 0 && loadStore.storeRoom() > limit) {
            stack.dispatch(Cause.STORES, s, loadStore.storeRoom() - limit);
            limit = loadStore.storeRoom();
        }
        if ((flags & CodeTiming.SERIAL) != 0) {
            limit = Math.max(limit, retirement.cycle());
        }
        limit = integer.room(Math.max(limit, serialUntil));
        return addresses != integer && (flags & (CodeTiming.LOAD | CodeTiming.STORE)) != 0 ? addresses.room(limit) : limit;
    }
}
