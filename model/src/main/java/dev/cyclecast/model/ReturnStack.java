package dev.cyclecast.model;

/**
 * The return address stack: a ring that does not know how many calls are open.
 *
 * <p>A call beyond its depth overwrites the oldest address, and a return beyond what is left reads what an earlier call
 * left there: right for a recursion from one place, wrong for nested calls from many. A misprediction repairs it: calls
 * and returns of the wrong path leave no trace.
 */
final class ReturnStack {
    private final long[] address;
    private int top;

    /** A stack of so many addresses. */
    ReturnStack(int entries) {
        address = new long[entries];
    }

    /** A call that returns to an address. */
    void push(long behind) {
        top = top + 1 == address.length ? 0 : top + 1;
        address[top] = behind;
    }

    /** Where a return goes. */
    long pop() {
        long predicted = address[top];
        top = top == 0 ? address.length - 1 : top - 1;
        return predicted;
    }
}
