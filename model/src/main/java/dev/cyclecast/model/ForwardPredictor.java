package dev.cyclecast.model;

import java.util.Arrays;

/**
 * Predictive store forwarding: static loads that took their value from the same number of stores back time after time get it
 * from there without delay, even before their own addresses are known. A new load takes the place of the one that came longest ago.
 */
final class ForwardPredictor {
    private final int[] load;
    private final long[] distance;
    private final int[] seen;
    /** For each instruction, the entry where it was put last. */
    private final int[] entry;
    private final int training;
    private int next;

    /**
     * A predictor that knows nothing.
     *
     * @param pairs    loads that it can hold; 0 for a core without it
     * @param training forwardings over one distance before it predicts
     * @param code     number of static instructions
     */
    ForwardPredictor(int pairs, int training, int code) {
        load = new int[pairs];
        Arrays.fill(load, -1);
        distance = new long[pairs];
        seen = new int[pairs];
        entry = new int[pairs == 0 ? 0 : code];
        this.training = training;
    }

    /**
     * Whether it foresaw that a load takes its value from so many stores back.
     *
     * @param taken whether the load would take it from there also if nothing was foreseen, so that there is something to learn
     */
    boolean foresaw(int number, long storesBack, boolean taken) {
        if (load.length == 0) {
            return false;
        }
        int e = entry[number];
        boolean same = load[e] == number && distance[e] == storesBack;
        if (same && seen[e] >= training) {
            return true;
        }
        if (taken) {
            learn(number, storesBack, same);
        }
        return false;
    }

    private void learn(int number, long storesBack, boolean same) {
        if (same) {
            seen[entry[number]]++;
            return;
        }
        if (load[entry[number]] != number) {
            entry[number] = next;
            load[next] = number;
            next = next + 1 == load.length ? 0 : next + 1;
        }
        distance[entry[number]] = storesBack;
        seen[entry[number]] = 1;
    }
}
