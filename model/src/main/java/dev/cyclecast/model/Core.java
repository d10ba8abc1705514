package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Registers;
import java.util.Arrays;

/**
 * A core that replays executed instructions: for each macro-op the cycles at which it is fetched, dispatched, issued,
 * completed and retired, under the limits of a {@link CoreProfile}.
 *
 * <p>One pass in program order; time runs forward within each resource, and out-of-order issue comes from each operation
 * taking the first cycle that its operands and a port allow. Nothing is allocated per instruction.
 */
final class Core {
    private static final int HIGH_HALF = CodeTiming.pack(Registers.bit(Registers.RDX), CodeTiming.NO_RESULT);

    /** The units, which count what happens in them. */
    final BranchPredictor branches;
    final FrontEnd frontEnd;
    final Dispatch dispatch;
    final LoadStore loadStore;
    final Memory memory;
    final CpiStack stack;
    long instructions;
    /** Branches mispredicted since counting began. */
    long wrong;

    /** Mispredictions by site. */
    final long[] mispredicted;
    /** Executions by site. */
    final long[] executed;

    private final InstructionTiming[] each;
    private final long[] address;
    private final RegisterFile registers = new RegisterFile();
    private final SpeculativeWakeup wakeup;
    private final Ports ports;
    private final Schedulers schedulers;
    private final Picks picks;
    private final InFlight inFlight;
    private final Retirement retirement;
    private final BranchBubbles bubbles;
    private final WrongPath wrongPath;
    private final StringTiming strings;
    private final boolean perfectBranches;
    private final int earlyPicks;
    /** Cycles from a load's value, and from the generation of a store's address, until it can retire. */
    private final int loadComplete;
    private final int storeComplete;
    private final int lockedDispatch;
    private final int lockedStore;
    private final int forwardCheck;
    private final int forwardMispredict;
    private final int addressIssue;
    private final int stackSync;

    /** The events that are replayed. */
    private long[] address0;
    private long[] address1;
    private int[] value;

    private byte[] outcome;
    private boolean[] knownBranch;
    private int nextOutcome;
    private long lockedUntil;
    /** Cycle at which the last atomic operation, as a store, generates its address. */
    private long lockedAddressed;
    private long stringUntil;
    private long fusedComplete;
    /** Not 0 if anything was pushed or popped since the stack pointer was moved last. */
    private int stackUsed;

    /**
     * A core at rest.
     *
     * @param sites whether to keep accounts of each site, besides those of the whole
     */
    Core(Code code, CodeTiming timing, CoreProfile p, Placement placement, long colourSeed, boolean sites) {
        each = timing.each();
        address = placement.addresses();
        memory = new Memory(p, colourSeed);
        frontEnd = new FrontEnd(p, memory);
        DispatchGroup group = new DispatchGroup(p);
        branches = new BranchPredictor(p);
        ports = new Ports(p);
        stack = new CpiStack(sites ? code.size() : 0);
        mispredicted = new long[code.size()];
        executed = new long[code.size()];
        schedulers = new Schedulers(p);
        picks = new Picks(p, ports);
        inFlight = new InFlight(p);
        wakeup = new SpeculativeWakeup(p, registers);
        loadStore = new LoadStore(code.size(), p, memory, registers, wakeup, ports, schedulers, group, placement.stackShift());
        retirement = new Retirement(p, stack);
        dispatch = new Dispatch(p, frontEnd, schedulers, inFlight, loadStore, retirement, stack, group);
        bubbles = new BranchBubbles(p);
        wrongPath = new WrongPath(p, timing, address, frontEnd);
        strings = StringTiming.of(p);
        perfectBranches = p.has(Constant.PERFECT_BRANCHES);
        earlyPicks = p.get(Constant.EARLY_PICKS);
        loadComplete = p.get(Constant.LOAD_COMPLETE);
        storeComplete = p.get(Constant.STORE_COMPLETE);
        lockedDispatch = p.get(Constant.LOCKED_DISPATCH);
        lockedStore = p.get(Constant.LOCKED_STORE);
        forwardCheck = p.get(Constant.FORWARD_CHECK);
        forwardMispredict = p.get(Constant.FORWARD_MISPREDICT);
        addressIssue = p.get(Constant.ADDRESS_ISSUE);
        stackSync = p.get(Constant.STACK_SYNC);
    }

    /** Cycles until the last retirement. */
    long cycles() {
        return retirement.cycle();
    }

    /** Cycles by which dispatch is ahead of retirement. */
    long lead() {
        return retirement.cycle() - dispatch.cycle();
    }

    /** Fills the caches with data lines and the lines of executed code, both least recently used first. */
    void warm(long[] dataLines, int[] executedCode) {
        for (long line : dataLines) {
            memory.warm(loadStore.placed(line << 6) >>> 6);
        }
        for (int s : executedCode) {
            if (address[s] != 0) {
                frontEnd.warm(address[s] >>> 6);
            }
        }
    }

    /** Declares the addresses of the stack, which a layout may move. */
    void stackAround(long pointer) {
        loadStore.stackAround(pointer);
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
        run(events.instruction, events.address0, events.address1, events.value, from, to,
                to < events.size ? events.instruction[to] : -1);
    }

    /** Replays events {@code from} to {@code to} of a batch; {@code after} is the instruction behind the last, -1 for none. */
    void run(EventBatch batch, int from, int to, int after) {
        run(batch.instruction, batch.address0, batch.address1, batch.value, from, to, after);
    }

    private void run(int[] instruction, long[] address0, long[] address1, int[] value, int from, int to, int after) {
        this.address0 = address0;
        this.address1 = address1;
        this.value = value;
        for (int e = from; e < to; e++) {
            int s = instruction[e];
            long complete = step(e, s);
            if (each[s].is(CodeTiming.BRANCH)) {
                int next = e + 1 < to ? instruction[e + 1] : after;
                if (next >= 0) {
                    branch(each[s], next, complete);
                }
            }
        }
        instructions += to - from;
    }

    /** Replays one instruction; returns the cycle at which it is complete. */
    private long step(int event, int s) {
        executed[s]++;
        InstructionTiming x = each[s];
        long fetched = frontEnd.deliver(x, address[s], x.ops == 0 ? 0 : dispatch.room());
        if (x.is(CodeTiming.FUSED)) {
            return fusedComplete;
        }
        long dispatched = dispatch.dispatch(x, fetched);
        if (x.is(CodeTiming.PLAIN)) {
            return operate(x, dispatched);
        }
        if (x.is(CodeTiming.PLAIN_LOAD)) {
            return load(x, event, dispatched);
        }
        if (x.is(CodeTiming.PLAIN_RENAME)) {
            long latest = registers.latest(x.dataRegisters);
            wakes(x, dispatched);
            return finish(x, Math.max(dispatched, RegisterFile.ready(latest)), 0, RegisterFile.markOf(latest), Cause.EXECUTE);
        }
        return execute(x, event, dispatched);
    }

    /** What {@link #execute} does with an instruction that is one operation on registers: most are. */
    private long operate(InstructionTiming x, long dispatched) {
        long latest = registers.latest(x.dataRegisters);
        long from = Math.max(RegisterFile.ready(latest), dispatched + 1);
        long issue = issue(x, latest, dispatched, from);
        int latency = x.latency + (x.is(CodeTiming.MOVES_STACK) ? stackSync() : 0);
        return finish(x, issue + latency, 0, mark(x, from, dispatched), issue > from ? Cause.PORTS : Cause.EXECUTE);
    }

    /** What an operation that moves the stack pointer takes longer: before it adds, what was pushed and popped is added to it. */
    private int stackSync() {
        int extra = stackUsed != 0 ? stackSync : 0;
        stackUsed = 0;
        return extra;
    }

    /** What takes one cycle and waits for nothing but a port is taken for done by what is dispatched soon after it. */
    private int mark(InstructionTiming x, long from, long dispatched) {
        return earlyPicks > 0 && from == dispatched + 1 && x.latency == 1 && ports.isInteger(x.ports)
                ? RegisterFile.mark(dispatched) : 0;
    }

    /** Issues an operation through the queue that it was placed in; on a core that does so, it may ask for a port too early before. */
    private long issue(InstructionTiming x, long latest, long dispatched, long from) {
        int queue = schedulers.operation;
        if (wakes(x, dispatched)) {
            pickInVain(x, queue);
        }
        if (x.is(CodeTiming.EAGER) && earlyPicks > 0 || !x.is(CodeTiming.PATIENT) && takenForDone(latest, dispatched)) {
            pickEarly(x.ports, queue, RegisterFile.ready(latest), dispatched);
        }
        long issue = takePort(queue, x.ports, from, x.busy);
        schedulers.enter(queue, issue);
        if (x.ports != ports.alu && earlyPicks > 0 && ports.isInteger(x.ports)) {
            ports.chosen(issue);
        }
        return issue;
    }

    private boolean wakes(InstructionTiming x, long dispatched) {
        return wakeup.concerns(dispatched) && wakeup.wakes(x.dataRegisters, dispatched);
    }

    /** An operation takes ports, time after time, while what it waits for is believed to be there. */
    private void pickInVain(InstructionTiming x, int queue) {
        long first = Long.MAX_VALUE;
        for (long at = wakeup.ready; at < wakeup.until; at++) {
            boolean free = picks.pick(queue, x.ports) ? picks.isFree(queue, x.ports, at) : ports.isFree(schedulers.ports(queue, x.ports), at);
            if (free) {
                takePort(queue, x.ports, at, 1);
                first = Math.min(first, at);
                at += wakeup.again - 1;
            }
        }
        wakeup.starts(first, x.latency);
    }

    private long takePort(int queue, int mask, long from, int busy) {
        return picks.pick(queue, mask) ? picks.issue(queue, mask, from, busy) : ports.issue(schedulers.ports(queue, mask), from, busy);
    }

    /** Issues what takes the data of a store: by itself as an operation, or beside the one that has the queue. */
    private long issueData(InstructionTiming x, long latest, long dispatched, long from) {
        if (!x.is(CodeTiming.OPERATE)) {
            return issue(x, latest, dispatched, from);
        }
        int queue = schedulers.operation;
        if (takenForDone(latest, dispatched)) {
            pickEarly(ports.alu, queue, RegisterFile.ready(latest), dispatched);
        }
        return picks.pick(queue, ports.alu) ? picks.issue(queue, ports.alu, from, 1) : ports.issue(ports.alu, from);
    }

    private boolean takenForDone(long latest, long dispatched) {
        return RegisterFile.sinceMark(latest, dispatched) < earlyPicks;
    }

    /**
     * An operation whose latest operand is taken for done asks for a port of its queue, in vain; where not every
     * ALU will do for it, only if those that will are not all taken by others of its kind (kernels {@code dependent-*}).
     */
    private void pickEarly(int mask, int queue, long ready, long dispatched) {
        // What waits in the vector queue finds no port there.
        int beside = schedulers.ports(queue, ports.alu);
        if (beside != 0 && ready > dispatched + 1 && (mask == ports.alu || ports.hasChoice(mask, ready - 1))) {
            if (picks.pick(queue, ports.alu)) {
                picks.take(queue, dispatched + 1);
            } else {
                ports.issue(beside, dispatched + 1);
            }
            if (mask != ports.alu) {
                ports.chosen(ready - 1);
            }
        }
    }

    /** What {@link #execute} does with an instruction that is one load. */
    private long load(InstructionTiming x, int event, long dispatched) {
        stackUsed |= x.flags & CodeTiming.STACK;
        long complete = loaded(x, event, dispatched);
        finish(x, complete, loadComplete, 0, loadStore.cause);
        loadStore.loadRetired(retirement.cycle());
        return complete;
    }

    /** The cycle at which the load of an instruction has its value. */
    private long loaded(InstructionTiming x, int event, long dispatched) {
        long value = loadStore.load(x, address(event, x.is(CodeTiming.LOAD_SECOND)), dispatched, lockedUntil);
        return loadStore.mispredicted ? again(x, value) : value;
    }

    /**
     * A load whose forwarding was foreseen wrongly is found out at one cycle: when it would retire, it and all behind it are
     * fetched again (kernels {@code forward-wrong-*}). Returns the cycle at which it then has its value.
     */
    private long again(InstructionTiming x, long found) {
        long at = Math.max(found + 1 + forwardCheck, retirement.cycle()) + forwardMispredict;
        dispatch.redirectedBy(x.number);
        frontEnd.refetch(at);
        return at + addressIssue + x.loadLatency;
    }

    /** Completes and, so long after, retires an instruction whose results are all ready at one cycle; returns that cycle. */
    private long finish(InstructionTiming x, long complete, int later, int mark, Cause back) {
        write(x.results, complete, mark);
        retirement.retire(x.number, x.ops, complete + later, back);
        inFlight.retire(x.held, retirement.cycle());
        fusedComplete = complete;
        return complete;
    }

    private void write(int results, long complete, int mark) {
        registers.write(results, complete, mark);
        if (wakeup.until > 0) {
            wakeup.written(results);
        }
    }

    /** Issues, completes and retires one instruction; returns the cycle of completion. */
    private long execute(InstructionTiming x, int event, long dispatched) {
        stackUsed |= x.flags & CodeTiming.STACK;
        boolean many = x.is(CodeTiming.MANY);
        long latest = registers.latest(x.dataRegisters);
        long operands = many ? registers.allReady(x.manyRead) : RegisterFile.ready(latest);
        int mark = 0;
        long complete = dispatched;
        Cause back = Cause.EXECUTE;
        long loaded = 0;
        if (x.is(CodeTiming.LOAD)) {
            loaded = loaded(x, event, dispatched);
            complete = loaded;
            back = loadStore.cause;
        }
        if (x.is(CodeTiming.PREFETCH)) {
            complete = Math.max(complete, loadStore.prefetch(x, address(event, false), dispatched) + 1);
        }
        if (x.is(CodeTiming.ELIMINATED)) {
            complete = Math.max(dispatched, operands);
            mark = RegisterFile.markOf(latest);
            wakes(x, dispatched);
        } else if (x.is(CodeTiming.OPERATE)) {
            long from = Math.max(Math.max(operands, loaded), dispatched + 1);
            if (!x.is(CodeTiming.LOAD | CodeTiming.STORE)) {
                from = Math.max(from, registers.ready(x.addressRegisters));
            }
            if (x.is(CodeTiming.LATE_OPERANDS)) {
                from = Math.max(from, registers.ready(x.lateRegisters) - x.lateCycles);
            }
            if (x.is(CodeTiming.LOCKED)) {
                from = Math.max(from, lockedUntil);
            }
            if (x.is(CodeTiming.REPEATED)) {
                // Its microcode runs as long as it takes, and no other one beside it.
                from = Math.max(from, stringUntil);
            }
            long issue = issue(x, latest, dispatched, from);
            mark = mark(x, from, dispatched);
            complete = issue + latency(x, event);
            if (x.is(CodeTiming.REPEATED)) {
                stringUntil = complete;
            }
            // Whichever took longer is what retirement waited for: the load, or what was done with it.
            if (loaded == 0 || loaded < from || complete - issue > loaded - dispatched) {
                back = issue > from ? Cause.PORTS : Cause.EXECUTE;
            }
        }
        if (x.is(CodeTiming.LOCKED | CodeTiming.SERIAL)) {
            back = Cause.SERIAL;
            if (x.is(CodeTiming.LOCKED)) {
                lockedUntil = complete;
                if (lockedDispatch > 0) {
                    holdBehindLocked(dispatched);
                }
            } else {
                dispatch.serialise(complete);
            }
        }
        long stored = 0;
        long agu = 0;
        long done = x.is(CodeTiming.LOAD) && !x.is(CodeTiming.OPERATE) ? complete + loadComplete : complete;
        if (x.is(CodeTiming.STORE)) {
            agu = loadStore.storeAddress(x, dispatched);
            // Data comes from the operation, from the load (push of memory), or from a register.
            stored = x.is(CodeTiming.OPERATE) && !x.is(CodeTiming.BRANCH) ? complete
                    : Math.max(loaded, Math.max(operands, dispatched));
            if (x.is(CodeTiming.STORE_DATA)) {
                long from = Math.max(stored, dispatched + 1);
                stored += issueData(x, latest, dispatched, from) - from;
            }
            complete = Math.max(complete, Math.max(agu + 1, stored));
            done = Math.max(complete, agu + storeComplete);
        }
        write(x.results, complete, mark);
        if (x.is(CodeTiming.HIGH_HALF)) {
            registers.write(HIGH_HALF, complete + 1, mark);
        }
        if (many) {
            registers.writeAll(x.manyWritten, complete);
        }
        retirement.retire(x.number, x.ops, done, back);
        inFlight.retire(x.held, retirement.cycle());
        if (x.is(CodeTiming.LOAD)) {
            loadStore.loadRetired(retirement.cycle());
        }
        if (x.is(CodeTiming.STORE)) {
            loadStore.storeRetired(x, address(event, x.is(CodeTiming.STORE_SECOND)), agu, stored, retirement.cycle());
        }
        fusedComplete = complete;
        return complete;
    }

    /** An atomic operation holds dispatch up, longer where a store is just before it: as one it is itself to the next (kernels {@code locked-*}). */
    private void holdBehindLocked(long dispatched) {
        long until = Math.max(dispatched + lockedDispatch, Math.max(loadStore.storeAddressed, lockedAddressed) + lockedStore);
        lockedAddressed = until + addressIssue;
        dispatch.serialise(until);
    }

    /** Where an event accesses memory by its first or second operand, as placed. */
    private long address(int event, boolean second) {
        return loadStore.placed(second ? address1[event] : address0[event]);
    }

    /** Cycles of an operation; of a repeated one by the count and the destination that its event has. */
    private int latency(InstructionTiming x, int event) {
        if (!x.is(CodeTiming.REPEATED)) {
            return x.latency;
        }
        return strings.cycles(value[event], Math.max(x.storeBytes, x.loadBytes), x.is(CodeTiming.LOAD),
                x.is(CodeTiming.STORE), x.is(CodeTiming.STORE_SECOND) ? address1[event] : address0[event]);
    }

    private void branch(InstructionTiming x, int next, long complete) {
        int s = x.number;
        boolean taken = next != x.fallThrough;
        int found = predict(x, next, taken);
        int kind = found & BranchOutcomes.KIND;
        boolean conditional = x.flow == Flow.CONDITIONAL;
        if (kind == BranchPredictor.WRONG) {
            dispatch.redirectedBy(s);
            mispredicted[s]++;
            wrong++;
            frontEnd.redirect(complete);
            if (conditional) {
                wrongPath.fetch(s, taken);
            }
        } else if (kind == BranchPredictor.DECODED) {
            frontEnd.redirectAtDecode();
        } else if (taken) {
            frontEnd.taken(bubbles.taken(found), (found & BranchOutcomes.FAST) != 0);
        } else {
            frontEnd.notTaken(bubbles.notTaken(found));
        }
        if (taken && conditional) {
            wrongPath.taken(s, next);
        }
    }

    /** Outcome and flags of {@link BranchOutcomes}. */
    private int predict(InstructionTiming x, int next, boolean taken) {
        int found;
        if (outcome != null) {
            found = knownBranch[x.number] && nextOutcome < outcome.length ? outcome[nextOutcome++] : BranchPredictor.RIGHT;
        } else {
            found = branches.predict(x.flow, address[x.number], address[x.number] + x.length, taken, address[next]) | branches.bubbles();
        }
        return perfectBranches ? BranchPredictor.RIGHT : found;
    }
}
