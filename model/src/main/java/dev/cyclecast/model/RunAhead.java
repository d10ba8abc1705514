package dev.cyclecast.model;

/**
 * Loads that come before an older store's address is known. A core notes so many of them; others stay among its uncompleted loads, and
 * whenever a store generates its address, they take the address generators again, before all else, until there is a place (kernels {@code ahead-*}).
 *
 * <p>As instructions are timed in program order, a store whose address comes late is timed before the loads that run ahead of it. It is
 * taken to meet as many as it did when it was executed last.
 */
final class RunAhead {
    private static final int RING = 1 << 8;
    private final boolean limited;
    private final int retry;
    private final int generators;
    private final InOrderQueue places;
    /** Of loads that found no place: when there is one. */
    private final long[] placed = new long[RING];
    private int firstHeld;
    private int nextHeld;
    /** Stores whose address comes late: its cycle, and the static instruction. */
    private final long[] late = new long[RING];
    private final int[] store = new int[RING];
    private int firstLate;
    private int nextLate;
    /** By static instruction: loads without a place when it last generated its address. */
    private final int[] met;
    /** Cycle at which the addresses of all stores so far are known. */
    private long addressed;
    /** Cycles in which loads without a place have the address generators: the last time, and the time before. */
    private long from;
    private long until;
    private long fromBefore;
    private long untilBefore;

    /** For code of a number of static instructions. */
    RunAhead(CoreProfile p, int code) {
        limited = p.has(Constant.LOADS_AHEAD);
        retry = p.get(Constant.LOADS_AHEAD_RETRY);
        generators = p.get(Constant.AGU_PORTS);
        places = new InOrderQueue(Math.max(1, p.get(Constant.LOADS_AHEAD)));
        met = new int[limited ? code : 0];
    }

    /** Cycle at or after another at which an address can be generated: not while loads without a place take all generators. */
    long address(long at) {
        long free = at > fromBefore && at < untilBefore ? untilBefore : at;
        return free > from && free < until ? until : free;
    }

    /** A store generates its address at a cycle. */
    void store(int number, long dispatched, long address) {
        addressed = Math.max(addressed, address);
        if (limited && address > dispatched + retry) {
            settle(dispatched);
            if (nextLate - firstLate == RING) {
                return;
            }
            late[nextLate & RING - 1] = address;
            store[nextLate++ & RING - 1] = number;
            again(address, Math.min(met[number], generators * (address - dispatched)));
        }
    }

    /** Loads without a place look again, a while after a cycle: those too that did so before it already, but not twice those that are still to. */
    private void again(long address, long loads) {
        if (loads == 0) {
            return;
        }
        long cycles = (loads + generators - 1) / generators;
        long start = address + retry;
        if (start >= until) {
            fromBefore = from;
            untilBefore = until;
            from = start;
            until = start + cycles;
        } else {
            until += Math.clamp(address - from, 0, cycles);
        }
    }

    /** A load generates its address at a cycle; returns the one at which it does so for the last time, 0 where it has a place at once or needs none. */
    long load(long dispatched, long address) {
        if (!limited || addressed <= address) {
            return 0;
        }
        long place = places.free();
        places.take(addressed);
        if (place <= address) {
            return 0;
        }
        settle(dispatched);
        if (nextHeld - firstHeld < RING) {
            placed[nextHeld++ & RING - 1] = place;
        }
        return place + retry;
    }

    /** Counts what stores met whose address is known by now, and forgets the loads that have found a place. */
    private void settle(long now) {
        for (; firstLate != nextLate && late[firstLate & RING - 1] <= now; firstLate++) {
            free(late[firstLate & RING - 1]);
            met[store[firstLate & RING - 1]] = nextHeld - firstHeld;
        }
        free(now);
    }

    private void free(long cycle) {
        while (firstHeld != nextHeld && placed[firstHeld & RING - 1] < cycle) {
            firstHeld++;
        }
    }
}
