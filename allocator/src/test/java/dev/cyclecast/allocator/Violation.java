package dev.cyclecast.allocator;

/** A law that a sequence broke. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    private final Law law;

    Violation(Law law, String message) {
        super(message);
        this.law = law;
    }

    Law law() {
        return law;
    }
}
