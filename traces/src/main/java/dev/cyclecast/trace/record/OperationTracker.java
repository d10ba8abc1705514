package dev.cyclecast.trace.record;

import java.util.Arrays;

/**
 * Follows calls and returns to tell when an outermost allocator operation ends: when the return address that was on top of
 * the stack at its entry is consumed, however many tail calls and nested calls lie between.
 *
 * <p>It knows the stack by the addresses at which calls store return addresses and returns load them. A stack that was
 * unwound without returns ({@code longjmp}) shows at the next call or return further up.
 */
final class OperationTracker {
    private long[] slots = new long[256];
    private int depth;
    private boolean inside;
    private boolean slotKnown;
    private long slot;

    /** Whether an operation is under way. */
    boolean inside() {
        return inside;
    }

    /** Control reached the entry of an operation; returns whether that begins one. */
    boolean enter() {
        if (inside) {
            return false;
        }
        inside = true;
        slotKnown = depth > 0;
        slot = slotKnown ? slots[depth - 1] : 0;
        return true;
    }

    /** A call stored its return address; returns whether this shows that the operation is over. */
    boolean call(long address) {
        boolean over = inside && slotKnown && Long.compareUnsigned(address, slot) >= 0;
        popTo(address);
        if (depth == slots.length) {
            slots = Arrays.copyOf(slots, depth * 2);
        }
        slots[depth++] = address;
        inside &= !over;
        return over;
    }

    /** A return loaded its return address; returns whether it ended the operation. */
    boolean ret(long address) {
        boolean over = inside && (slotKnown ? Long.compareUnsigned(address, slot) >= 0 : depth == 0);
        popTo(address);
        inside &= !over;
        return over;
    }

    private void popTo(long address) {
        while (depth > 0 && Long.compareUnsigned(slots[depth - 1], address) <= 0) {
            depth--;
        }
    }
}
