package dev.cyclecast.model.predict;

import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.Window;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Cuts the counted operations of a trace into equal segments, of which a forecast times the ends. */
final class Windows {
    private static final int BATCH = 1 << 14;
    private final TraceSource trace;
    private final Predictor.Options options;
    private final List<Window> windows = new ArrayList<>();
    private final Map<Long, long[]> lastTouch = new HashMap<>();
    private final boolean[] stackAccess;
    private long clock;
    private long stack;
    private Open open;

    /** A segment being filled. */
    private static final class Open {
        private final Events events = new Events(1 << 18);
        private int replayFrom;
        private int countFrom;
        private long operations;
        private long[] dataLines;
    }

    private Windows(TraceSource trace, Predictor.Options options) {
        this.trace = trace;
        this.options = options;
        ProgramImage image = trace.image();
        stackAccess = new boolean[image.instructions().size()];
        for (int s = 0; s < stackAccess.length; s++) {
            Instruction i = image.instructions().get(s);
            stackAccess[s] = !i.memory().isEmpty() && i.memory().stream().allMatch(MemoryOperand::stack);
        }
    }

    /**
     * Cuts segments.
     *
     * @param count   how many
     * @param options operations timed at the end of each
     * @throws ModelException if the trace is too short
     */
    static List<Window> of(TraceSource trace, int count, Predictor.Options options) {
        long counted = countedOperations(trace);
        long each = counted / count;
        int timed = options.warmOperations() + options.countOperations();
        if (each <= timed) {
            throw new ModelException(trace.header().program() + ": the trace counts " + counted + " operations; a forecast "
                    + "needs more than " + (long) count * timed + "; record a longer one");
        }
        Windows cutter = new Windows(trace, options);
        cutter.cut(each, count);
        return cutter.windows;
    }

    /** Operations that end in the counted part of a trace. */
    static long countedOperations(TraceSource trace) {
        EventBatch batch = new EventBatch(BATCH);
        long ended = 0;
        boolean counting = false;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                for (int m = 0; m < batch.marks; m++) {
                    counting |= batch.markKind[m] == EventBatch.COUNT;
                    if (counting && batch.markKind[m] == EventBatch.END) {
                        ended++;
                    }
                }
            }
        }
        return ended;
    }

    private void cut(long each, int count) {
        EventBatch batch = new EventBatch(BATCH);
        long ended = 0;
        boolean counting = false;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (windows.size() < count && cursor.read(batch)) {
                int from = 0;
                for (int m = 0; m < batch.marks && windows.size() < count; m++) {
                    take(batch, from, batch.markAt[m]);
                    from = batch.markAt[m];
                    if (batch.markKind[m] == EventBatch.COUNT) {
                        counting = true;
                        begin();
                    } else if (counting && batch.markKind[m] == EventBatch.END) {
                        ended++;
                        ended(ended, each);
                    }
                }
                if (windows.size() < count) {
                    take(batch, from, batch.size);
                }
            }
        }
    }

    private void ended(long ended, long each) {
        long within = (ended - 1) % each + 1;
        if (open != null) {
            long timedFrom = each - options.warmOperations() - options.countOperations();
            if (within == timedFrom) {
                timedFromHere();
            } else if (within == timedFrom + options.warmOperations()) {
                open.countFrom = open.events.size();
            } else if (within == each) {
                open.operations = options.countOperations();
                windows.add(new Window(open.events, open.replayFrom, open.countFrom, open.operations, open.dataLines,
                        new int[0], stack, null));
                open = null;
            }
        }
        if (within == each && open == null) {
            begin();
        }
    }

    private void begin() {
        open = new Open();
    }

    /** The timed part begins: what the caches hold is what was touched until now. */
    private void timedFromHere() {
        open.replayFrom = open.events.size();
        open.dataLines = lastTouch.entrySet().stream().sorted(Comparator.comparingLong(e -> e.getValue()[0]))
                .mapToLong(Map.Entry::getKey).toArray();
    }

    private void take(EventBatch batch, int from, int to) {
        for (int e = from; e < to; e++) {
            int s = batch.instruction[e];
            long address = batch.address0[e];
            clock++;
            if (address != 0) {
                touch(address);
                if (stackAccess[s]) {
                    stack = address;
                }
                if (batch.address1[e] != 0) {
                    touch(batch.address1[e]);
                }
            }
            if (open != null) {
                open.events.add(s, address, batch.address1[e], batch.value[e]);
            }
        }
    }

    private void touch(long address) {
        lastTouch.computeIfAbsent(address >>> 6, k -> new long[1])[0] = clock;
    }
}
