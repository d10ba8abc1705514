package dev.cyclecast.model;

/**
 * Loads and stores: address generation, the load and store queues, forwarding from stores in flight, memory renaming, and
 * commit of stores to L1D in program order.
 */
final class LoadStore {
    private static final long STACK_REACH_BYTES = 1 << 20;

    long loads;
    long stores;
    long forwards;
    long forwardFailures;
    long renamedLoads;
    /** What the last load took its time for. */
    Cause cause = Cause.L1D;
    private final CodeTiming timing;
    private final Memory memory;
    private final RegisterFile registers;
    private final Ports ports;
    private final Scheduler addresses;
    private final StoreForwarding forwarding;
    private final InOrderQueue loadQueue;
    private final InOrderQueue storeQueue;
    private final int forwardLatency;
    private final int forwardFail;
    private final int storeCommits;
    private final int lineCross;
    private final int alias;
    private final boolean renameStack;
    private final boolean renameMemory;
    private final long stackShift;
    private long stackLow = Long.MAX_VALUE;
    private long stackHigh;
    private long committed;
    private int committedNow;

    /**
     * Queues at rest.
     *
     * @param addresses  the scheduler that loads and stores wait in
     * @param stackShift bytes by which the layout moves the stack
     */
    LoadStore(CodeTiming timing, CoreProfile p, Memory memory, RegisterFile registers, Ports ports, Scheduler addresses,
              long stackShift) {
        this.timing = timing;
        this.memory = memory;
        this.registers = registers;
        this.ports = ports;
        this.addresses = addresses;
        this.stackShift = stackShift;
        forwarding = new StoreForwarding(p);
        forwardLatency = p.get(Constant.FORWARD_LATENCY);
        forwardFail = p.get(Constant.FORWARD_FAIL);
        storeCommits = p.get(Constant.STORE_COMMITS);
        lineCross = p.get(Constant.LINE_CROSS_EXTRA);
        alias = p.get(Constant.ALIAS_4K_EXTRA);
        renameStack = p.has(Constant.RENAME_STACK);
        renameMemory = p.has(Constant.RENAME_MEMORY);
        loadQueue = new InOrderQueue(p.get(Constant.LOAD_QUEUE_ENTRIES));
        storeQueue = new InOrderQueue(p.get(Constant.STORE_QUEUE_ENTRIES));
    }

    /** Cycle at which the load queue has room. */
    long loadRoom() {
        return loadQueue.free();
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
    long load(int s, int flags, long at, long dispatched, long lockedUntil) {
        loads++;
        int latency = timing.loadLatency[s];
        int bytes = timing.loadBytes[s];
        long agu = generate(s, ports.load, dispatched + 1);
        int found = forwarding.load(at, bytes, agu, form(s, flags), baseVersion(s, flags));
        if ((flags & CodeTiming.LOCKED) != 0) {
            // An atomic operation reads L1D, once older stores to its address and older atomic operations are done.
            agu = Math.max(agu, Math.max(lockedUntil, found == StoreForwarding.NONE ? 0 : forwarding.ready));
            found = StoreForwarding.NONE;
        }
        if (found == StoreForwarding.RENAMED) {
            renamedLoads++;
            cause = Cause.FORWARD;
            return Math.max(dispatched, forwarding.ready);
        }
        boolean crosses = (at & 63) + bytes > 64;
        if (crosses) {
            latency += lineCross;
        }
        long data = memory.access(at, agu, latency);
        cause = memory.level;
        if (crosses) {
            long second = memory.access(at + bytes - 1, agu, latency);
            if (second > data) {
                data = second;
                cause = memory.level;
            }
        }
        if (found == StoreForwarding.FORWARDED) {
            forwards++;
            cause = Cause.FORWARD;
            return Math.max(agu + latency, forwarding.ready + forwardLatency);
        }
        if (found == StoreForwarding.FAILED) {
            forwardFailures++;
            cause = Cause.FORWARD;
            return Math.max(data, forwarding.ready + forwardFail);
        }
        if (alias > 0 && (flags & CodeTiming.LOCKED) == 0 && forwarding.aliases(at, agu)) {
            cause = Cause.FORWARD;
            return data + alias;
        }
        return data;
    }

    /** A load leaves its queue when it retires. */
    void loadRetired(long retired) {
        loadQueue.take(retired);
    }

    /** Brings a line in; a recorder does not see which, so that only prefetches that edits put in have an address. */
    void prefetch(int s, long at, long dispatched) {
        long agu = generate(s, ports.load, dispatched + 1);
        if (at != 0) {
            memory.access(at, agu, 0);
        }
    }

    /** Issues the address generation of a store; returns its cycle. */
    long storeAddress(int s, long dispatched) {
        return generate(s, ports.store, dispatched + 1);
    }

    private long generate(int s, int group, long earliest) {
        long agu = ports.issue(group, Math.max(earliest, registers.ready(timing.addressRegisters[s])));
        addresses.enter(agu);
        return agu;
    }

    /**
     * A store retires, and commits once its line is there.
     *
     * @param at   address, as placed
     * @param agu  cycle of its address generation
     * @param data cycle at which its data is ready
     */
    void storeRetired(int s, int flags, long at, long agu, long data, long retired) {
        stores++;
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
        forwarding.store(at, timing.storeBytes[s], data, when, form(s, flags), baseVersion(s, flags));
        storeQueue.take(when);
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
        return (flags & CodeTiming.STACK) != 0 ? 0 : registers.version(timing.addressRegisters[s]);
    }
}
