package dev.cyclecast.model;

import java.util.Arrays;

/**
 * Occupancy of a scheduler: an operation holds an entry from dispatch to issue. What has issued is counted only once the
 * entries would not suffice without it, or the ring would not.
 */
final class Scheduler {
    /** Cycles ahead at which an operation may issue. */
    private static final int REACH = 1 << 11;
    private static final int RING = 2 * REACH;
    private final int entries;
    private final int[] issuedAt = new int[RING];
    private long asked;
    /** Cycle up to which those that issued were taken from those that wait. */
    private long counted;
    private int waiting;

    Scheduler(int entries) {
        this.entries = entries;
    }

    /** Cycle at or after {@code from} at which an entry is free. Cycles asked for never go back. */
    long room(long from) {
        asked = from;
        if (waiting >= entries || from - counted >= REACH) {
            asked = recount(from);
        }
        return asked;
    }

    private long recount(long from) {
        count(from);
        long at = from;
        while (waiting >= entries) {
            count(++at);
        }
        return at;
    }

    private void count(long to) {
        if (to - counted >= RING) {
            // All that entered has issued: a long wait is passed in one step.
            Arrays.fill(issuedAt, 0);
            waiting = 0;
            counted = to;
        }
        while (counted < to) {
            counted++;
            int k = (int) counted & RING - 1;
            waiting -= issuedAt[k];
            issuedAt[k] = 0;
        }
    }

    /** An operation enters, and will issue at a cycle after the last one asked about. */
    void enter(long issue) {
        if (issue > asked) {
            waiting++;
            // An operation further ahead than the ring is counted at its end: it leaves early, never twice.
            issuedAt[(int) Math.min(issue, asked + REACH - 1) & RING - 1]++;
        }
    }
}
