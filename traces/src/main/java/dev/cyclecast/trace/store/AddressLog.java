package dev.cyclecast.trace.store;

import java.util.Arrays;

/** The addresses of a chunk that were hard to foresee, in order, each with its place when it was here before. */
final class AddressLog {
    /** How far around its former place a neighbour can be, and how far back the address itself. */
    static final int NEAR = 12, BACK = 8;
    private static final int SIZE = 1 << 16;
    private static final int MASK = SIZE - 1;

    private final long[] addresses = new long[SIZE];
    private final int[] before = new int[SIZE];
    private final int[] place = new int[SIZE];
    private int size;

    void reset() {
        size = 0;
        Arrays.fill(addresses, 0);
        Arrays.fill(before, -1);
        Arrays.fill(place, -1);
    }

    void add(long address) {
        int slot = (int) (address * 0x9E3779B97F4A7C15L >>> 48);
        addresses[size & MASK] = address;
        before[size & MASK] = place[slot];
        place[slot] = size++;
    }

    /** The address so many entries ago, from 1. */
    long recent(int ago) {
        return addresses[size - ago & MASK];
    }

    /** The code of a neighbour: {@code offset} entries from where the address of {@code ago} entries ago was before. */
    static short code(int ago, int offset) {
        return (short) (ago << 8 | offset + 128);
    }

    /** Whether a code is one that {@link #code} makes of numbers within {@link #BACK} and {@link #NEAR}. */
    static boolean isCode(int code) {
        int offset = (code & 0xff) - 128;
        return code >> 8 >= 1 && code >> 8 <= BACK && offset >= -NEAR && offset <= NEAR;
    }

    /** The address that a code stands for; 0 if there is none. */
    long neighbour(short code) {
        int former = before[size - (code >> 8) & MASK];
        int at = former + (code & 0xff) - 128;
        return former < 0 || at < 0 || at >= size || size - at > SIZE ? 0 : addresses[at & MASK];
    }
}
