package dev.cyclecast.model.predict;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.Segment;
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
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Cuts the counted operations of a trace into equal segments, of which a forecast times some windows in the later half. */
final class Windows {
    private static final int BATCH = 1 << 10;
    /** Room for events of a segment above the mean of all, as a factor, and at most; it grows where that is not enough. */
    private static final double SPARE = 1.05;
    private static final long MOST_ROOM = 1 << 26;
    private final TraceSource trace;
    private final Plan plan;
    private final List<Segment> segments = new ArrayList<>();
    private final Map<Long, long[]> lastTouch = new HashMap<>();
    private final boolean[] stackAccess;
    private final LongUnaryOperator moved;
    private final boolean keepsEvents;
    private long clock;
    private long stack;
    private Open open;

    /** A segment being filled. */
    private static final class Open {
        private final Events events;
        private final List<Segment.Timed> windows = new ArrayList<>();
        private int from;
        private int countFrom;
        private long[] dataLines;

        Open(int capacity) {
            events = new Events(capacity);
        }
    }

    private Windows(TraceSource trace, Plan plan, LongUnaryOperator moved, boolean keepsEvents) {
        this.trace = trace;
        this.plan = plan;
        this.moved = moved;
        this.keepsEvents = keepsEvents;
        ProgramImage image = trace.image();
        stackAccess = new boolean[image.instructions().size()];
        for (int s = 0; s < stackAccess.length; s++) {
            Instruction i = image.instructions().get(s);
            stackAccess[s] = !i.memory().isEmpty() && i.memory().stream().allMatch(MemoryOperand::stack);
        }
    }

    /**
     * How many operations go where.
     *
     * @param segments number of segments
     * @param each     operations of a segment
     * @param places   windows in each segment
     * @param step     operations from one window to the next
     * @param timed    operations of a window
     * @param warm     operations of it that are not counted
     * @param room     events of a segment, about
     */
    record Plan(int segments, long each, int places, long step, long timed, long warm, int room) {
        /** Operations counted in each window. */
        long counted() {
            return timed - warm;
        }

        /** Operations of a segment after which a window ends. */
        private long end(int place) {
            return each - (places - 1 - place) * step;
        }

        /** Number of a window among all of the trace. */
        int window(int segment, int place) {
            return segment * places + place % places;
        }
    }

    /**
     * Plans segments of a trace, and of every trace that does the same operations.
     *
     * @throws ModelException if the trace is too short
     */
    static Plan plan(TraceSource trace, Predictor.Options options) {
        long[] counted = counted(trace);
        double instructions = Math.max(1.0, (double) counted[1] / Math.max(1, counted[0]));
        long each = counted[0] / Design.LEVELS;
        long warm = Math.max(1, Math.round(options.warmInstructions() / instructions));
        long timed = warm + Math.max(1, Math.round(options.countInstructions() / instructions));
        if (each <= timed) {
            throw new ModelException(trace.header().program() + ": the trace counts " + counted[0] + " operations; a forecast "
                    + "needs more than " + Design.LEVELS * timed + "; record a longer one");
        }
        // In the later half, so that enough comes before them that trains the predictors.
        int places = Math.clamp(each / (2 * timed), 1, Design.PLACES);
        int room = (int) Math.min(MOST_ROOM, (long) (each * instructions * SPARE));
        return new Plan(Design.LEVELS, each, places, each / (2 * places), timed, warm, room);
    }

    /**
     * Cuts segments.
     *
     * @throws ModelException if the trace has fewer operations than planned
     */
    static List<Segment> of(TraceSource trace, Plan plan) {
        Windows cutter = new Windows(trace, plan, LongUnaryOperator.identity(), true);
        cutter.cut();
        if (cutter.segments.size() < plan.segments()) {
            throw new ModelException(trace.header().program() + ": the trace counts fewer operations than the "
                    + plan.segments() * plan.each() + " of the one that it is compared with; record the same ones");
        }
        return cutter.segments;
    }

    /** The segments with data lines as they are where data was moved. */
    static List<Segment> moved(List<Segment> segments, TraceSource trace, Plan plan, LongUnaryOperator moved) {
        Windows cutter = new Windows(trace, plan, moved, false);
        cutter.cut();
        return IntStream.range(0, segments.size())
                .mapToObj(s -> segments.get(s).withDataOf(cutter.segments.get(s))).toList();
    }

    /** The windows of all segments, after a change. */
    static List<Window> compact(List<Segment> segments, Code code, UnaryOperator<Segment> change) {
        return segments.stream().flatMap(s -> change.apply(s).compact(code).stream()).toList();
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

    private void cut() {
        EventBatch batch = new EventBatch(BATCH);
        long ended = 0;
        boolean counting = false;
        try (TraceSource.Cursor cursor = trace.cursor()) {
            while (segments.size() < plan.segments() && cursor.read(batch)) {
                int from = 0;
                for (int m = 0; m < batch.marks && segments.size() < plan.segments(); m++) {
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
                if (segments.size() < plan.segments()) {
                    take(batch, from, batch.size);
                }
            }
        }
    }

    private void ended(long ended) {
        long within = (ended - 1) % plan.each() + 1;
        if (open != null) {
            window(within);
        }
        if (within == plan.each() && segments.size() < plan.segments()) {
            if (open != null) {
                segments.add(new Segment(open.events, open.windows));
            }
            begin();
        }
    }

    /** Begins, counts or ends a window where one does behind so many operations of the segment. */
    private void window(long within) {
        if (within == plan.end(open.windows.size())) {
            open.windows.add(new Segment.Timed(open.from, open.countFrom, open.events.size(), open.dataLines, stack));
        }
        int place = open.windows.size();
        if (place < plan.places()) {
            long from = plan.end(place) - plan.timed();
            if (within == from) {
                timedFromHere();
            } else if (within == from + plan.warm()) {
                open.countFrom = open.events.size();
            }
        }
    }

    private void begin() {
        open = new Open(keepsEvents ? plan.room() : 0);
    }

    /** A window begins: what the caches hold is what was touched until now. */
    private void timedFromHere() {
        open.from = open.events.size();
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
            if (open != null && keepsEvents) {
                open.events.add(s, address, batch.address1[e], batch.value[e]);
            }
        }
    }

    private void touch(long address) {
        lastTouch.computeIfAbsent(moved.applyAsLong(address) >>> 6, k -> new long[1])[0] = clock;
    }
}
