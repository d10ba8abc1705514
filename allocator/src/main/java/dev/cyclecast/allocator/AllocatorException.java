package dev.cyclecast.allocator;

/** Something is wrong with a name, the tool chain or a child process; the message is one line with what, where and the remedy. */
public final class AllocatorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a one-line message for the user. */
    public AllocatorException(String message) {
        super(message);
    }

    /** With a one-line message for the user, and what lies behind it. */
    public AllocatorException(String message, Throwable cause) {
        super(message, cause);
    }
}
