package dev.cyclecast.model;

import java.util.Arrays;

/** Which static instructions a table holds: a new one takes the place of the one that came longest ago. */
final class OldestOut {
    /** No instruction. */
    static final int NONE = -1;
    private final int[] held;
    private int next;

    /** A table for so many, which holds none. */
    OldestOut(int places) {
        held = new int[places];
        Arrays.fill(held, NONE);
    }

    /** Whether it can hold any. */
    boolean hasPlaces() {
        return held.length > 0;
    }

    /** Takes an instruction in; returns the one that had its place, or {@link #NONE}. Only for a table that has places. */
    int enter(int number) {
        int out = held[next];
        held[next] = number;
        next = next + 1 == held.length ? 0 : next + 1;
        return out;
    }
}
