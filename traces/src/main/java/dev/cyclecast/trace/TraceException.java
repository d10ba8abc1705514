package dev.cyclecast.trace;

/** Something is wrong with a trace, a program or the recording set-up; the message is one line that names what, where and the remedy. */
public final class TraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a one-line message for the user. */
    public TraceException(String message) {
        super(message);
    }

    /** With a one-line message for the user, and what lies behind it. */
    public TraceException(String message, Throwable cause) {
        super(message, cause);
    }
}
