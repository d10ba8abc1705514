package dev.cyclecast.trace.store;

import java.util.Arrays;

/**
 * What a small load will find: what the last load at that address found, changed as things change after the instruction
 * that did that last load (a counter that each visit increments changes by one).
 */
final class ValuePredictor {
    private static final int LOG = 14;

    private final int[] value = new int[1 << LOG];
    private final int[] loader = new int[1 << LOG];
    /** Per instruction: the change expected after it, and the last one seen. */
    private int[] change = new int[1024];
    private int[] seen = new int[1024];

    void reset() {
        Arrays.fill(value, 0);
        Arrays.fill(loader, 0);
        Arrays.fill(change, 0);
        Arrays.fill(seen, 0);
    }

    static int slot(long address) {
        return (int) (address * 0x9E3779B97F4A7C15L >>> 64 - LOG);
    }

    int predict(int slot) {
        return value[slot] + change[loader[slot]];
    }

    /** Takes note of a value that was foreseen. */
    void hit(int slot, int found, int instruction) {
        reserve(instruction);
        value[slot] = found;
        loader[slot] = instruction;
    }

    /** Takes note of a value that was not; a change is expected once it was seen twice running. */
    void miss(int slot, int found, int instruction) {
        reserve(instruction);
        int former = loader[slot];
        int by = found - value[slot];
        change[former] = seen[former] == by ? by : 0;
        seen[former] = by;
        value[slot] = found;
        loader[slot] = instruction;
    }

    private void reserve(int instruction) {
        if (instruction >= change.length) {
            int room = Math.max(instruction + 1, change.length * 2);
            change = Arrays.copyOf(change, room);
            seen = Arrays.copyOf(seen, room);
        }
    }
}
