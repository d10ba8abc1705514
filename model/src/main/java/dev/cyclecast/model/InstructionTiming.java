package dev.cyclecast.model;

import dev.cyclecast.trace.Flow;

/** What one core does with one instruction: what a {@link CodeTiming} says of it, side by side in memory for replay. */
final class InstructionTiming {
    /** Its number. */
    final int number;
    /** What it is, as {@link CodeTiming} names it. */
    int flags;
    final Flow flow;
    /** Behind a conditional branch, the instruction that is executed next if it is not taken. */
    final int fallThrough;
    final byte length;
    final byte ops;
    final byte busy;
    final byte furtherCycles;
    final int opCacheUse;
    /** What it takes of a dispatch group. */
    final long group;
    /** Scheduler queues that its operation may wait in, and its address generation; 0 where there is none. */
    final long operationQueues;
    final long addressQueues;
    final int ports;
    final int addressPorts;
    final int latency;
    final byte loadLatency;
    final byte loadBytes;
    final byte storeBytes;
    /** What it holds from dispatch to retirement, and what must be free for it, as {@link InFlight} counts. */
    final long held;
    final long needed;
    final int addressRegisters;
    final int dataRegisters;
    final int lateRegisters;
    final byte lateCycles;
    final int results;
    final long manyRead;
    final long manyWritten;
    /** What memory renaming knows its load or store by ({@link CodeTiming#name}), and the registers of that, packed. */
    final long name;
    final int nameRegisters;
    /** What must still fit into the dispatch group of a load so that it is not renamed ({@link CodeTiming#overwritten}). */
    final long overwritten;

    /** Gathers what the timing of a code says of an instruction. */
    InstructionTiming(CodeTiming timing, int number, int fallThrough, Schedulers schedulers) {
        this.number = number;
        this.fallThrough = fallThrough;
        flags = timing.flags[number];
        flow = timing.flow[number];
        length = timing.length[number];
        ops = timing.ops[number];
        busy = timing.busy[number];
        furtherCycles = timing.furtherCycles[number];
        opCacheUse = timing.opCacheUse[number];
        group = timing.group[number];
        ports = timing.ports[number];
        addressPorts = timing.addressPorts[number];
        operationQueues = (flags & (CodeTiming.OPERATE | CodeTiming.STORE_DATA)) != 0 ? schedulers.serving(ports) : 0;
        addressQueues = schedulers.serving(addressPorts);
        latency = timing.latency[number];
        loadLatency = timing.loadLatency[number];
        loadBytes = timing.loadBytes[number];
        storeBytes = timing.storeBytes[number];
        held = timing.registers[number] + ops;
        needed = InFlight.needed(held);
        addressRegisters = timing.addressRegisters[number];
        dataRegisters = timing.dataRegisters[number];
        lateRegisters = timing.lateRegisters[number];
        lateCycles = timing.lateCycles[number];
        results = timing.results[number];
        manyRead = timing.manyRead[number];
        manyWritten = timing.manyWritten[number];
        name = timing.name[number];
        nameRegisters = timing.nameRegisters[number];
        overwritten = timing.overwritten[number];
    }

    /** Whether it has a flag of {@link CodeTiming}. */
    boolean is(int flag) {
        return (flags & flag) != 0;
    }
}
