package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryTrace;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceHeader;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;

class BranchCountsTest {
    private static Instruction at(long address, Flow flow, long target) {
        return new Instruction(address, 2, "any", "any", flow, target, 0, 0, List.of(), List.of(), null, 0, false, false, -1);
    }

    private static final ProgramImage IMAGE = new ProgramImage(List.of(), List.of(), List.of(),
            List.of(at(0x100, Flow.CONDITIONAL, 0x104), at(0x102, Flow.NEXT, 0), at(0x104, Flow.JUMP, 0x100)), new byte[6]);

    @Property
    void aBranchIsTakenWhereItsSuccessorIsSkipped(@ForAll @NotEmpty List<Boolean> taken) {
        EventBatch events = new EventBatch(3 * taken.size());
        for (boolean skips : taken) {
            events.add(0, 0, 0, 0);
            if (!skips) {
                events.add(1, 0, 0, 0);
            }
            events.add(2, 0, 0, 0);
        }
        BranchCounts counts = BranchCounts.of(new MemoryTrace(new TraceHeader(1, "t", List.of(), List.of(), 0, Map.of()), IMAGE, events));
        assertEquals(100.0 * taken.stream().filter(t -> t).count() / taken.size(), counts.takenPercent(0), 1e-9);
        assertEquals(Double.NaN, counts.takenPercent(1));
        assertEquals(Double.NaN, counts.takenPercent(2));
    }
}
