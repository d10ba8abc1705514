package dev.cyclecast.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a trace, some windows of which are timed.
 *
 * @param events  executed instructions
 * @param windows what of them is timed, in order; none overlap
 */
public record Segment(Events events, List<Timed> windows) {
    /** Branches before a window that are kept: enough to train the predictors. */
    private static final int TRAINING_BRANCHES = 50_000;
    private static final int INDICES = 3;

    /**
     * A window that is timed.
     *
     * @param from      index of its first event
     * @param countFrom index of the first event that is counted
     * @param to        index behind its last event
     * @param dataLines data lines touched before it, least recently first
     * @param stack     an address in the stack, 0 if none is known
     */
    public record Timed(int from, int countFrom, int to, long[] dataLines, long stack) {
        /** The same window with other data in the caches before it. */
        Timed with(long[] lines) {
            return new Timed(from, countFrom, to, lines, stack);
        }
    }

    /** Where its windows begin, begin to count, and end. */
    public int[] at() {
        return windows.stream().flatMapToInt(w -> IntStream.of(w.from(), w.countFrom(), w.to())).toArray();
    }

    /** The same segment with other events, those of edited code. */
    public Segment with(Events edited, int[] at) {
        List<Timed> moved = new ArrayList<>();
        for (int w = 0; w < windows.size(); w++) {
            Timed old = windows.get(w);
            moved.add(new Timed(at[INDICES * w], at[INDICES * w + 1], at[INDICES * w + 2], old.dataLines(), old.stack()));
        }
        return new Segment(edited, moved);
    }

    /** The same segment with the data of another one in the caches before its windows. */
    public Segment withDataOf(Segment other) {
        return new Segment(events, IntStream.range(0, windows.size())
                .mapToObj(w -> windows.get(w).with(other.windows.get(w).dataLines())).toList());
    }

    /** Its windows, with no more of what is before them than the branches. */
    public List<Window> compact(Code code) {
        boolean[] known = known(code);
        int[] last = new int[code.size()];
        List<Window> compact = new ArrayList<>();
        int e = 0;
        for (Timed w : windows) {
            while (e < w.from()) {
                last[events.instruction[e]] = ++e;
            }
            compact.add(new Window(events.range(w.from(), w.to()), w.countFrom() - w.from(), w.dataLines(), executed(last),
                    w.stack(), branches(known, w)));
        }
        return compact;
    }

    /** By instruction, whether it is a branch that is taken in the segment: the BTB does not know the others. */
    private boolean[] known(Code code) {
        boolean[] known = new boolean[code.size()];
        boolean[] branch = new boolean[code.size()];
        for (int s = 0; s < branch.length; s++) {
            branch[s] = code.instruction(s).flow().isBranch();
        }
        for (int e = 0; e < events.size - 1; e++) {
            int s = events.instruction[e];
            known[s] |= branch[s] && code.isTaken(s, events.instruction[e + 1]);
        }
        return known;
    }

    private Window.Branches branches(boolean[] known, Timed window) {
        int first = window.from();
        int untimed = 0;
        while (first > 0 && untimed < TRAINING_BRANCHES) {
            first--;
            untimed += known[events.instruction[first]] ? 1 : 0;
        }
        // The last instruction of all has none behind it.
        int end = Math.min(window.to(), events.size - 1);
        int timed = 0;
        for (int e = window.from(); e < end; e++) {
            timed += known[events.instruction[e]] ? 1 : 0;
        }
        int[] site = new int[untimed + timed];
        int[] next = new int[untimed + timed];
        int k = 0;
        for (int e = first; e < end; e++) {
            if (known[events.instruction[e]]) {
                site[k] = events.instruction[e];
                next[k++] = events.instruction[e + 1];
            }
        }
        return new Window.Branches(site, next, untimed, known);
    }

    /** Instructions that were executed, least recently first, from the number of the event behind each one's last. */
    private static int[] executed(int[] last) {
        return IntStream.range(0, last.length).filter(s -> last[s] > 0).boxed()
                .sorted(Comparator.comparingInt(s -> last[s])).mapToInt(Integer::intValue).toArray();
    }
}
