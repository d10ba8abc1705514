package dev.cyclecast.model.edit;

import dev.cyclecast.model.Events;

/** An edit made concrete for one program: the code that results, and how executed instructions change. */
interface Rewrite {
    /** The program behind the edit. */
    Program program();

    /** Number of sites that the edit changes. */
    int sites();

    /**
     * The events that the edited program would have executed.
     *
     * @param events executed instructions of the program before the edit
     * @param at     events of interest, in order, such as the first that is counted
     */
    Result apply(Events events, int... at);

    /** Whether the edit moves data. */
    default boolean movesData() {
        return false;
    }

    /** Where data lies behind the edit. */
    default long moved(long address) {
        return address;
    }

    /**
     * Edited events.
     *
     * @param events executed instructions
     * @param at     indices of the events of interest among them
     */
    record Result(Events events, int[] at) {
    }
}
