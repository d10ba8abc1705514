package dev.cyclecast.model;

/** Bad input to the model: a profile, a proposal or a trace that cannot be replayed; the message is one line for the user. */
public class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a one-line message: what, where, remedy. What it quotes from a file may hold line breaks; they become question marks. */
    public ModelException(String message) {
        super(message.replaceAll(Spelling.BREAKS, "?"));
    }
}
