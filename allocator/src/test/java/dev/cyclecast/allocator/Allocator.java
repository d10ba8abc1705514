package dev.cyclecast.allocator;

/** Something that runs sequences of calls, each from the same fresh state: the specification, or a compiled program. */
interface Allocator {
    Outcome run(Sequence sequence);
}
