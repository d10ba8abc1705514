package dev.cyclecast.model;

/**
 * Predictive store forwarding: static loads that took their value from the same static store time after time get it from its
 * youngest instance without delay, even before their own addresses are known. Neither what stores lie between them nor by which
 * registers the two are addressed matters (kernels {@code forward-instance-*}, {@code forward-between-*}, {@code forward-wrong-*}).
 * Loads whose value is not taken have places too: where it foresees their store, they find it at their first look though an older
 * one equals it (kernel {@code forward-older-known}).
 */
final class ForwardPredictor {
    /** What is known of a load: nothing; that it was not served by a store; that it was for the first time. */
    private static final int UNKNOWN = 0;
    private static final int MISSED = 1;
    private static final int FIRST = 2;
    private final OldestOut known;
    /** Of each instruction, from which one's store it took its value last, and how many times in a row. */
    private final int[] from;
    private final int[] seen;
    /** Of each, whether it can take the value. */
    private final boolean[] takes;
    private final int sure;

    /**
     * A predictor that knows nothing.
     *
     * @param pairs    loads that it can hold; 0 for a core without it
     * @param training forwardings from one store, after the first, before it predicts
     * @param code     number of static instructions
     */
    ForwardPredictor(int pairs, int training, int code) {
        known = new OldestOut(pairs);
        from = new int[code];
        seen = new int[code];
        takes = new boolean[code];
        sure = FIRST + training;
    }

    /** The instruction from whose store it foresees a load to take its value; -1 where it foresees nothing. */
    int foreseen(int number) {
        return seen[number] >= sure ? from[number] : -1;
    }

    /** The instruction from whose store a load that it holds took its value last. */
    int last(int number) {
        return from[number];
    }

    /** Whether the value of what it foresees can be taken: else it only tells which store to look for. */
    boolean takes(int number) {
        return takes[number];
    }

    /** A load took its value from the store of an instruction; whether it could have taken it at once. */
    void served(int number, int store, boolean takes) {
        this.takes[number] = takes;
        if (seen[number] > MISSED) {
            // Of another store, this is the first one in a row already.
            seen[number] = from[number] == store ? Math.min(seen[number] + 1, sure) : FIRST + 1;
        } else if (seen[number] == MISSED) {
            seen[number] = FIRST;
        } else if (known.hasPlaces()) {
            int out = known.enter(number);
            if (out != OldestOut.NONE) {
                seen[out] = UNKNOWN;
            }
            seen[number] = FIRST;
        }
        from[number] = store;
    }

    /** Whether it holds a load. */
    boolean knows(int number) {
        return seen[number] != UNKNOWN;
    }

    /** A load that it holds took its value from no store that could be foreseen. */
    void missed(int number) {
        seen[number] = MISSED;
    }
}
