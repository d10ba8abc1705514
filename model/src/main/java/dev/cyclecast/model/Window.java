package dev.cyclecast.model;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A segment of a trace, of which the end is timed: its events, or of the untimed part only the branches.
 *
 * @param events      executed instructions from {@code replayFrom} on once compacted, all of the segment before
 * @param replayFrom  index of the first event that is timed
 * @param countFrom   index of the first event that is counted
 * @param operations  operations that end among the counted events
 * @param dataLines   data lines touched before the timed part, least recently first
 * @param codeTouched instructions executed before it in the segment, least recently first, once compacted
 * @param stack       an address in the stack, 0 if none is known
 * @param branches    the segment's branches once compacted, else null
 */
public record Window(Events events, int replayFrom, int countFrom, long operations, long[] dataLines, int[] codeTouched,
                     long stack, Branches branches) {
    /** Branches of the untimed part that are kept: enough to train the predictors. */
    private static final int TRAINING_BRANCHES = 50_000;

    /**
     * The last branches of a segment in order, those that are never taken in it left out: the BTB does not know them.
     *
     * @param site      instruction number of each
     * @param next      instruction executed behind it
     * @param timedFrom index of the first one in the timed part
     * @param known     for each instruction, whether it is among them
     */
    record Branches(int[] site, int[] next, int timedFrom, boolean[] known) {
        int size() {
            return site.length;
        }
    }

    /** The same segment with other events, those of edited code. */
    public Window with(Events edited, int editedReplayFrom, int editedCountFrom) {
        return new Window(edited, editedReplayFrom, editedCountFrom, operations, dataLines, codeTouched, stack, branches);
    }

    /** The same segment with other data in the caches before its timed part. */
    public Window withDataLines(long[] lines) {
        return new Window(events, replayFrom, countFrom, operations, lines, codeTouched, stack, branches);
    }

    /** The same segment with no more of the untimed part than its branches. */
    public Window compact(Code code) {
        boolean[] known = new boolean[code.size()];
        boolean[] branch = new boolean[code.size()];
        for (int s = 0; s < branch.length; s++) {
            branch[s] = code.instruction(s).flow().isBranch();
        }
        int last = events.size - 1;
        for (int e = 0; e < last; e++) {
            int s = events.instruction[e];
            known[s] |= branch[s] && code.isTaken(s, events.instruction[e + 1]);
        }
        int untimed = 0;
        int timed = 0;
        for (int e = 0; e < last; e++) {
            if (known[events.instruction[e]]) {
                if (e < replayFrom) {
                    untimed++;
                } else {
                    timed++;
                }
            }
        }
        int skipped = Math.max(0, untimed - TRAINING_BRANCHES);
        int[] site = new int[untimed - skipped + timed];
        int[] next = new int[site.length];
        int seen = 0;
        for (int e = 0; e < last; e++) {
            if (known[events.instruction[e]] && seen++ >= skipped) {
                site[seen - skipped - 1] = events.instruction[e];
                next[seen - skipped - 1] = events.instruction[e + 1];
            }
        }
        return new Window(events.from(replayFrom), 0, countFrom - replayFrom, operations, dataLines, executed(code),
                stack, new Branches(site, next, untimed - skipped, known));
    }

    /** Instructions executed before the timed part, least recently first. */
    private int[] executed(Code code) {
        int[] last = new int[code.size()];
        for (int e = 0; e < replayFrom; e++) {
            last[events.instruction[e]] = e + 1;
        }
        return IntStream.range(0, last.length).filter(s -> last[s] > 0).boxed()
                .sorted(Comparator.comparingInt(s -> last[s])).mapToInt(Integer::intValue).toArray();
    }
}
