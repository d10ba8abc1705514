package dev.cyclecast.model;

import java.util.Arrays;

/** Executed instructions held in memory as flat arrays: what a {@link Core} replays. */
public final class Events {
    /** Number of events. */
    int size;
    int[] instruction;
    long[] address0;
    long[] address1;
    int[] value;

    /** No events, with room for some. */
    public Events(int capacity) {
        instruction = new int[capacity];
        address0 = new long[capacity];
        address1 = new long[capacity];
        value = new int[capacity];
    }

    /** Number of events. */
    public int size() {
        return size;
    }

    /** Instruction number of an event. */
    public int instruction(int event) {
        return instruction[event];
    }

    /** First data address of an event, 0 if there is none. */
    public long address0(int event) {
        return address0[event];
    }

    /** Second data address of an event, 0 if there is none. */
    public long address1(int event) {
        return address1[event];
    }

    /** Small value that an event loaded. */
    public int value(int event) {
        return value[event];
    }

    /** Appends an event. */
    public void add(int number, long first, long second, int loaded) {
        if (size == instruction.length) {
            grow(2 * size + 1);
        }
        instruction[size] = number;
        address0[size] = first;
        address1[size] = second;
        value[size++] = loaded;
    }

    /** A copy of events {@code from} to {@code to}. */
    Events range(int from, int to) {
        Events range = new Events(0);
        range.instruction = Arrays.copyOfRange(instruction, from, to);
        range.address0 = Arrays.copyOfRange(address0, from, to);
        range.address1 = Arrays.copyOfRange(address1, from, to);
        range.value = Arrays.copyOfRange(value, from, to);
        range.size = to - from;
        return range;
    }

    private void grow(int capacity) {
        instruction = Arrays.copyOf(instruction, capacity);
        address0 = Arrays.copyOf(address0, capacity);
        address1 = Arrays.copyOf(address1, capacity);
        value = Arrays.copyOf(value, capacity);
    }
}
