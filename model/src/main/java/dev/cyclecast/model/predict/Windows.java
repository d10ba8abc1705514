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
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Cuts the windows that a forecast replays out of a trace, evenly spread over its counted operations. */
final class Windows {
    private static final int BATCH = 1 << 14;
    private final TraceSource trace;
    private final int warmOperations;
    private final int countOperations;
    private final List<Window> windows = new ArrayList<>();
    private final Map<Long, long[]> lastTouch = new HashMap<>();
    private final long[] lastExecuted;
    private final boolean[] stackAccess;
    private long clock;
    private long stack;
    private Open open;

    /** A window being filled. */
    private static final class Open {
        private final Events events = new Events(1 << 18);
        private int countFrom = -1;
        private long operations;
        private long[] dataLines;
        private int[] code;
    }

    private Windows(TraceSource trace, int warmOperations, int countOperations) {
        this.trace = trace;
        this.warmOperations = warmOperations;
        this.countOperations = countOperations;
        ProgramImage image = trace.image();
        lastExecuted = new long[image.instructions().size()];
        stackAccess = new boolean[lastExecuted.length];
        for (int s = 0; s < stackAccess.length; s++) {
            Instruction i = image.instructions().get(s);
            stackAccess[s] = !i.memory().isEmpty() && i.memory().stream().allMatch(MemoryOperand::stack);
        }
    }

    /**
     * Cuts windows.
     *
     * @param count           how many
     * @param warmOperations  operations before the counted ones
     * @param countOperations counted operations of each
     * @throws ModelException if the trace is too short
     */
    static List<Window> of(TraceSource trace, int count, int warmOperations, int countOperations) {
        long counted = countedOperations(trace);
        long each = counted / count;
        if (each < warmOperations + countOperations) {
            throw new ModelException(trace.header().program() + ": the trace counts " + counted + " operations; " + count
                    + " windows of " + warmOperations + " + " + countOperations + " need "
                    + (long) count * (warmOperations + countOperations) + "; record a longer one");
        }
        Windows cutter = new Windows(trace, warmOperations, countOperations);
        cutter.cut(each, count);
        return cutter.windows;
    }

    private static long countedOperations(TraceSource trace) {
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
            if (within == warmOperations) {
                open.countFrom = open.events.size();
            } else if (within == warmOperations + countOperations) {
                open.operations = countOperations;
                windows.add(new Window(open.events, open.countFrom, open.operations, open.dataLines, open.code, stack));
                open = null;
            }
        }
        if (within == each && open == null) {
            begin();
        }
    }

    private void begin() {
        open = new Open();
        open.dataLines = lastTouch.entrySet().stream().sorted(Comparator.comparingLong(e -> e.getValue()[0]))
                .mapToLong(Map.Entry::getKey).toArray();
        Integer[] order = new Integer[lastExecuted.length];
        Arrays.setAll(order, s -> s);
        open.code = Arrays.stream(order).filter(s -> lastExecuted[s] > 0)
                .sorted(Comparator.comparingLong(s -> lastExecuted[s])).mapToInt(Integer::intValue).toArray();
    }

    private void take(EventBatch batch, int from, int to) {
        for (int e = from; e < to; e++) {
            int s = batch.instruction[e];
            long address = batch.address0[e];
            clock++;
            lastExecuted[s] = clock;
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
