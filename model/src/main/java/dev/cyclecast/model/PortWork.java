package dev.cyclecast.model;

import java.util.Arrays;

/**
 * Work that execution ports have to do, by the set of ports that may do it.
 *
 * <p>What may only go to some ports keeps these busy at least as many cycles as there is work for each of them. By Hall's
 * theorem the busiest union of such sets tells how long it takes at least, however cleverly work is given out.
 */
final class PortWork {
    private static final int MOST_SETS = 16;

    private int[] sets = new int[MOST_SETS];
    private long[] work = new long[MOST_SETS];
    private int size;

    /**
     * The ports that are busy longest.
     *
     * @param ports  as a mask
     * @param cycles that they take at least
     */
    record Busiest(int ports, long cycles) {
    }

    /** Adds work for any port of a set. */
    void add(int ports, long cycles) {
        for (int k = 0; k < size; k++) {
            if (sets[k] == ports) {
                work[k] += cycles;
                return;
            }
        }
        if (size == sets.length) {
            sets = Arrays.copyOf(sets, 2 * size);
            work = Arrays.copyOf(work, 2 * size);
        }
        sets[size] = ports;
        work[size++] = cycles;
    }

    /** The union of sets with the most work for each of its ports. */
    Busiest busiest() {
        Busiest most = new Busiest(0, 0);
        // More sets than that do not come up; those beyond are looked at together with the first ones only.
        int[] unions = new int[1 << Math.min(size, MOST_SETS)];
        for (int chosen = 1; chosen < unions.length; chosen++) {
            int union = unions[chosen & chosen - 1] | sets[Integer.numberOfTrailingZeros(chosen)];
            unions[chosen] = union;
            if (union != 0) {
                long cycles = Math.ceilDiv(within(union), Integer.bitCount(union));
                if (cycles > most.cycles) {
                    most = new Busiest(union, cycles);
                }
            }
        }
        return most;
    }

    /** Work that only ports of a set can do. */
    private long within(int ports) {
        long sum = 0;
        for (int k = 0; k < size; k++) {
            sum += (sets[k] & ~ports) == 0 ? work[k] : 0;
        }
        return sum;
    }
}
