package dev.cyclecast.model;

/**
 * The scheduler queues: each operation waits in one of those that serve a port it can use, from dispatch to issue, and
 * issues through the ports of that queue, or by one of its picks ({@link Picks}).
 *
 * <p>A queue is chosen at dispatch, the one with most entries free; on a core that is that coarse, for
 * {@link Constant#SCHEDULER_BLOCK} operations of a cycle at once. Entries are counted in fields of one number.
 */
final class Schedulers {
    /** The queue of vector operations, which wait in no other; those before it are integer queues. */
    static final int VECTOR = 4;
    private static final int QUEUES = 5;
    /** A field is a count and, below it, a number by which queues with equal counts are told apart. The last has a count alone. */
    private static final int FIELD = 13;
    private static final int TIE = 2;
    private static final long LAST_FIELD = -1L << VECTOR * FIELD;
    private static final int RING = 1 << 11;

    /** Ports that each queue serves. */
    private final int[] serves = new int[QUEUES];
    /** Of each queue, one entry, and its whole field. */
    private final long[] one = new long[QUEUES];
    private final long[] field = new long[QUEUES];
    private long accepts;
    /** By cycle modulo the ring: entries that become free then. */
    private final long[] leaving = new long[RING];
    private final int release;
    private final int loadRelease;
    private final int block;
    /** Operations of this cycle that still go to the queue chosen last. */
    private int left;
    private long free;
    private long acceptable;
    private long blocked;
    private long counted;

    /** Queue of the operation placed last. */
    int operation;
    /** Queue of the address generation placed last. */
    int address;

    Schedulers(CoreProfile p) {
        release = p.get(Constant.SCHEDULER_RELEASE);
        loadRelease = p.get(Constant.LOAD_RELEASE);
        block = p.get(Constant.SCHEDULER_BLOCK);
        int queues = p.get(Constant.INT_SCHEDULER_QUEUES);
        int separate = p.get(Constant.AGU_SCHEDULER_ENTRIES);
        int entries = p.get(Constant.INT_SCHEDULER_ENTRIES) / queues;
        for (int q = 0; q < VECTOR; q++) {
            one[q] = 1L << q * FIELD + TIE;
            field[q] = (1L << FIELD) - 1 << q * FIELD;
            free |= (long) VECTOR - 1 - q << q * FIELD;
        }
        one[VECTOR] = 1L << VECTOR * FIELD;
        field[VECTOR] = LAST_FIELD;
        for (int q = 0; q < queues; q++) {
            free += entries * one[q];
        }
        if (separate > 0) {
            free += separate * one[queues];
        }
        free += p.get(Constant.VECTOR_SCHEDULER_ENTRIES) * one[VECTOR];
        for (int q = 0; q < QUEUES; q++) {
            // The queue before the vector scheduler takes all that is dispatched.
            accepts += p.get(q == VECTOR ? Constant.DISPATCH_WIDTH : Constant.SCHEDULER_ACCEPTS) * one[q];
        }
        acceptable = accepts;
        int alus = Integer.bitCount(Ports.alus(p));
        boolean picks = Picks.each(p) > 0;
        for (int port = 0; port < Ports.COUNT; port++) {
            if (Ports.isVector(port)) {
                serves[VECTOR] |= 1 << port;
            } else if (Ports.isAddress(port)) {
                serves[separate > 0 ? queues : queues - 1 - Ports.number(port) % queues] |= 1 << port;
            } else {
                int own = Math.min(queues - 1, Ports.number(port) * queues / alus);
                for (int q = picks ? 0 : own; q <= (picks ? queues - 1 : own); q++) {
                    serves[q] |= 1 << port;
                }
            }
        }
    }

    /** The queues, as their fields, that serve ports of a mask: those that an operation or an address generation may wait in. */
    long serving(int mask) {
        long fields = 0;
        for (int q = 0; q < QUEUES; q++) {
            fields |= (serves[q] & mask) != 0 ? field[q] : 0;
        }
        return fields;
    }

    /** Ports among a mask through which what waits in a queue issues: those that the queue serves. */
    int ports(int queue, int mask) {
        return serves[queue] & mask;
    }

    /**
     * Finds queues with room for an instruction: for its operation and its address generation, each with the queues that it
     * may wait in ({@link #serving}), none if there is no such thing.
     *
     * @return the cycle, not before {@code from}, at which there is room; cycles asked for never go back
     */
    long place(long operations, long addresses, long from) {
        count(from);
        long at = from;
        if ((operations | addresses) != 0) {
            while (!fits(operations, addresses)) {
                count(++at);
            }
        }
        return at;
    }

    private boolean fits(long operations, long addresses) {
        long open = free & ~blocked;
        int first = most(open & (operations != 0 ? operations : addresses));
        if (first < 0) {
            return false;
        }
        if (operations != 0 && first != VECTOR) {
            first = inBlock(first, open & operations);
        }
        if (operations == 0) {
            address = first;
        } else if (addresses != 0) {
            // An address generation comes with its operation, and is no further macro-op to receive.
            int second = most(free - one[first] & addresses);
            if (second < 0) {
                return false;
            }
            address = second;
            operation = first;
        } else {
            operation = first;
        }
        acceptable -= one[first];
        if ((acceptable & field[first]) == 0) {
            blocked |= field[first];
        }
        return true;
    }

    /** The queue that the last operation of this cycle went to, while its block lasts and it has room; else the one with most. */
    private int inBlock(int most, long open) {
        if (left > 0 && most(open & field[operation]) >= 0) {
            left--;
            return operation;
        }
        left = block - 1;
        return most;
    }

    /** The queue with most entries free, the lowest of equals; -1 where none has any. */
    private static int most(long entries) {
        if (entries >>> VECTOR * FIELD != 0) {
            return VECTOR;
        }
        long mask = (1 << FIELD) - 1;
        long low = Math.max(entries & mask, entries >>> FIELD & mask);
        long high = Math.max(entries >>> 2 * FIELD & mask, entries >>> 3 * FIELD);
        int best = (int) Math.max(low, high);
        return best < 1 << TIE ? -1 : VECTOR - 1 - (best & (1 << TIE) - 1);
    }

    private void count(long to) {
        if (counted < to) {
            acceptable = accepts;
            blocked = 0;
            if (counted + 1 < to) {
                pass(to - 1);
            }
            leave(to);
            counted = to;
            left = 0;
        }
    }

    private void leave(long cycle) {
        int k = (int) cycle & RING - 1;
        free += leaving[k];
        leaving[k] = 0;
    }

    private void pass(long to) {
        // After a long wait all that entered has issued: once round the ring is enough.
        for (long cycle = Math.max(counted, to - RING) + 1; cycle <= to; cycle++) {
            leave(cycle);
        }
    }

    /** What was placed in a queue keeps its entry until so long after it issues, at a cycle after the last one asked about. */
    void enter(int queue, long issue) {
        leaves(queue, issue + release);
    }

    /** A load keeps its own, on a core where entries are kept at all, so long after its data comes: until then it may have to issue again. */
    void enter(int queue, long issue, int latency) {
        leaves(queue, loadRelease == 0 ? issue : issue + latency + loadRelease);
    }

    private void leaves(int queue, long left) {
        if (left > counted) {
            free -= one[queue];
            // An operation further ahead than the ring is counted at its end: it leaves early, never twice.
            leaving[(int) Math.min(left, counted + RING - 1) & RING - 1] += one[queue];
        }
    }
}
