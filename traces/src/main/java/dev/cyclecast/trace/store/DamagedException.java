package dev.cyclecast.trace.store;

/** Bytes of a trace contradict the format; the reader adds the file, the chunk and the offset. */
final class DamagedException extends Exception {
    private static final long serialVersionUID = 1;

    DamagedException(String message) {
        super(message, null, false, false);
    }
}
