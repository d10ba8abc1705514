package dev.cyclecast.trace;

/** Anything that yields a program image and its events in order: a stored trace, or a synthetic trace in memory. */
public interface TraceSource {
    /** What the trace says about itself. */
    TraceHeader header();

    /** The static side. */
    ProgramImage image();

    /** A new cursor at the first event; several may be open at once, each for one thread. */
    Cursor cursor();

    /** A position in the events. */
    interface Cursor extends AutoCloseable {
        /**
         * Clears the batch and fills it with the next events.
         *
         * @return false when there are no more events and no more marks
         * @throws TraceException if the trace is damaged; names the file, the chunk and the byte offset
         */
        boolean read(EventBatch batch);

        @Override
        void close();
    }
}
