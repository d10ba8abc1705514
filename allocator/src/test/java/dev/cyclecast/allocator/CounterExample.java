package dev.cyclecast.allocator;

import java.util.Set;

/** A broken law with the command that shows it: the sequence as input of the program that broke it. */
final class CounterExample {
    private static final String INTRODUCTION = "\nTo see it, run:\n";

    private CounterExample() {}

    /** Runs a sequence; a law that it breaks is an error that shows how to see it. */
    static void check(CompiledAllocator allocator, Sequence sequence, Set<Law> laws) {
        History.violation(allocator.toString(), sequence, allocator.run(sequence), laws, null).ifPresent(violation -> {
            throw of(violation, allocator.command(), sequence);
        });
    }

    static Violation of(Violation violation, String command, Sequence sequence) {
        return new Violation(violation.law(), violation.getMessage() + INTRODUCTION + command + " <<'END'\n" + sequence.text()
                + "END\n");
    }

    /** The command, its input included, in a message that {@link #of} has made. */
    static String command(String message) {
        return message.substring(message.indexOf(INTRODUCTION) + INTRODUCTION.length());
    }
}
