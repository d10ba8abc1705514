package dev.cyclecast.trace;

/**
 * A trace held in memory: an image and its events, for synthetic programs and tests.
 *
 * <pre>{@code
 * EventBatch events = new EventBatch(1000);
 * events.mark(EventBatch.COUNT, (byte) 0);
 * events.add(0, 0x1000, 0, 0);
 * TraceSource trace = new MemoryTrace(header, image, events);
 * }</pre>
 */
public final class MemoryTrace implements TraceSource {
    private final TraceHeader header;
    private final ProgramImage image;
    private final EventBatch events;

    /** A trace of all events and marks of a batch, which must not be changed any more. */
    public MemoryTrace(TraceHeader header, ProgramImage image, EventBatch events) {
        this.header = header;
        this.image = image;
        this.events = events;
    }

    /** A trace read whole from another source; for short ones. */
    public static MemoryTrace of(TraceSource source) {
        EventBatch all = new EventBatch(0);
        EventBatch part = new EventBatch(1 << 14);
        try (Cursor cursor = source.cursor()) {
            while (cursor.read(part)) {
                EventBatch joined = new EventBatch(all.size + part.size);
                append(all, 0, all.size, joined);
                append(part, 0, part.size, joined);
                all = joined;
            }
        }
        return new MemoryTrace(source.header(), source.image(), all);
    }

    @Override
    public TraceHeader header() {
        return header;
    }

    @Override
    public ProgramImage image() {
        return image;
    }

    /** The events and marks. */
    public EventBatch events() {
        return events;
    }

    @Override
    public Cursor cursor() {
        return new Cursor() {
            private int at;
            private int mark;

            @Override
            public boolean read(EventBatch batch) {
                batch.clear();
                int to = (int) Math.min(events.size, (long) at + batch.capacity());
                mark = append(events, mark, at, to, batch);
                at = to;
                return batch.size > 0 || batch.marks > 0;
            }

            @Override
            public void close() {
                at = events.size;
                mark = events.marks;
            }
        };
    }

    private static void append(EventBatch source, int mark, int to, EventBatch target) {
        append(source, mark, 0, to, target);
    }

    /** Appends events and the marks at them; marks behind the last event go with it. */
    private static int append(EventBatch source, int mark, int from, int to, EventBatch target) {
        for (int i = from; i <= to; i++) {
            boolean last = i == to;
            if (!last || to == source.size) {
                for (; mark < source.marks && source.markAt[mark] == i; mark++) {
                    target.mark(source.markKind[mark], source.markValue[mark]);
                }
            }
            if (!last) {
                target.add(source.instruction[i], source.address0[i], source.address1[i], source.value[i]);
            }
        }
        return mark;
    }
}
