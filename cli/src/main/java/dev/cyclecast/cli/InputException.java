package dev.cyclecast.cli;

/** An argument names something that cannot be used; the message is one line that names what, where and the remedy. */
final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a one-line message for the user. */
    InputException(String message) {
        super(message);
    }
}
