package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.trace.Flow;
import java.util.ArrayDeque;
import java.util.Deque;

/** Whether what was executed follows from where the code lies: an edit must leave no instruction that leads elsewhere. */
final class Continuity {
    /** What {@link #firstBreak} returns where there is none. */
    static final int NONE = -1;

    private Continuity() {
    }

    /**
     * The first event that the one behind it does not follow from: it is in no body, falls through to what does not lie
     * behind it, or returns to where no call stands before.
     */
    static int firstBreak(Code code, Events events) {
        Deque<Integer> calls = new ArrayDeque<>();
        for (int e = 0; e + 1 < events.size(); e++) {
            int s = events.instruction(e);
            int next = events.instruction(e + 1);
            Flow flow = code.instruction(s).flow();
            if (flow.isCall()) {
                calls.push(s);
            }
            boolean returns = flow == Flow.RETURN && !calls.isEmpty();
            boolean falls = flow == Flow.NEXT || returns;
            if (code.bodyOf(s) < 0 || falls && code.successor(returns ? calls.pop() : s) != next) {
                return e;
            }
        }
        return NONE;
    }
}
