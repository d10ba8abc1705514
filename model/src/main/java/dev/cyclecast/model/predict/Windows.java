package dev.cyclecast.model.predict;

import dev.cyclecast.model.Code;
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
import java.util.function.UnaryOperator;

/** Cuts the counted operations of a trace into equal segments, of which a forecast times the ends. */
final class Windows {
    private static final int BATCH = 1 << 14;
    private final TraceSource trace;
    /** Operations of a segment; after which of them timing and counting begin. */
    private final long each;
    private final long timedFrom;
    private final long countFrom;
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
        private long[] dataLines;
    }

    private Windows(TraceSource trace, long each, long timedFrom, long countFrom) {
        this.trace = trace;
        this.each = each;
        this.timedFrom = timedFrom;
        this.countFrom = countFrom;
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
     * @param options how much is timed at the end of each
     * @throws ModelException if the trace is too short
     */
    static List<Window> of(TraceSource trace, int count, Predictor.Options options) {
        long[] counted = counted(trace);
        double instructions = Math.max(1.0, (double) counted[1] / Math.max(1, counted[0]));
        long each = counted[0] / count;
        long warm = Math.max(1, Math.round(options.warmInstructions() / instructions));
        long timed = warm + Math.max(1, Math.round(options.countInstructions() / instructions));
        if (each <= timed) {
            throw new ModelException(trace.header().program() + ": the trace counts " + counted[0] + " operations; a forecast "
                    + "needs more than " + count * timed + "; record a longer one");
        }
        Windows cutter = new Windows(trace, each, each - timed, each - timed + warm);
        cutter.cut(count);
        return cutter.windows;
    }

    /** Each segment compacted, after a change. */
    static List<Window> compact(List<Window> segments, Code code, UnaryOperator<Window> change) {
        return segments.stream().map(w -> change.apply(w).compact(code)).toList();
    }

    /** Operations that end in the counted part of a trace, and its instructions. */
    private static long[] counted(TraceSource trace) {
        EventBatch batch = new EventBatch(BATCH);
        long ended = 0;
        long instructions = 0;
        boolean counting = false;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                for (int m = 0; m < batch.marks; m++) {
                    counting |= batch.markKind[m] == EventBatch.COUNT;
                    if (counting && batch.markKind[m] == EventBatch.END) {
                        ended++;
                    }
                }
                instructions += counting ? batch.size : 0;
            }
        }
        return new long[] {ended, instructions};
    }

    private void cut(int count) {
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
                        ended(ended);
                    }
                }
                if (windows.size() < count) {
                    take(batch, from, batch.size);
                }
            }
        }
    }

    private void ended(long ended) {
        long within = (ended - 1) % each + 1;
        if (open != null) {
            if (within == timedFrom) {
                timedFromHere();
            } else if (within == countFrom) {
                open.countFrom = open.events.size();
            } else if (within == each) {
                windows.add(new Window(open.events, open.replayFrom, open.countFrom, each - countFrom, open.dataLines,
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
