package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many branches of a ring fit into each level, by their distance and kinds. */
class BranchTargetBufferTest {
    private static final long START = 0x400000;

    private static BranchTargetBuffer level(String core, int number) {
        CoreProfile p = CoreProfile.load(core);
        int any = p.get(Constant.BTB_PAIR_ANY_BYTES);
        return number == 1 ? new BranchTargetBuffer(p.get(Constant.BTB_L1_ENTRIES), p.get(Constant.BTB_L1_WAYS),
                p.get(Constant.BTB_L1_PAIRS), any, false) : new BranchTargetBuffer(p.get(Constant.BTB_L2_ENTRIES),
                p.get(Constant.BTB_L2_WAYS), p.get(Constant.BTB_L2_PAIRS), any, true);
    }

    /** Branches of a ring that are not found in its third round; every {@code conditional}th is one, none for 0. */
    private static int missed(BranchTargetBuffer level, int branches, int stride, int conditional) {
        int missed = 0;
        for (int round = 0; round < 3; round++) {
            missed = 0;
            for (int k = 0; k < branches; k++) {
                long last = START + (long) k * stride + 1;
                if (!level.find(last)) {
                    missed++;
                    level.enter(last, conditional > 0 && k % conditional == 0);
                }
            }
        }
        return missed;
    }

    @ParameterizedTest
    @CsvSource({
        // Zen 3 as measured: the set comes from the address bits from 5 up, and of eight in 32 bytes only four fit.
        "zen3,1,4,4,0", "zen3,1,8,1024,0", "zen3,1,16,1024,0", "zen3,1,32,1024,0", "zen3,1,64,512,0", "zen3,1,128,256,0",
        "zen3,1,256,128,0", "zen3,1,16,1024,1", "zen3,1,16,1024,2",
        "zen3,2,32,5120,0", "zen3,2,64,5120,0", "zen3,2,128,5120,0", "zen3,2,16,5120,0",
        // A conditional branch and the one behind it share an entry where entries can be shared.
        "zen3,2,16,6144,2",
        "zen4,1,8,3072,0", "zen4,1,16,1536,0", "zen4,1,16,3072,2", "zen4,1,32,1536,0", "zen4,1,64,768,0",
        "zen5,1,4,16384,0", "zen5,1,32,16384,0",
    })
    void aLevelHoldsAsManyBranchesAsMeasured(String core, int number, int stride, int capacity, int conditional) {
        assertEquals(0, missed(level(core, number), capacity, stride, conditional), "as many as fit");
        int more = Math.max(capacity + 1, capacity + capacity / 4);
        int lost = missed(level(core, number), more, stride, conditional);
        assertEquals(true, lost > 0, "more than fit: " + lost + " of " + more);
    }

    @ParameterizedTest
    @CsvSource({"zen3,2", "zen4,1"})
    void anUnconditionalBranchSharesNoEntryWithALaterOneFarFromIt(String core, int number) {
        CoreProfile p = CoreProfile.load(core);
        int entries = p.get(number == 1 ? Constant.BTB_L1_ENTRIES : Constant.BTB_L2_ENTRIES);
        // Only the second of each two is conditional: no two may share.
        BranchTargetBuffer level = level(core, number);
        int branches = entries + entries / 4;
        int missed = 0;
        for (int round = 0; round < 3; round++) {
            missed = 0;
            for (int k = 0; k < branches; k++) {
                // The ends of two in a line are 32 bytes apart: in sets of their own, whatever the kinds.
                long last = START + k * 32L + 1;
                if (!level.find(last)) {
                    missed++;
                    level.enter(last, k % 2 == 1);
                }
            }
        }
        assertEquals(true, missed > 0);
    }
}
