package dev.cyclecast.trace.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OperationTrackerTest {
    private final OperationTracker tracker = new OperationTracker();

    @Test
    void aPlainCallEndsWithItsReturn() {
        tracker.call(100);
        assertTrue(tracker.enter());
        assertFalse(tracker.call(92));
        assertFalse(tracker.ret(92));
        assertTrue(tracker.ret(100));
        assertFalse(tracker.inside());
    }

    @Test
    void aTailCallEndsWithTheReturnOfItsCaller() {
        tracker.call(100);
        tracker.call(92);
        assertTrue(tracker.enter(), "entered by a jump from the function called at 92");
        assertTrue(tracker.ret(92));
        assertFalse(tracker.ret(100));
    }

    @Test
    void anEntryInsideAnOperationIsNoOperation() {
        tracker.call(100);
        assertTrue(tracker.enter());
        tracker.call(92);
        assertFalse(tracker.enter());
        assertFalse(tracker.ret(92));
        assertTrue(tracker.ret(100));
    }

    @Test
    void unwindingWithoutReturnsShowsAtTheNextCallOrReturn() {
        tracker.call(200);
        tracker.call(100);
        tracker.enter();
        tracker.call(92);
        assertTrue(tracker.call(100));
        tracker.enter();
        assertTrue(tracker.ret(200));
    }

    @Test
    void withoutAKnownCallerTheFirstUnmatchedReturnEnds() {
        assertTrue(tracker.enter());
        assertFalse(tracker.call(50));
        assertFalse(tracker.ret(50));
        assertTrue(tracker.ret(58));
    }

    @Property
    void beginsAndEndsAlternate(@ForAll @Size(max = 200) List<@IntRange(min = 0, max = 2) Integer> kinds,
                                @ForAll @Size(value = 200) List<@IntRange(min = 0, max = 20) Integer> slots) {
        OperationTracker tracker = new OperationTracker();
        int open = 0;
        for (int i = 0; i < kinds.size(); i++) {
            long slot = slots.get(i) * 8L;
            open += switch (kinds.get(i)) {
                case 0 -> tracker.enter() ? 1 : 0;
                case 1 -> tracker.call(slot) ? -1 : 0;
                default -> tracker.ret(slot) ? -1 : 0;
            };
            assertEquals(open == 1, tracker.inside());
            assertTrue(open == 0 || open == 1);
        }
    }
}
