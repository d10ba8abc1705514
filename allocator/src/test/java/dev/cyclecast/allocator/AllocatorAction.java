package dev.cyclecast.allocator;

/** One call of a random sequence; {@code pick} chooses among the live blocks, modulo their number. */
sealed interface AllocatorAction {
    record Malloc(int size) implements AllocatorAction {}

    record AlignedAlloc(int alignmentShift, int size) implements AllocatorAction {}

    record Calloc(int count, int size) implements AllocatorAction {}

    record Realloc(int pick, int size) implements AllocatorAction {}

    record Free(int pick) implements AllocatorAction {}
}
