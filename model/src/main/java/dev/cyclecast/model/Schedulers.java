package dev.cyclecast.model;

/**
 * The scheduler queues: each operation waits in one of those that serve a port it can use, from dispatch to issue, and
 * issues through the ports of that queue.
 *
 * <p>A queue is chosen at dispatch: the one with most entries free. Free entries are counted in fields of one number.
 */
final class Schedulers {
    /** The queue of vector operations; those before it are integer queues. */
    private static final int VECTOR = 4;
    private static final int QUEUES = 5;
    private static final int FIELD = 12;
    private static final int COUNT = (1 << FIELD) - 1;
    private static final int RING = 1 << 11;
    private static final long EACH = 1L | 1L << FIELD | 1L << 2 * FIELD | 1L << 3 * FIELD | 1L << 4 * FIELD;
    private static final int ADDRESS_SHIFT = 8;

    /** Ports that each queue serves. */
    private final int[] serves = new int[QUEUES];
    /** By set of queues: the fields of these. */
    private final long[] fields = new long[1 << QUEUES];
    private final long accepts;
    /** By cycle modulo the ring: entries that become free then. */
    private final long[] leaving = new long[RING];
    private long free;
    private long acceptable;
    private long blocked;
    private long counted;

    /** Queue of the operation placed last. */
    int operation;
    /** Queue of the address generation placed last. */
    int address;

    Schedulers(CoreProfile p) {
        int queues = p.get(Constant.INT_SCHEDULER_QUEUES);
        int separate = p.get(Constant.AGU_SCHEDULER_ENTRIES);
        int entries = p.get(Constant.INT_SCHEDULER_ENTRIES) / queues;
        for (int q = 0; q < queues; q++) {
            free |= (long) entries << q * FIELD;
        }
        if (separate > 0) {
            free |= (long) separate << queues * FIELD;
        }
        free |= (long) p.get(Constant.VECTOR_SCHEDULER_ENTRIES) << VECTOR * FIELD;
        // The queue before the vector scheduler takes all that is dispatched.
        accepts = (p.get(Constant.SCHEDULER_ACCEPTS) * EACH & ~((long) COUNT << VECTOR * FIELD))
                | (long) p.get(Constant.DISPATCH_WIDTH) << VECTOR * FIELD;
        acceptable = accepts;
        for (int port = 0; port < Ports.COUNT; port++) {
            int queue = Ports.isVector(port) ? VECTOR : Ports.isAddress(port)
                    ? separate > 0 ? queues : queues - 1 - Ports.number(port) % queues : Ports.number(port) % queues;
            serves[queue] |= 1 << port;
        }
        for (int set = 0; set < fields.length; set++) {
            for (int q = 0; q < QUEUES; q++) {
                fields[set] |= (set >> q & 1) != 0 ? (long) COUNT << q * FIELD : 0;
            }
        }
    }

    /** The queues that an operation and an address generation may wait in; masks of ports, 0 where there is none. */
    int wanted(int operationPorts, int addressPorts) {
        int set = 0;
        for (int q = 0; q < QUEUES; q++) {
            set |= (serves[q] & operationPorts) != 0 ? 1 << q : 0;
            set |= (serves[q] & addressPorts) != 0 ? 1 << q + ADDRESS_SHIFT : 0;
        }
        return set;
    }

    /** Ports among a mask that a queue serves. */
    int ports(int queue, int mask) {
        return serves[queue] & mask;
    }

    /**
     * Finds queues with room for what an instruction wants.
     *
     * @return the cycle, not before {@code from}, at which there is room; cycles asked for never go back
     */
    long place(int wanted, long from) {
        count(from);
        long at = from;
        while (wanted != 0 && !fits(wanted)) {
            count(++at);
        }
        return at;
    }

    private boolean fits(int wanted) {
        int operations = wanted & (1 << ADDRESS_SHIFT) - 1;
        int addresses = wanted >> ADDRESS_SHIFT;
        int queue = -1;
        if (operations != 0) {
            queue = most(free & ~blocked & fields[operations]);
            if (queue < 0) {
                return false;
            }
            operation = queue;
        }
        if (addresses != 0) {
            // An address generation comes with its operation, and is no further macro-op to receive.
            long left = operations != 0 ? free - (1L << operation * FIELD) : free & ~blocked;
            int other = most(left & fields[addresses]);
            if (other < 0) {
                return false;
            }
            address = other;
            queue = queue < 0 ? other : queue;
        }
        acceptable -= 1L << queue * FIELD;
        if ((acceptable >>> queue * FIELD & COUNT) == 0) {
            blocked |= (long) COUNT << queue * FIELD;
        }
        return true;
    }

    /** The queue with most entries free, the lowest of equals; -1 where none has any. */
    private static int most(long entries) {
        int a = (int) (entries & COUNT) << 3 | 4;
        int b = (int) (entries >>> FIELD & COUNT) << 3 | 3;
        int c = (int) (entries >>> 2 * FIELD & COUNT) << 3 | 2;
        int d = (int) (entries >>> 3 * FIELD & COUNT) << 3 | 1;
        int e = (int) (entries >>> 4 * FIELD & COUNT) << 3;
        int best = Math.max(Math.max(a, b), Math.max(Math.max(c, d), e));
        return best < 8 ? -1 : 4 - (best & 7);
    }

    private void count(long to) {
        if (counted < to) {
            acceptable = accepts;
            blocked = 0;
            if (to - counted >= RING) {
                // All that entered has issued: a long wait is passed in one step.
                for (int k = 0; k < RING; k++) {
                    free += leaving[k];
                    leaving[k] = 0;
                }
                counted = to;
            }
            while (counted < to) {
                counted++;
                int k = (int) counted & RING - 1;
                free += leaving[k];
                leaving[k] = 0;
            }
        }
    }

    /** What was placed in a queue stays there until it issues, at a cycle after the last one asked about. */
    void enter(int queue, long issue) {
        if (issue > counted) {
            long one = 1L << queue * FIELD;
            free -= one;
            // An operation further ahead than the ring is counted at its end: it leaves early, never twice.
            leaving[(int) Math.min(issue, counted + RING - 1) & RING - 1] += one;
        }
    }
}
