package dev.cyclecast.calibration.methods;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.edit.Editor;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Instructions that a proposal takes from each function, and adds to it, over a stretch of the counted operations.
 *
 * @param functions instructions by function of the base
 * @param added     instructions in new functions, which the base does not have
 * @param all       instructions of the base
 */
record EditedFunctions(Map<String, Change> functions, long added, long all) {
    private static final int BATCH = 1 << 14;
    private static final int MOST_EVENTS = 1 << 20;

    /**
     * Instructions of a function.
     *
     * @param before executed in the base
     * @param after  executed behind the edit, in what the function becomes: clones of it count as it
     */
    record Change(long before, long after) {
        private Change plus(Change other) {
            return new Change(before + other.before, after + other.after);
        }
    }

    /**
     * Applies a proposal.
     *
     * @throws dev.cyclecast.model.ModelException if its sites are not in the trace
     */
    static EditedFunctions of(TraceSource trace, Proposal proposal) {
        Code base = Code.of(trace.image());
        Events events = counted(trace);
        Editor editor = new Editor(proposal, trace, base, events);
        Events edited = editor.apply(events);
        Map<Long, String> origins = new HashMap<>();
        for (Code.Body body : base.bodies()) {
            origins.put(body.start(), body.name());
        }
        Map<String, Change> functions = new TreeMap<>();
        for (int e = 0; e < events.size(); e++) {
            functions.merge(base.bodyName(events.instruction(e)), new Change(1, 0), Change::plus);
        }
        long added = 0;
        for (int e = 0; e < edited.size(); e++) {
            String origin = origins.get(editor.code().bodies().get(editor.code().bodyOf(edited.instruction(e))).start());
            if (origin == null) {
                added++;
            } else {
                functions.merge(origin, new Change(0, 1), Change::plus);
            }
        }
        return new EditedFunctions(functions, added, events.size());
    }

    private static Events counted(TraceSource trace) {
        Events events = new Events(BATCH);
        EventBatch batch = new EventBatch(BATCH);
        boolean counting = false;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (events.size() < MOST_EVENTS && cursor.read(batch)) {
                int from = counting ? 0 : batch.size;
                for (int m = 0; m < batch.marks && !counting; m++) {
                    if (batch.markKind[m] == EventBatch.COUNT) {
                        counting = true;
                        from = batch.markAt[m];
                    }
                }
                for (int e = from; e < batch.size; e++) {
                    events.add(batch.instruction[e], batch.address0[e], batch.address1[e], batch.value[e]);
                }
            }
        }
        return events;
    }
}
