package dev.cyclecast.trace;

import java.util.Arrays;

/** A set of numbers other than 0, without objects. */
final class LongSet {
    private long[] slots = new long[1 << 12];
    private int size;
    private long last;

    int size() {
        return size;
    }

    void add(long value) {
        if (value == last || value == 0) {
            return;
        }
        last = value;
        if (insert(slots, value) && ++size * 2 > slots.length) {
            long[] old = slots;
            slots = new long[Math.multiplyExact(old.length, 2)];
            Arrays.stream(old).filter(v -> v != 0).forEach(v -> insert(slots, v));
        }
    }

    private static boolean insert(long[] slots, long value) {
        int mask = slots.length - 1;
        int slot = (int) (value * 0x9E3779B97F4A7C15L >>> 32) & mask;
        while (slots[slot] != 0) {
            if (slots[slot] == value) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        slots[slot] = value;
        return true;
    }
}
