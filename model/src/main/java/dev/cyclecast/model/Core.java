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

    private final CodeTiming timing;
    private final long[] address;
    private final Code code;
    private final RegisterFile registers = new RegisterFile();
    private final Ports ports;
    private final Schedulers schedulers;
    private final PhysicalRegisters physical;
    private final Retirement retirement;
    private final BranchBubbles bubbles;
    private final WrongPath wrongPath;
    private final StringTiming strings;
    private final boolean perfectBranches;

    private byte[] outcome;
    private boolean[] knownBranch;
    private int nextOutcome;
    private long lockedUntil;
    private long stringUntil;
    private long fusedComplete;

    /**
     * A core at rest.
     *
     * @param sites whether to keep accounts of each site, besides those of the whole
     */
    Core(Code code, CodeTiming timing, CoreProfile p, Placement placement, long colourSeed, boolean sites) {
        this.timing = timing;
        address = placement.addresses();
        this.code = code;
        memory = new Memory(p, colourSeed);
        frontEnd = new FrontEnd(p, memory);
        branches = new BranchPredictor(p);
        ports = new Ports(p);
        stack = new CpiStack(sites ? code.size() : 0);
        mispredicted = new long[code.size()];
        executed = new long[code.size()];
        schedulers = new Schedulers(p);
        physical = new PhysicalRegisters(p);
        loadStore = new LoadStore(timing, p, memory, registers, ports, schedulers, placement.stackShift());
        retirement = new Retirement(p, stack);
        dispatch = new Dispatch(timing, p, frontEnd, schedulers, physical, loadStore, retirement, stack);
        bubbles = new BranchBubbles(p);
        wrongPath = new WrongPath(p, timing, address, frontEnd);
        strings = StringTiming.of(p);
        perfectBranches = p.has(Constant.PERFECT_BRANCHES);
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
        for (int e = from; e < to; e++) {
            step(instruction[e], e + 1 < to ? instruction[e + 1] : after, address0[e], address1[e], value[e]);
        }
        instructions += to - from;
    }

    private void step(int s, int next, long address0, long address1, int value) {
        executed[s]++;
        int flags = timing.flags[s];
        int ops = timing.ops[s];
        long fetched = frontEnd.deliver(address[s], timing.length[s], ops, timing.opCacheUse[s],
                ops == 0 ? 0 : dispatch.room());
        long complete;
        if ((flags & CodeTiming.FUSED) != 0) {
            complete = fusedComplete;
        } else {
            long dispatched = dispatch.dispatch(s, flags, ops, fetched);
            if ((flags & CodeTiming.PLAIN) != 0) {
                complete = operate(s, ops, dispatched);
            } else if ((flags & CodeTiming.PLAIN_LOAD) != 0) {
                complete = load(s, flags, ops, dispatched, (flags & CodeTiming.LOAD_SECOND) != 0 ? address1 : address0);
            } else {
                complete = execute(s, flags, dispatched, address0, address1, value);
            }
        }
        if ((flags & CodeTiming.BRANCH) != 0 && next >= 0) {
            branch(s, next, complete);
        }
    }

    /** What {@link #execute} does with an instruction that is one operation on registers: most are. */
    private long operate(int s, int ops, long dispatched) {
        long from = Math.max(registers.ready(timing.dataRegisters[s]), dispatched + 1);
        int queue = schedulers.operation;
        long issue = ports.issue(schedulers.ports(queue, timing.ports[s]), from);
        schedulers.enter(queue, issue);
        long complete = issue + timing.latency[s];
        registers.write(timing.results[s], complete);
        retirement.retire(s, ops, complete, issue > from ? Cause.PORTS : Cause.EXECUTE);
        physical.take(timing.registers[s], retirement.cycle());
        fusedComplete = complete;
        return complete;
    }

    /** What {@link #execute} does with an instruction that is one load. */
    private long load(int s, int flags, int ops, long dispatched, long address) {
        long complete = loadStore.load(s, flags, loadStore.placed(address), dispatched, lockedUntil);
        registers.write(timing.results[s], complete);
        retirement.retire(s, ops, complete, loadStore.cause);
        physical.take(timing.registers[s], retirement.cycle());
        loadStore.loadRetired(retirement.cycle());
        fusedComplete = complete;
        return complete;
    }

    /** Issues, completes and retires one instruction; returns the cycle of completion. */
    private long execute(int s, int flags, long dispatched, long address0, long address1, int value) {
        boolean many = (flags & CodeTiming.MANY) != 0;
        long operands = many ? registers.allReady(timing.manyRead[s]) : registers.ready(timing.dataRegisters[s]);
        long complete = dispatched;
        Cause back = Cause.EXECUTE;
        long loaded = 0;
        if ((flags & CodeTiming.LOAD) != 0) {
            long at = loadStore.placed((flags & CodeTiming.LOAD_SECOND) != 0 ? address1 : address0);
            loaded = loadStore.load(s, flags, at, dispatched, lockedUntil);
            complete = loaded;
            back = loadStore.cause;
        }
        if ((flags & CodeTiming.PREFETCH) != 0) {
            complete = Math.max(complete, loadStore.prefetch(s, loadStore.placed(address0), dispatched) + 1);
        }
        if ((flags & CodeTiming.ELIMINATED) != 0) {
            complete = Math.max(dispatched, operands);
        } else if ((flags & CodeTiming.OPERATE) != 0) {
            long from = Math.max(Math.max(operands, loaded), dispatched + 1);
            if ((flags & (CodeTiming.LOAD | CodeTiming.STORE)) == 0) {
                from = Math.max(from, registers.ready(timing.addressRegisters[s]));
            }
            if ((flags & CodeTiming.LOCKED) != 0) {
                from = Math.max(from, lockedUntil);
            }
            if ((flags & CodeTiming.REPEATED) != 0) {
                // Its microcode runs as long as it takes, and no other one beside it.
                from = Math.max(from, stringUntil);
            }
            int queue = schedulers.operation;
            long issue = ports.issue(schedulers.ports(queue, timing.ports[s]), from, timing.busy[s]);
            schedulers.enter(queue, issue);
            complete = issue + latency(s, flags, address0, address1, value);
            if ((flags & CodeTiming.REPEATED) != 0) {
                stringUntil = complete;
            }
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
                dispatch.serialise(complete);
            }
        }
        long stored = 0;
        long agu = dispatched + 1;
        if ((flags & CodeTiming.STORE) != 0) {
            if ((flags & CodeTiming.MODIFY) == 0) {
                agu = loadStore.storeAddress(s, flags, dispatched);
            }
            // Data comes from the operation, from the load (push of memory), or from a register.
            stored = (flags & CodeTiming.OPERATE) != 0 && (flags & CodeTiming.BRANCH) == 0 ? complete
                    : Math.max(loaded, Math.max(operands, dispatched));
            complete = Math.max(complete, Math.max(agu + 1, stored));
        }
        registers.write(timing.results[s], complete);
        if ((flags & CodeTiming.HIGH_HALF) != 0) {
            registers.write(HIGH_HALF, complete + 1);
        }
        if (many) {
            registers.writeAll(timing.manyWritten[s], complete);
        }
        retirement.retire(s, timing.ops[s], complete, back);
        physical.take(timing.registers[s], retirement.cycle());
        if ((flags & CodeTiming.LOAD) != 0) {
            loadStore.loadRetired(retirement.cycle());
        }
        if ((flags & CodeTiming.STORE) != 0) {
            long at = loadStore.placed((flags & CodeTiming.STORE_SECOND) != 0 ? address1 : address0);
            loadStore.storeRetired(s, flags, at, agu, stored, retirement.cycle());
        }
        fusedComplete = complete;
        return complete;
    }

    /** Cycles of an operation; of a repeated one by the count and the destination that its event has. */
    private int latency(int s, int flags, long address0, long address1, int value) {
        if ((flags & CodeTiming.REPEATED) == 0) {
            return timing.latency[s];
        }
        return strings.cycles(value, Math.max(timing.storeBytes[s], timing.loadBytes[s]), (flags & CodeTiming.LOAD) != 0,
                (flags & CodeTiming.STORE) != 0, (flags & CodeTiming.STORE_SECOND) != 0 ? address1 : address0);
    }

    private void branch(int s, int next, long complete) {
        int found = predict(s, next);
        int kind = found & BranchOutcomes.KIND;
        boolean taken = code.isTaken(s, next);
        boolean conditional = timing.flow[s] == Flow.CONDITIONAL;
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
}
