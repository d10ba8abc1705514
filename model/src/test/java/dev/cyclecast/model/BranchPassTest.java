package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.trace.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Cores that share a pass over the branches fare as each does alone. */
class BranchPassTest {
    private static final int BRANCHES = 4000;
    private static final Flow[] FLOWS = {Flow.CONDITIONAL, Flow.CONDITIONAL, Flow.CONDITIONAL, Flow.JUMP, Flow.CALL,
            Flow.RETURN, Flow.INDIRECT_JUMP};

    /** A core whose BTB is so small that it forgets branches that others know. */
    private static CoreProfile core(String name, int btb) {
        return CoreProfile.load(name).with(Constant.BTB_L1_ENTRIES, btb).with(Constant.BTB_L2_ENTRIES, 0);
    }

    @Property(tries = 40)
    void sharingChangesNoOutcome(@ForAll @Size(min = 1, max = 4) List<@IntRange(min = 4, max = 10) Integer> logOfEntries,
                                 @ForAll @IntRange(min = 1, max = 400) int sites, @ForAll @LongRange long seed) {
        List<CoreProfile> cores = new ArrayList<>();
        for (int k = 0; k < logOfEntries.size(); k++) {
            cores.add(core(CoreProfile.names().get(k % 3), 1 << logOfEntries.get(k)));
        }
        // One with another direction predictor, which shares with nobody.
        cores.add(core("zen4", 512).with(Constant.TAGE_HISTORY, 64));
        BranchPass together = new BranchPass(cores);
        List<BranchPredictor> alone = cores.stream().map(BranchPredictor::new).toList();
        Random random = new Random(seed);
        for (int n = 0; n < BRANCHES; n++) {
            int site = random.nextInt(sites);
            Flow flow = FLOWS[site % FLOWS.length];
            long address = 0x400000L + site * 20L;
            boolean taken = flow != Flow.CONDITIONAL || (n / 7 + site) % 3 == 0 || random.nextInt(8) == 0;
            long target = address + (flow.isIndirect() ? 64 * random.nextInt(3) : 640);
            together.predict(flow, address, address + 5, taken, target);
            for (int c = 0; c < cores.size(); c++) {
                BranchPredictor one = alone.get(c);
                assertEquals(one.predict(flow, address, address + 5, taken, target) | one.bubbles(), together.outcome(c));
            }
        }
        IntStream.range(0, cores.size()).forEach(c -> assertEquals(alone.get(c).mispredicted, together.mispredicted(c)));
    }
}
