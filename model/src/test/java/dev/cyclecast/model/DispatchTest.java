package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each cycle that dispatch waits is charged to one cause. */
class DispatchTest {
    private static final int STORES = 16;
    private static final int ENTRIES = 8;

    @ParameterizedTest
    @CsvSource({"40,0", "40,40", "40,41", "40,90", "3,500", "200,201"})
    void aStoreWaitsForItsQueueThenForAScheduler(long committed, long issued) {
        CoreProfile profile = CoreProfile.load("zen5").with(Constant.STORE_QUEUE_ENTRIES, STORES)
                .with(Constant.AGU_SCHEDULER_ENTRIES, ENTRIES).with(Constant.STORE_COMMITS, 8).with(Constant.STORE_COMMIT_LINES, 8)
            .with(Constant.SCHEDULER_RELEASE, 0).with(Constant.STORE_COMMIT_LATENCY, 0);
        SyntheticTrace trace = new SyntheticTrace();
        int store = trace.store(RAX, RBX, 0, 8);
        Code code = Code.of(trace.image());
        InstructionTable table = InstructionTable.of(profile.instructions());
        CodeTiming timing = new CodeTiming(code, table, table.entries(code), profile);
        Memory memory = new Memory(profile, 0);
        Schedulers schedulers = new Schedulers(profile);
        CpiStack stack = new CpiStack(1);
        DispatchGroup group = new DispatchGroup(profile);
        RegisterFile registers = new RegisterFile();
        LoadStore loadStore = new LoadStore(code.size(), profile, memory, registers, new SpeculativeWakeup(profile, registers),
                new Ports(profile), schedulers, group, 0);
        Dispatch dispatch = new Dispatch(profile, new FrontEnd(profile, memory), schedulers, new InFlight(profile), loadStore,
                new Retirement(profile, stack), stack, group);
        InstructionTiming x = timing.each()[store];
        // Everything is in L1D, so that a store commits in the cycle behind its retirement.
        memory.warm(0x500000L >>> 6);
        for (int k = 0; k < STORES; k++) {
            loadStore.storeRetired(x, 0x500000L, 0, 0, committed - 1);
        }
        for (int k = 0; k < ENTRIES; k++) {
            schedulers.place(x.operationQueues, x.addressQueues, 0);
            schedulers.enter(schedulers.address, issued);
        }
        // Two stores to a line commit in a cycle, so that the first entry is free at the first of these cycles.
        long at = dispatch.dispatch(x, 0);
        assertEquals(Math.max(committed, issued), at);
        stack.retire(0, at, Cause.EXECUTE);
        assertEquals(committed, stack.cycles(0, Cause.STORES), "for the store queue");
        assertEquals(Math.max(0, issued - committed), stack.cycles(0, Cause.EXECUTE), "for a scheduler");
        assertEquals(at, stack.cycles(0), "in all");
    }
}
