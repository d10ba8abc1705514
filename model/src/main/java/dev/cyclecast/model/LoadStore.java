package dev.cyclecast.model;

/**
 * Loads and stores: address generation, the load and store queues, forwarding from stores in flight, memory renaming, and
 * commit of stores to L1D in program order.
 */
final class LoadStore {
    private static final long STACK_REACH_BYTES = 1 << 20;
    /** Cycles before a store's commit from which a load that looks for it once more is told of it. */
    private static final int TOLD_LATE = 3;
    long loads;
    long stores;
    long forwards;
    long forwardFailures;
    long renamedLoads;
    long predictedLoads;
    long forwardMispredicts;
    /** Whether the last load was foreseen to take its value from another store, so that it comes again with all behind it. */
    boolean mispredicted;
    /** Cycle at which the last store generated its address. */
    long storeAddressed;
    /** What the last load took its time for. */
    Cause cause = Cause.L1D;
    private final Memory memory;
    private final RegisterFile registers;
    private final SpeculativeWakeup wakeup;
    private final Ports ports;
    private final Schedulers schedulers;
    private final StoreForwarding forwarding;
    private final StoreCommit storeCommit;
    private final BankConflicts banks;
    private final int bankRetry;
    private final Scheduler uncompletedLoads;
    private final InOrderQueue loadQueue;
    private final InOrderQueue storeQueue;
    private final int forwardLatency;
    private final int forwardPass;
    private final int forwardRetry;
    private final int forwardModifyExtra;
    private final int forwardVectorExtra;
    private final int forwardAddressExtra;
    private final boolean failLooks;
    private final int forwardFail;
    private final int forwardFailTwo;
    private final int l1dLatency;
    /** Cycles from a load's data until another load may be dispatched in its place among the uncompleted ones. */
    private final int uncompletedRelease;
    private final int lineCross;
    private final int alias;
    private final int renamedPerCycle;
    /** Cycles from dispatch to the earliest generation of an address. */
    private final int addressIssue;
    /** Cycles from a store's retirement to its commit, and from its data, at the least. */
    private final int commitAfterRetirement;
    private final int commitAfterData;
    /** Cycle from which the address of the last store could be generated, if no other had taken the ports, and those of all so far. */
    private long known;
    private long addressed;
    private final ExpectedForwards expected;
    private final RunAhead runAhead;
    /** Cycle at which the last load, which came before an older store's address, has looked for the last time; 0 for one that need not. */
    private long looksAgain;
    private long renameCycle;
    private int renamedNow;
    private final long stackShift;
    private long stackLow = Long.MAX_VALUE;
    private long stackHigh;

    /**
     * Queues at rest.
     *
     * @param code       number of static instructions
     * @param schedulers the queues that loads and stores wait in
     * @param group      what is dispatched in the same cycle as the last instruction
     * @param stackShift bytes by which the layout moves the stack
     */
    LoadStore(int code, CoreProfile p, Memory memory, RegisterFile registers, SpeculativeWakeup wakeup, Ports ports,
              Schedulers schedulers, DispatchGroup group, long stackShift) {
        this.memory = memory;
        this.registers = registers;
        this.wakeup = wakeup;
        this.ports = ports;
        this.schedulers = schedulers;
        this.stackShift = stackShift;
        expected = new ExpectedForwards(p, code);
        runAhead = new RunAhead(p, code);
        forwarding = new StoreForwarding(p, registers, group, code);
        storeCommit = new StoreCommit(p);
        bankRetry = p.get(Constant.BANK_CONFLICTS);
        banks = bankRetry > 0 ? new BankConflicts(p, memory::way) : null;
        uncompletedLoads = new Scheduler(p.get(Constant.UNCOMPLETED_LOADS));
        forwardLatency = p.get(Constant.FORWARD_LATENCY);
        forwardPass = p.get(Constant.FORWARD_PASS);
        forwardRetry = p.get(Constant.FORWARD_RETRY);
        forwardModifyExtra = p.get(Constant.FORWARD_MODIFY_EXTRA);
        forwardVectorExtra = p.get(Constant.FORWARD_VECTOR_EXTRA);
        forwardAddressExtra = p.get(Constant.FORWARD_ADDRESS_EXTRA);
        failLooks = p.has(Constant.FORWARD_FAIL_LOOKS);
        forwardFail = p.get(Constant.FORWARD_FAIL);
        forwardFailTwo = p.get(Constant.FORWARD_FAIL_TWO);
        l1dLatency = p.get(Constant.L1D_LATENCY);
        uncompletedRelease = p.get(Constant.LOAD_RELEASE) + p.get(Constant.LOAD_COMPLETE);
        lineCross = p.get(Constant.LINE_CROSS_EXTRA);
        alias = p.get(Constant.ALIAS_4K_EXTRA);
        renamedPerCycle = p.get(Constant.RENAMED_PER_CYCLE);
        addressIssue = p.get(Constant.ADDRESS_ISSUE);
        commitAfterRetirement = 1 + p.get(Constant.STORE_COMMIT_LATENCY);
        commitAfterData = 1 + commitAfterRetirement;
        loadQueue = new InOrderQueue(p.get(Constant.LOAD_QUEUE_ENTRIES));
        storeQueue = new InOrderQueue(p.get(Constant.STORE_QUEUE_ENTRIES));
    }

    /** Cycle at or after another at which the load queue has room. Cycles asked for never go back. */
    long loadRoom(long from) {
        return uncompletedLoads.room(Math.max(from, loadQueue.free()));
    }

    /** Cycle at which the store queue has room. */
    long storeRoom() {
        return storeQueue.free();
    }

    /** Declares the addresses of the stack, which a layout may move. */
    void stackAround(long pointer) {
        stackLow = pointer - STACK_REACH_BYTES;
        stackHigh = pointer + STACK_REACH_BYTES;
    }

    /** Moves a stack address with the layout. */
    long placed(long data) {
        return data >= stackLow && data < stackHigh ? data + stackShift : data;
    }

    /**
     * A load.
     *
     * @param at          address, as placed
     * @param dispatched  cycle of dispatch
     * @param lockedUntil cycle up to which an atomic operation has to wait
     * @return cycle at which the value is there
     */
    long load(InstructionTiming x, long at, long dispatched, long lockedUntil) {
        loads++;
        long value = value(x, at, dispatched, lockedUntil);
        uncompletedLoads.enter(Math.max(value, looksAgain + l1dLatency) + uncompletedRelease);
        return value;
    }

    private long value(InstructionTiming x, long at, long dispatched, long lockedUntil) {
        int latency = x.loadLatency;
        int bytes = x.loadBytes;
        long agu = generate(x, addressable(x, dispatched));
        looksAgain = runAhead.load(dispatched, agu);
        long generated = agu;
        int extra = 0;
        if (expected.expects(x.number)) {
            extra = expected.extra;
            if (expected.waits(x.number)) {
                agu = Math.max(agu, addressed + 1);
            }
        }
        int found = forwarding.load(x, at, dispatched, agu);
        boolean served = found == StoreForwarding.FORWARDED;
        if ((served || found == StoreForwarding.ALIAS_4K) && forwarding.olderGone > firstLook(agu)) {
            // Which of two stores is the younger that equals it in its low bits takes it a second look; if that is an alias, a third.
            agu = issue(x, firstLook(agu) + forwardPass);
            if (served && forwarding.hidden) {
                agu = issue(x, agu + forwardRetry);
            }
            generated = agu;
        }
        if (served) {
            expected.served(x.number, generated, forwarding.addressed, forwarding.ready);
        }
        if (x.is(CodeTiming.LOCKED)) {
            // An atomic operation reads L1D, once older stores to its address and older atomic operations are done.
            long older = switch (found) {
                case StoreForwarding.NONE, StoreForwarding.ALIAS_4K -> 0;
                case StoreForwarding.FAILED, StoreForwarding.FAILED_TWO -> forwarding.committed;
                default -> forwarding.ready;
            };
            agu = Math.max(agu, Math.max(lockedUntil, older));
            found = StoreForwarding.NONE;
        }
        mispredicted = found == StoreForwarding.MISPREDICTED;
        if (found == StoreForwarding.RENAMED) {
            cause = Cause.FORWARD;
            return Math.max(renamed(dispatched), forwarding.ready);
        }
        if (found == StoreForwarding.PREDICTED) {
            predictedLoads++;
            cause = Cause.FORWARD;
            return Math.max(dispatched, forwarding.ready);
        }
        if (banks != null) {
            while (!banks.read(at, bytes, agu)) {
                agu = bankRetry > 1 ? issue(x, agu + bankRetry) : agu + bankRetry;
            }
        }
        boolean crosses = (at & 63) + bytes > 64;
        if (crosses) {
            latency += lineCross;
            // The second line takes an address generator as well.
            issue(x, agu);
        }
        latency += extra;
        long data = memory.access(x.number, at, agu, latency);
        cause = memory.level;
        if (crosses) {
            long second = memory.access(x.number, at + bytes - 1, agu, latency);
            if (second > data) {
                data = second;
                cause = memory.level;
            }
        }
        if (found != StoreForwarding.NONE) {
            return forwarded(found, x, data, agu, latency, extra);
        }
        if (data > agu + latency) {
            wakeup.missed(agu + latency, data, cause == Cause.DTLB);
        }
        return data;
    }

    /** The cycle, at or after dispatch, at which a load is renamed: so many a cycle. */
    private long renamed(long dispatched) {
        renamedLoads++;
        if (dispatched > renameCycle) {
            renameCycle = dispatched;
            renamedNow = 0;
        } else if (renamedNow == renamedPerCycle) {
            renameCycle++;
            renamedNow = 0;
        }
        renamedNow++;
        return renameCycle;
    }

    /**
     * The cycle at which a load has its value that met a store in flight and generated its address at another.
     *
     * @param extra what of its latency is for expecting one
     */
    private long forwarded(int found, InstructionTiming x, long data, long agu, int latency, int extra) {
        cause = Cause.FORWARD;
        switch (found) {
            case StoreForwarding.FORWARDED -> {
                forwards++;
                // What waits for the store's address has not to wait for what it expects as well.
                long look = forwarding.addressed >= agu ? firstLook(agu) - extra : agu;
                long there = look + latency;
                if (forwarding.ready < agu || forwarding.ready == agu && forwardRetry == 0) {
                    // The store has all that it takes: it serves the load as L1D would.
                    return there;
                }
                if (forwardRetry > 0 && forwarding.ready >= look) {
                    // It looks again, a cycle later unless the data comes in this cycle or the next.
                    long next = look + forwardRetry + (forwarding.ready > look + 1 ? 1 : 0);
                    there = Math.max(there, issue(x, Math.max(next, forwarding.ready)) + latency - extra);
                }
                // A chain of read-modify-writes takes that much longer than one of stores and loads, its operation included.
                int modify = x.is(CodeTiming.MODIFY) ? forwardModifyExtra - 1 : 0;
                int vector = x.is(CodeTiming.TO_VECTOR) ? forwardVectorExtra : 0;
                return Math.max(there, forwarding.ready + forwardLatency + vector + modify);
            }
            case StoreForwarding.MISPREDICTED -> {
                forwardMispredicts++;
                return data;
            }
            case StoreForwarding.ALIAS_4K -> {
                return data + alias;
            }
            default -> {
                forwardFailures++;
                if (failLooks) {
                    return Math.max(data, issue(x, lastLook(found == StoreForwarding.FAILED, agu)) + latency);
                }
                // It comes again when the store has written L1D, but takes its time.
                int fail = found == StoreForwarding.FAILED ? forwardFail : forwardFailTwo;
                return Math.max(Math.max(data, agu - 1 + fail), forwarding.committed - commitAfterData + fail);
            }
        }
    }

    /** The cycle at which a load looks among stores: that of its address, or if that of the store which it meets came later, so long after it. */
    private long firstLook(long agu) {
        return forwarding.addressed >= agu ? forwarding.addressed + forwardAddressExtra : agu;
    }

    /**
     * The cycle at which a load looks for the last time that stores cover in part, for whose commit it has to wait: it looks again so long
     * after its first look, then once more, then when it is told (kernels {@code forward-fail-*}). One that begins where none of
     * them does passes them by at first.
     *
     * @param one whether it is one store
     * @param agu cycle of its address
     */
    private long lastLook(boolean one, long agu) {
        long look = firstLook(agu);
        if (!forwarding.started) {
            look += forwardPass;
        }
        int again = forwardRetry + 1;
        long left = forwarding.committed - look;
        if (left <= 0) {
            return look;
        }
        if (left <= again) {
            return look + again;
        }
        if (one && left <= again + TOLD_LATE) {
            return forwarding.committed;
        }
        return left <= 2L * again ? look + 2L * again : forwarding.committed + 1;
    }

    /** Takes an address generator of the queue that the last load or store was placed in, at a cycle or later. */
    private long issue(InstructionTiming x, long from) {
        return ports.generate(schedulers.ports(schedulers.address, x.addressPorts), from, x.is(CodeTiming.LONG_ADDRESS));
    }

    /** A load leaves its queue when it retires. */
    void loadRetired(long retired) {
        loadQueue.take(retired);
    }

    /**
     * Brings a line in; a recorder does not see which, so that only prefetches that edits put in have an address. Returns the
     * cycle of its address generation: nothing waits for the line.
     */
    long prefetch(InstructionTiming x, long at, long dispatched) {
        long agu = generate(x, addressable(x, dispatched));
        if (at != 0) {
            memory.access(x.number, at, agu, 0);
        }
        return agu;
    }

    /** Issues the address generation of a store; returns its cycle. */
    long storeAddress(InstructionTiming x, long dispatched) {
        long addressable = addressable(x, dispatched);
        runAhead.store(x.number, dispatched, addressable);
        if (x.is(CodeTiming.MODIFY)) {
            // Its load generated it.
            known = dispatched + 1;
            return known;
        }
        known = addressable;
        // What loads as well waits in a queue for its load.
        return !x.is(CodeTiming.LOAD) ? generate(x, known) : ports.generate(ports.store, known, x.is(CodeTiming.LONG_ADDRESS));
    }

    /** Cycle from which the address of a load or store can be generated. */
    private long addressable(InstructionTiming x, long dispatched) {
        return runAhead.address(Math.max(dispatched + addressIssue, registers.ready(x.addressRegisters)));
    }

    /** Takes an address generator for an operation of the queue, at a cycle or later, and the operation out of the queue. */
    private long generate(InstructionTiming x, long from) {
        long agu = issue(x, from);
        schedulers.enter(schedulers.address, agu, x.loadLatency);
        return agu;
    }

    /**
     * A store retires, and commits once its line is there.
     *
     * @param at   address, as placed
     * @param agu  cycle of its address generation
     * @param data cycle at which its data is ready
     */
    void storeRetired(InstructionTiming x, long at, long agu, long data, long retired) {
        stores++;
        storeAddressed = agu;
        addressed = Math.max(addressed, known);
        int bytes = x.storeBytes;
        long there = memory.access(x.number, at, agu, l1dLatency);
        if ((at & 63) + bytes > 64) {
            there = Math.max(there, memory.access(x.number, at + bytes - 1, agu, l1dLatency));
        }
        long when = storeCommit.commit(at, bytes, Math.max(retired + commitAfterRetirement, there - l1dLatency));
        forwarding.store(x, at, known, data, when);
        storeQueue.take(when);
    }
}
