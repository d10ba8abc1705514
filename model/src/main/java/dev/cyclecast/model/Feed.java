package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;

/** Feeds a trace to a core: its events, each once the one behind it is known, and its marks in between. */
final class Feed {
    private static final int BATCH = 1 << 10;

    /** Is told what passes, in program order. */
    interface Listener {
        /** Events of a batch that are replayed next. */
        void events(EventBatch batch, int from, int to);

        /** A mark; everything before it was replayed. */
        void mark(byte kind, int value);
    }

    private Feed() {
    }

    /** Replays a whole trace. */
    static void run(TraceSource trace, Core core, Listener listener) {
        EventBatch batch = new EventBatch(BATCH);
        EventBatch next = new EventBatch(BATCH);
        try (TraceSource.Cursor cursor = trace.cursor()) {
            boolean more = cursor.read(batch);
            while (more) {
                // Where the last branch went is known from the first event of the next batch.
                more = cursor.read(next);
                run(batch, more && next.size > 0 ? next.instruction[0] : -1, core, listener);
                EventBatch swap = batch;
                batch = next;
                next = swap;
            }
        }
    }

    private static void run(EventBatch batch, int after, Core core, Listener listener) {
        int from = 0;
        for (int m = 0; m < batch.marks; m++) {
            from = run(batch, from, batch.markAt[m], after, core, listener);
            listener.mark(batch.markKind[m], batch.markValue[m] & 0xff);
        }
        run(batch, from, batch.size, after, core, listener);
    }

    private static int run(EventBatch batch, int from, int to, int after, Core core, Listener listener) {
        if (to > from) {
            listener.events(batch, from, to);
            core.run(batch, from, to, to < batch.size ? batch.instruction[to] : after);
        }
        return to;
    }
}
