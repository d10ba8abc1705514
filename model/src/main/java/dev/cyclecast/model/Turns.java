package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceHeader;
import dev.cyclecast.trace.TraceSource;

/**
 * A trace of a loop with marks where the first, or one soon behind it, and the last of its counted turns end, so that what enters and leaves the loop
 * is not taken for a part of it. A turn ends with the backward conditional branch that is taken most often.
 */
final class Turns implements TraceSource {
    /** Mark: a turn ended; the first such mark, and the last. */
    static final byte TURN = 3;
    private static final int BATCH = 1 << 14;
    /** Instructions behind the end of the first turn in which what came before the loop may be under way: a reorder buffer full. */
    private static final int SETTLED = 512;

    private final TraceSource trace;
    private final long first;
    private final long last;
    private final long between;
    private final long events;

    private Turns(TraceSource trace, long first, long last, long between, long events) {
        this.events = events;
        this.trace = trace;
        this.first = first;
        this.last = last;
        this.between = between;
    }

    /**
     * Finds the turns of a loop.
     *
     * @throws ModelException if the trace counts nothing, or no two turns
     */
    static Turns of(TraceSource trace, Code code) {
        long[] count = new long[code.size()];
        long[] settled = new long[code.size()];
        long[] left = new long[code.size()];
        long begin = -1;
        long[] first = new long[code.size()];
        long[] last = new long[code.size()];
        long[] taken = new long[code.size()];
        int before = -1;
        EventBatch batch = new EventBatch(BATCH);
        boolean counting = false;
        long base = 0;
        try (Cursor cursor = trace.cursor()) {
            while (cursor.read(batch)) {
                int mark = 0;
                for (int e = 0; e < batch.size; e++) {
                    for (; mark < batch.marks && batch.markAt[mark] <= e; mark++) {
                        counting |= batch.markKind[mark] == EventBatch.COUNT;
                    }
                    int s = batch.instruction[e];
                    if (before >= 0 && code.isTaken(before, s)) {
                        taken[before]++;
                    }
                    before = -1;
                    if (counting && code.instruction(s).flow() == Flow.CONDITIONAL) {
                        begin = begin < 0 ? base + e : begin;
                        if (count[s] == 0 || base + e < begin + SETTLED) {
                            settled[s] = base + e;
                            left[s] = 0;
                        } else {
                            left[s]++;
                        }
                        first[s] = count[s]++ == 0 ? base + e : first[s];
                        last[s] = base + e;
                        before = s;
                    }
                }
                for (; mark < batch.marks; mark++) {
                    counting |= batch.markKind[mark] == EventBatch.COUNT;
                }
                base += batch.size;
            }
        }
        int loop = loop(code, taken);
        if (loop < 0 || count[loop] < 2) {
            throw new ModelException(trace.header().program() + ": no two turns of a loop are counted; record it again");
        }
        // What was under way when the loop began still retires in its first turns: they are left out if others remain.
        boolean settles = left[loop] > 0;
        return new Turns(trace, settles ? settled[loop] : first[loop], last[loop], settles ? left[loop] : count[loop] - 1, base);
    }

    /** The backward branch that was taken most often; -1 if there is none. */
    private static int loop(Code code, long[] taken) {
        int loop = -1;
        for (int s = 0; s < taken.length; s++) {
            boolean backward = taken[s] > 0 && code.instruction(s).target() < code.instruction(s).address();
            if (backward && (loop < 0 || taken[s] > taken[loop])) {
                loop = s;
            }
        }
        return loop;
    }

    /** Events of the whole trace. */
    long events() {
        return events;
    }

    /** Number of events up to the end of the first turn. */
    long untilFirst() {
        return first + 1;
    }

    /** Number of events up to the end of the last turn. */
    long untilLast() {
        return last + 1;
    }

    /** Turns between the two marks. */
    long between() {
        return between;
    }

    @Override
    public TraceHeader header() {
        return trace.header();
    }

    @Override
    public ProgramImage image() {
        return trace.image();
    }

    @Override
    public Cursor cursor() {
        Cursor cursor = trace.cursor();
        return new Cursor() {
            private long base;

            @Override
            public boolean read(EventBatch batch) {
                boolean more = cursor.read(batch);
                insert(batch, untilFirst() - base);
                insert(batch, untilLast() - base);
                base += batch.size;
                return more;
            }

            @Override
            public void close() {
                cursor.close();
            }
        };
    }

    /** Puts a mark into a batch, behind those at or before its place; one at the batch's end stays there. */
    private static void insert(EventBatch batch, long at) {
        if (at < 1 || at > batch.size) {
            return;
        }
        batch.mark(TURN, (byte) 0);
        int place = batch.marks - 1;
        for (; place > 0 && batch.markAt[place - 1] > at; place--) {
            batch.markAt[place] = batch.markAt[place - 1];
            batch.markKind[place] = batch.markKind[place - 1];
            batch.markValue[place] = batch.markValue[place - 1];
        }
        batch.markAt[place] = (int) at;
        batch.markKind[place] = TURN;
        batch.markValue[place] = 0;
    }
}
