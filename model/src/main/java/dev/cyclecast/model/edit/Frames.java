package dev.cyclecast.model.edit;

import java.util.Arrays;

/** The calls that are open while events are walked through: for each frame a number, such as that of a copy that runs in it. */
final class Frames {
    /** No number. */
    static final int NONE = -1;
    private int[] number = {NONE};
    private long[] slot = new long[1];
    /** Where a frame goes on that waits for the one it called as its last act. */
    private int[] resume = new int[1];
    private boolean[] waits = new boolean[1];
    private int top;

    /** Number of the innermost frame. */
    int number() {
        return number[top];
    }

    /** Stack slot of its return address. */
    long slot() {
        return slot[top];
    }

    /** Gives the innermost frame another number. */
    void become(int other) {
        number[top] = other;
    }

    void call(int callee, long returnSlot) {
        if (++top == number.length) {
            number = Arrays.copyOf(number, 2 * top);
            slot = Arrays.copyOf(slot, 2 * top);
            resume = Arrays.copyOf(resume, 2 * top);
            waits = Arrays.copyOf(waits, 2 * top);
        }
        number[top] = callee;
        slot[top] = returnSlot;
        waits[top] = false;
    }

    /** The innermost frame is about to make a call behind which it does nothing but go on at an instruction. */
    void waitAt(int instruction) {
        resume[top] = instruction;
        waits[top] = true;
    }

    /** Whether the innermost frame has done all but go on. */
    boolean waits() {
        return waits[top];
    }

    /** Where it goes on. */
    int resume() {
        return resume[top];
    }

    /** Leaves the innermost frame; what is behind the outermost is not known. */
    void leave() {
        if (top > 0) {
            top--;
        } else {
            number[0] = NONE;
            waits[0] = false;
        }
    }
}
