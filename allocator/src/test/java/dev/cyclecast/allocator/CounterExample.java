package dev.cyclecast.allocator;

/** A broken law with the command that shows it: the sequence as input of the program that broke it. */
final class CounterExample {
    private static final String START = " <<'END'\n";

    private CounterExample() {}

    static Violation of(Violation violation, String command, Sequence sequence) {
        return new Violation(violation.law(), violation.getMessage() + "\nTo see it, run:\n" + command + START
                + sequence.text() + "END\n");
    }

    /** The input of the program in a message that {@link #of} has made. */
    static String input(String message) {
        return message.substring(message.indexOf(START) + START.length(), message.lastIndexOf("END\n"));
    }
}
