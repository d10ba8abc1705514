package dev.cyclecast.model;

/**
 * What instructions hold from dispatch until some cycles after retirement: places in the reorder buffer, and physical registers of each
 * kind. (An instruction that writes takes a register at dispatch; by its retirement the one that held the overwritten value is free.)
 *
 * <p>What is free is counted in fields of one number, each with a bit above the count that is set while it is not negative.
 * What retired instructions held is added only when it is asked for, so that most instructions cost one comparison.
 */
final class InFlight {
    private static final int FIELD = 16;
    private static final int INTEGERS = FIELD;
    private static final int FLAGS = 2 * FIELD;
    private static final int VECTORS = 3 * FIELD;
    private static final int COUNT = (1 << FIELD) - 1;
    private static final long PLACES = COUNT;
    /** Place of the guard in a field. */
    private static final int GUARD = FIELD - 2;
    /** Free places and registers, those left out that instructions held which are known to have retired. */
    private long free;
    private final Release places;
    private final Release registers;
    /** By instruction, in rings: when it retired, and what it held. */
    private long[] retired;
    private long[] held;
    private int newest;

    InFlight(CoreProfile p) {
        free = (held(1, 1, 1, 1) << GUARD) + held(p.get(Constant.ROB_ENTRIES), p.get(Constant.INT_REGISTERS), p.get(Constant.FLAG_REGISTERS),
                p.get(Constant.VECTOR_REGISTERS));
        places = new Release(PLACES, p.get(Constant.WINDOW_RELEASE));
        registers = new Release(~PLACES, p.get(Constant.REGISTER_RELEASE));
        int ring = 2 * Integer.highestOneBit(p.get(Constant.ROB_ENTRIES));
        retired = new long[ring];
        held = new long[ring];
    }

    /** What an instruction holds. */
    static long held(int macroOps, int integers, int flags, int vectors) {
        return macroOps | (long) integers << INTEGERS | (long) flags << FLAGS | (long) vectors << VECTORS;
    }

    /** What must be free for an instruction to be dispatched: a place, and one register of each kind that it takes. */
    static long needed(long what) {
        return held(1, one(what >>> INTEGERS), one(what >>> FLAGS), one(what >>> VECTORS));
    }

    private static int one(long field) {
        return (field & COUNT) != 0 ? 1 : 0;
    }

    /** The cycle, at or after another, at which so much is free. Cycles asked for never go back. */
    long room(long needed, long from) {
        return suffices(needed) ? from : collect(needed, from);
    }

    /** Whether enough is known to be free of what is needed; of other kinds instructions may hold more than there is. */
    private boolean suffices(long needed) {
        return (free - needed & needed << GUARD) == needed << GUARD;
    }

    /** Adds what was held up to a cycle, or until enough is free; returns the cycle at which it is. */
    private long collect(long needed, long from) {
        long until = from;
        while (true) {
            long next = Math.min(places.until(until), registers.until(until));
            if (suffices(needed) || next == Long.MAX_VALUE) {
                return until;
            }
            until = next;
        }
    }

    /** What of the things held becomes free so many cycles after retirement. */
    private final class Release {
        private final long kinds;
        private final int later;
        /** The first instruction of which they have not been added to what is free. */
        private int oldest;

        private Release(long kinds, int later) {
            this.kinds = kinds;
            this.later = later;
        }

        /** Adds what is free by a cycle; returns the cycle at which more is. */
        private long until(long cycle) {
            for (; oldest != newest; oldest++) {
                int k = oldest & retired.length - 1;
                if (retired[k] + later > cycle) {
                    return retired[k] + later;
                }
                free += held[k] & kinds;
            }
            return Long.MAX_VALUE;
        }
    }

    private int oldest() {
        return registers.oldest - places.oldest < 0 ? registers.oldest : places.oldest;
    }

    /** An instruction retires at a cycle, no earlier than the last one did. */
    void retire(long what, long cycle) {
        if (newest - oldest() == retired.length) {
            grow();
        }
        free -= what;
        int k = newest++ & retired.length - 1;
        retired[k] = cycle;
        held[k] = what;
    }

    /** Makes room for instructions without macro-ops, which the reorder buffer does not limit. */
    private void grow() {
        long[] cycles = new long[2 * retired.length];
        long[] amounts = new long[cycles.length];
        for (int n = oldest(); n != newest; n++) {
            cycles[n & cycles.length - 1] = retired[n & retired.length - 1];
            amounts[n & cycles.length - 1] = held[n & retired.length - 1];
        }
        retired = cycles;
        held = amounts;
    }
}
