package dev.cyclecast.model;

/**
 * What the integer scheduler queues issue, on a core where each picks operations for any of the ALUs
 * ({@link Constant#SCHEDULER_ANY_PORT}): as many a cycle as there are ALUs to each queue.
 *
 * <p>What every ALU does takes a pick of its queue; there is an ALU for it then. What only some do takes one of these as well, and goes
 * first: if an older operation has the pick, that one comes a pick later, and as what waits for it has been timed by then, the next
 * operation of the queue bears its delay (kernels {@code burst-*}, {@code chains-beside-*}).
 */
final class Picks {
    private static final int RING = 1 << 11;
    private static final int COUNT = 4;

    private final Ports ports;
    private final int each;
    /** By queue, and by cycle modulo the ring: the cycle, shifted up, and the picks taken in it. */
    private final long[] taken;
    /** Of each queue, the operations that have been overtaken and whose delay nothing bears yet. */
    private final int[] overtaken = new int[Schedulers.VECTOR];

    Picks(CoreProfile p, Ports ports) {
        this.ports = ports;
        each = each(p);
        taken = new long[each > 0 ? Schedulers.VECTOR * RING : 0];
    }

    /** Operations that a queue picks each cycle; 0 where each queue has its own ports, or there are more queues than ALUs. */
    static int each(CoreProfile p) {
        return p.has(Constant.SCHEDULER_ANY_PORT) ? p.get(Constant.ALU_PORTS) / p.get(Constant.INT_SCHEDULER_QUEUES) : 0;
    }

    /** Whether what is placed in a queue, and can use ports of a mask, is picked here. */
    boolean pick(int queue, int mask) {
        return each > 0 && queue < Schedulers.VECTOR && ports.isInteger(mask);
    }

    /** Whether a queue can pick an operation for a port of a mask in a cycle. */
    boolean isFree(int queue, int mask, long cycle) {
        return free(queue, cycle) == cycle && (mask == ports.alu || ports.isFree(mask, cycle));
    }

    /** Issues an operation of a queue through ports of a mask at or after a cycle, and keeps its port for further ones; returns the cycle. */
    long issue(int queue, int mask, long from, int busy) {
        if (mask == ports.alu) {
            long at = from;
            if (overtaken[queue] > 0) {
                overtaken[queue]--;
                at = free(queue, from) + 1;
            }
            at = take(queue, at);
            for (int n = 1; n < busy; n++) {
                take(queue, at + n);
            }
            return at;
        }
        long at = ports.issue(mask, from, busy);
        if (take(queue, at) > at) {
            overtaken[queue]++;
        }
        return at;
    }

    /** Takes the first pick of a queue that is free, at or after a cycle; returns its cycle. */
    long take(int queue, long from) {
        long at = free(queue, from);
        int k = place(queue, at);
        taken[k] = Ports.of(taken[k], COUNT, at) + 1;
        return at;
    }

    private long free(int queue, long from) {
        long t = from;
        while ((Ports.of(taken[place(queue, t)], COUNT, t) & (1 << COUNT) - 1) >= each) {
            t++;
        }
        return t;
    }

    private static int place(int queue, long cycle) {
        return queue * RING + ((int) cycle & RING - 1);
    }
}
