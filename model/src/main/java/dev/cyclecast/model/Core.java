package dev.cyclecast.model;

import java.util.Arrays;

/**
 * A core that replays executed instructions: for each macro-op the cycles at which it is fetched, dispatched, issued,
 * completed and retired, under the limits of a {@link CoreProfile}.
 *
 * <p>One pass in program order; time runs forward within each resource, and out-of-order issue comes from each operation
 * taking the first cycle that its operands and a port allow. Nothing is allocated per instruction.
 */
final class Core {
    private static final long STACK_REACH_BYTES = 1 << 20;

    /** Branch mispredictions, fetches and caches as counted by the units. */
    final BranchPredictor branches;
    final FrontEnd frontEnd;
    final Memory memory;
    final CpiStack stack;
    long instructions;
    long macroOps;
    long loads;
    long stores;
    long forwards;
    long forwardFailures;
    long renamedLoads;
    /** Branches mispredicted since counting began. */
    long wrong;

    /** Mispredictions by site. */
    final long[] mispredicted;
    /** Executions by site. */
    final long[] executed;

    private final CodeTiming timing;
    private final long[] address;
    private final long stackShift;
    private final Code code;
    private final Ports ports;
    private final StoreForwarding forwarding;
    private final Schedulers schedulers;
    private final DispatchGroup group;
    private final RegisterFile integers;
    private final RegisterFile flagRegisters;
    private final RegisterFile vectors;
    private final int retireWidth;
    private final int forwardLatency;
    private final int forwardFail;
    private final int storeCommits;
    private final int lineCross;
    private final int alias;
    private final int secondBubble;
    private final int callBubble;
    private final boolean renameStack;
    private final boolean renameMemory;
    private final boolean perfectBranches;

    private final long[] ready = new long[CodeTiming.NO_REGISTER + 1];
    private final long[] version = new long[CodeTiming.NO_REGISTER + 1];
    private final long[] retireRing;
    private int retireHead;
    private final long[] dispatchRing;
    private int dispatchHead;
    private final long[] loadRing;
    private int loadHead;
    private final long[] storeRing;
    private int storeHead;
    private long dispatched;
    private long retired;
    private int retiredNow;
    private long committed;
    private int committedNow;
    private byte[] outcome;
    private boolean[] knownBranch;
    private int nextOutcome;
    private int redirectSite;
    private long serialUntil;
    private long lockedUntil;
    private long fusedComplete;
    private Cause loadCause = Cause.L1D;
    private long stackLow = Long.MAX_VALUE;
    private long stackHigh;

    /**
     * A core at rest.
     *
     * @param sites whether to keep accounts of each site, besides those of the whole
     */
    Core(Code code, CodeTiming timing, CoreProfile p, Placement placement, long colourSeed, boolean sites) {
        this.timing = timing;
        address = placement.addresses();
        stackShift = placement.stackShift();
        this.code = code;
        memory = new Memory(p, colourSeed);
        frontEnd = new FrontEnd(p, memory);
        branches = new BranchPredictor(p);
        ports = new Ports(p);
        forwarding = new StoreForwarding(p);
        stack = new CpiStack(sites ? code.size() : 0);
        mispredicted = new long[code.size()];
        executed = new long[code.size()];
        schedulers = new Schedulers(p);
        group = new DispatchGroup(p);
        integers = new RegisterFile(p.get(Constant.INT_REGISTERS));
        flagRegisters = new RegisterFile(p.get(Constant.FLAG_REGISTERS));
        vectors = new RegisterFile(p.get(Constant.VECTOR_REGISTERS));
        retireWidth = p.get(Constant.RETIRE_WIDTH);
        forwardLatency = p.get(Constant.FORWARD_LATENCY);
        forwardFail = p.get(Constant.FORWARD_FAIL);
        storeCommits = p.get(Constant.STORE_COMMITS);
        lineCross = p.get(Constant.LINE_CROSS_EXTRA);
        alias = p.get(Constant.ALIAS_4K_EXTRA);
        secondBubble = p.get(Constant.BTB_L2_BUBBLE);
        callBubble = p.get(Constant.BTB_CALL_BUBBLE);
        perfectBranches = p.has(Constant.PERFECT_BRANCHES);
        renameStack = p.has(Constant.RENAME_STACK);
        renameMemory = p.has(Constant.RENAME_MEMORY);
        retireRing = new long[p.get(Constant.ROB_ENTRIES)];
        dispatchRing = new long[p.get(Constant.OP_QUEUE_ENTRIES)];
        loadRing = new long[p.get(Constant.LOAD_QUEUE_ENTRIES)];
        storeRing = new long[p.get(Constant.STORE_QUEUE_ENTRIES)];
    }

    /** Cycles until the last retirement. */
    long cycles() {
        return retired;
    }

    /** Fills the caches with data lines and the lines of executed code, both least recently used first. */
    void warm(long[] dataLines, int[] executedCode) {
        for (long line : dataLines) {
            memory.warm(shift(line << 6) >>> 6);
        }
        for (int s : executedCode) {
            if (address[s] != 0) {
                frontEnd.warm(address[s] >>> 6);
            }
        }
    }

    /** Takes the outcomes of branches from a pass made before, instead of predicting them. */
    void branchesAre(byte[] outcomes, boolean[] known) {
        outcome = outcomes;
        knownBranch = known;
    }

    /** Outcomes used up so far. */
    long knownBranches() {
        return nextOutcome;
    }

    /** Forgets what sites were charged so far; the units' counters run on. */
    void countFromHere() {
        stack.clear();
        Arrays.fill(mispredicted, 0);
        Arrays.fill(executed, 0);
        wrong = 0;
    }

    /** Replays events {@code from} to {@code to}; the event at {@code to} is looked at for the last branch, if there is one. */
    void run(Events events, int from, int to) {
        int[] instruction = events.instruction;
        for (int e = from; e < to; e++) {
            int next = e + 1 < events.size ? instruction[e + 1] : -1;
            step(instruction[e], next, events.address0[e], events.address1[e], events.value[e]);
        }
        instructions += to - from;
    }

    private void step(int s, int next, long address0, long address1, int value) {
        executed[s]++;
        int flags = timing.flags[s];
        int ops = timing.ops[s];
        long fetched = frontEnd.deliver(address[s], timing.length[s], ops, ops == 0 ? 0 : dispatchRing[dispatchHead]);
        long complete;
        if ((flags & CodeTiming.FUSED) != 0) {
            complete = fusedComplete;
        } else {
            dispatch(s, ops, fetched, flags);
            complete = execute(s, flags, address0, address1, value);
        }
        if ((flags & CodeTiming.BRANCH) != 0 && next >= 0) {
            branch(s, next, complete);
        }
    }

    private void dispatch(int s, int ops, long fetched, int flags) {
        long at = dispatched;
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
        long limit = Math.max(retireRing[retireHead], registers(timing.registers[s]));
        if ((flags & CodeTiming.LOAD) != 0) {
            limit = Math.max(limit, loadRing[loadHead]);
        }
        if ((flags & CodeTiming.STORE) != 0 && storeRing[storeHead] > Math.max(limit, at)) {
            stack.dispatch(Cause.STORES, s, storeRing[storeHead] - Math.max(limit, at));
            limit = storeRing[storeHead];
        }
        if ((flags & CodeTiming.SERIAL) != 0) {
            limit = Math.max(limit, retired);
        }
        limit = Math.max(limit, serialUntil);
        limit = schedulers.place(timing.queues[s], Math.max(limit, at));
        if (limit > at) {
            if ((flags & CodeTiming.STORE) == 0 || storeRing[storeHead] != limit) {
                stack.dispatch(null, s, limit - at);
            }
            at = limit;
            group.clear();
            group.take(use);
        }
        int further = timing.furtherCycles[s];
        if (further > 0) {
            stack.dispatch(Cause.DISPATCH, s, further);
            at += further;
        }
        dispatched = at;
        macroOps += ops;
        dispatchHead = note(dispatchRing, dispatchHead, at, ops);
    }

    /** Cycle from which the registers that an instruction takes are free. */
    private long registers(int taken) {
        long room = 0;
        if ((taken & 0xff) != 0) {
            room = integers.room(taken & 0xff);
        }
        if ((taken & 0xff00) != 0) {
            room = Math.max(room, flagRegisters.room(1));
        }
        return taken >> 16 == 0 ? room : Math.max(room, vectors.room(taken >> 16));
    }

    /** Issues, completes and retires one instruction; returns the cycle of completion. */
    private long execute(int s, int flags, long address0, long address1, int value) {
        long earliest = dispatched + 1;
        boolean many = (flags & CodeTiming.MANY) != 0;
        long operands = many ? manyOperands(s) : operands(timing.dataRegisters[s]);
        long complete = dispatched;
        Cause back = Cause.EXECUTE;
        long loaded = 0;
        if ((flags & CodeTiming.LOAD) != 0) {
            loads++;
            loaded = load(s, flags, shift((flags & CodeTiming.LOAD_SECOND) != 0 ? address1 : address0), earliest);
            complete = loaded;
            back = loadCause;
        }
        if ((flags & CodeTiming.PREFETCH) != 0) {
            prefetch(s, shift(address0), earliest);
        }
        if ((flags & CodeTiming.ELIMINATED) != 0) {
            complete = Math.max(dispatched, operands);
        } else if ((flags & CodeTiming.OPERATE) != 0) {
            long from = Math.max(Math.max(operands, loaded), earliest);
            if ((flags & (CodeTiming.LOAD | CodeTiming.STORE)) == 0) {
                from = Math.max(from, operands(timing.addressRegisters[s]));
            }
            if ((flags & CodeTiming.LOCKED) != 0) {
                from = Math.max(from, lockedUntil);
            }
            int queue = schedulers.operation;
            long issue = ports.issue(schedulers.ports(queue, timing.ports[s]), from, timing.busy[s]);
            schedulers.enter(queue, issue);
            complete = issue + latency(s, flags, address0, address1, value);
            // Whichever took longer is what retirement waited for: the load, or what was done with it.
            if (loaded == 0 || loaded < from || complete - issue > loaded - dispatched) {
                back = issue > from ? Cause.PORTS : Cause.EXECUTE;
            }
        }
        if ((flags & (CodeTiming.LOCKED | CodeTiming.SERIAL)) != 0) {
            back = Cause.SERIAL;
            if ((flags & CodeTiming.LOCKED) != 0) {
                lockedUntil = complete;
            } else {
                serialUntil = complete;
            }
        }
        long stored = 0;
        long slot = 0;
        long agu = earliest;
        if ((flags & CodeTiming.STORE) != 0) {
            stores++;
            slot = shift((flags & CodeTiming.STORE_SECOND) != 0 ? address1 : address0);
            if ((flags & CodeTiming.LOAD) == 0) {
                agu = generate(s, earliest);
            } else if ((flags & CodeTiming.MODIFY) == 0) {
                agu = ports.issue(ports.store, Math.max(earliest, operands(timing.addressRegisters[s])));
            }
            // Data comes from the operation, from the load (push of memory), or from a register.
            long data = (flags & CodeTiming.OPERATE) != 0 && (flags & CodeTiming.BRANCH) == 0 ? complete
                    : Math.max(loaded, Math.max(operands, dispatched));
            stored = data;
            complete = Math.max(complete, Math.max(agu + 1, data));
        }
        write(timing.results[s], complete);
        if (many) {
            writeMany(s, complete);
        }
        retire(s, timing.ops[s], complete, back);
        if (timing.registers[s] != 0) {
            takeRegisters(timing.registers[s]);
        }
        if ((flags & CodeTiming.LOAD) != 0) {
            loadHead = note(loadRing, loadHead, retired, 1);
        }
        if ((flags & CodeTiming.STORE) != 0) {
            commit(s, flags, slot, agu, stored);
        }
        fusedComplete = complete;
        return complete;
    }

    private void takeRegisters(int taken) {
        integers.take(taken & 0xff, retired);
        flagRegisters.take(taken >> 8 & 0xff, retired);
        vectors.take(taken >> 16, retired);
    }

    /** Cycles of an operation; of a repeated one by the count and the destination that its event has. */
    private int latency(int s, int flags, long address0, long address1, int value) {
        if ((flags & CodeTiming.REPEATED) == 0) {
            return timing.latency[s];
        }
        return timing.strings.cycles(value, Math.max(timing.storeBytes[s], timing.loadBytes[s]), (flags & CodeTiming.LOAD) != 0,
                (flags & CodeTiming.STORE) != 0, (flags & CodeTiming.STORE_SECOND) != 0 ? address1 : address0);
    }

    /** Cycle at which all registers of a packed set are ready. */
    private long operands(int packed) {
        return Math.max(Math.max(ready[packed & 63], ready[packed >> 8 & 63]), ready[packed >> 16 & 63]);
    }

    private long manyOperands(int s) {
        long latest = 0;
        for (long left = timing.manyRead[s]; left != 0; left &= left - 1) {
            latest = Math.max(latest, ready[Long.numberOfTrailingZeros(left)]);
        }
        return latest;
    }

    private void write(int packed, long complete) {
        for (int shift = 0; shift < 8 * CodeTiming.PACKED; shift += 8) {
            int r = packed >> shift & 63;
            ready[r] = complete;
            version[r]++;
        }
        ready[CodeTiming.NO_REGISTER] = 0;
        // What is no register keeps its version, so that a store and a load with the same base have the same.
        version[CodeTiming.NO_REGISTER] = 0;
    }

    private void writeMany(int s, long complete) {
        for (long left = timing.manyWritten[s]; left != 0; left &= left - 1) {
            ready[Long.numberOfTrailingZeros(left)] = complete;
            version[Long.numberOfTrailingZeros(left)]++;
        }
    }

    /** Generates the address of a load or a store; returns the cycle. */
    private long generate(int s, long earliest) {
        int queue = schedulers.address;
        long agu = ports.issue(schedulers.ports(queue, timing.addressPorts[s]),
                Math.max(earliest, operands(timing.addressRegisters[s])));
        schedulers.enter(queue, agu);
        return agu;
    }

    private long load(int s, int flags, long at, long earliest) {
        long form = form(s, flags);
        long base = baseVersion(s, flags);
        int latency = timing.loadLatency[s];
        int bytes = timing.loadBytes[s];
        long agu = generate(s, earliest);
        int found = forwarding.load(at, bytes, agu, form, base);
        if ((flags & CodeTiming.LOCKED) != 0) {
            // An atomic operation reads L1D, once older stores to its address and older atomic operations are done.
            agu = Math.max(agu, Math.max(lockedUntil, found == StoreForwarding.NONE ? 0 : forwarding.ready));
            found = StoreForwarding.NONE;
        }
        if (found == StoreForwarding.RENAMED) {
            renamedLoads++;
            loadCause = Cause.FORWARD;
            return Math.max(dispatched, forwarding.ready);
        }
        if ((at & 63) + bytes > 64) {
            latency += lineCross;
        }
        long data = memory.access(at, agu, latency);
        loadCause = memory.level;
        if ((at & 63) + bytes > 64) {
            long second = memory.access(at + bytes - 1, agu, latency);
            if (second > data) {
                data = second;
                loadCause = memory.level;
            }
        }
        if (found == StoreForwarding.FORWARDED) {
            forwards++;
            loadCause = Cause.FORWARD;
            return Math.max(agu + latency, forwarding.ready + forwardLatency);
        }
        if (found == StoreForwarding.FAILED) {
            forwardFailures++;
            loadCause = Cause.FORWARD;
            return Math.max(data, forwarding.ready + forwardFail);
        }
        if (alias > 0 && (flags & CodeTiming.LOCKED) == 0 && forwarding.aliases(at, agu)) {
            loadCause = Cause.FORWARD;
            return data + alias;
        }
        return data;
    }

    /** Brings a line in; a recorder does not see which, so that only prefetches that edits put in have an address. */
    private void prefetch(int s, long at, long earliest) {
        long agu = generate(s, earliest);
        if (at != 0) {
            memory.access(at, agu, 0);
        }
    }

    /** Identifies an address expression for memory renaming; 0 where this core does not rename it. */
    private long form(int s, int flags) {
        if ((flags & CodeTiming.RENAMEABLE) == 0) {
            return 0;
        }
        if ((flags & CodeTiming.STACK) != 0) {
            // push, pop, call, ret: the displacement is implied, the address itself identifies the slot.
            return renameStack ? 1 : 0;
        }
        return renameMemory ? timing.expression[s] | 2 : 0;
    }

    private long baseVersion(int s, int flags) {
        if ((flags & CodeTiming.STACK) != 0) {
            return 0;
        }
        int packed = timing.addressRegisters[s];
        return version[packed & 63] * 31 + version[packed >> 8 & 63];
    }

    private void commit(int s, int flags, long at, long agu, long data) {
        int bytes = timing.storeBytes[s];
        long there = memory.access(at, agu, 0);
        long when = Math.max(Math.max(retired + 1, there), committed);
        if (when == committed) {
            if (++committedNow > storeCommits) {
                when++;
                committedNow = 1;
            }
        } else {
            committedNow = 1;
        }
        committed = when;
        forwarding.store(at, bytes, data, when, form(s, flags), baseVersion(s, flags));
        storeHead = note(storeRing, storeHead, when, 1);
    }

    private void retire(int s, int ops, long complete, Cause back) {
        long at = Math.max(complete + 1, retired);
        Cause why = back;
        if (at == retired && retiredNow + ops > retireWidth && retiredNow > 0) {
            at++;
            why = Cause.RETIRE;
        }
        if (at > retired) {
            stack.retire(s, at - retired, why);
            retired = at;
            retiredNow = 0;
        }
        retiredNow += ops;
        retireHead = note(retireRing, retireHead, at, ops);
    }

    /** Writes a cycle into a ring for each macro-op; returns the new head. */
    private static int note(long[] ring, int head, long at, int ops) {
        int next = head;
        for (int left = ops; left > 0; left--) {
            ring[next] = at;
            next = next + 1 == ring.length ? 0 : next + 1;
        }
        return next;
    }

    private void branch(int s, int next, long complete) {
        int found = predict(s, next);
        int kind = found & BranchOutcomes.KIND;
        if (kind == BranchPredictor.WRONG) {
            redirectSite = s;
            mispredicted[s]++;
            wrong++;
            frontEnd.redirect(complete);
        } else if (kind == BranchPredictor.DECODED) {
            frontEnd.redirectAtDecode();
        } else if (code.isTaken(s, next)) {
            int bubble = ((found & BranchOutcomes.SECOND_LEVEL) != 0 ? secondBubble : 0)
                    + ((found & BranchOutcomes.CALL) != 0 ? callBubble : 0);
            frontEnd.taken(bubble, (found & BranchOutcomes.FAST) != 0);
        }
    }

    /** Outcome and flags of {@link BranchOutcomes}. */
    private int predict(int s, int next) {
        int found;
        if (outcome != null) {
            found = knownBranch[s] && nextOutcome < outcome.length ? outcome[nextOutcome++] : BranchPredictor.RIGHT;
        } else {
            found = branches.predict(timing.flow[s], address[s], address[s] + timing.length[s], code.isTaken(s, next),
                    address[next]) | branches.bubbles();
        }
        return perfectBranches ? BranchPredictor.RIGHT : found;
    }

    /** Moves a stack address with the layout. */
    private long shift(long data) {
        return data >= stackLow && data < stackHigh ? data + stackShift : data;
    }

    /** Declares the addresses of the stack, which a layout may move. */
    void stackAround(long pointer) {
        stackLow = pointer - STACK_REACH_BYTES;
        stackHigh = pointer + STACK_REACH_BYTES;
    }
}
