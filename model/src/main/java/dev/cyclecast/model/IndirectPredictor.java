package dev.cyclecast.model;

import java.util.Arrays;

/**
 * Targets of indirect branches: the target that the branch target buffer saw last, overridden by an array of targets
 * that is looked up with the path to the branch.
 *
 * <p>The array takes a target in only where the last one would have been wrong, so a branch with one target uses none of
 * it, and one with many costs more the more they are: an override comes later than the buffer's own answer.
 */
final class IndirectPredictor {
    private static final int WAYS = 4;
    private static final int LAST_TARGETS = 1 << 12;
    private final long[] tag;
    private final long[] target;
    private final byte[] used;
    private final int setMask;
    private final long[] lastBranch = new long[LAST_TARGETS];
    private final long[] lastTarget = new long[LAST_TARGETS];
    private boolean overridden;

    /** A predictor with an array of so many targets, rounded down to a power of two of sets. */
    IndirectPredictor(int entries) {
        int sets = Integer.highestOneBit(Math.max(1, entries / WAYS));
        int ways = Math.max(1, entries / sets);
        setMask = sets - 1;
        tag = new long[sets * ways];
        target = new long[sets * ways];
        used = new byte[sets * ways];
        Arrays.fill(tag, -1);
    }

    /** Predicts the target of a branch reached by a path, learns the actual one, and says whether the prediction was right. */
    boolean predict(long address, int path, long actual) {
        int k = slot(address);
        long last = lastBranch[k] == address ? lastTarget[k] : 0;
        long key = address ^ (long) path << 40;
        int ways = tag.length / (setMask + 1);
        int from = ((int) (address ^ address >>> 7 ^ path) & setMask) * ways;
        int hit = -1;
        for (int w = from; w < from + ways && hit < 0; w++) {
            hit = tag[w] == key ? w : -1;
        }
        long predicted = hit >= 0 ? target[hit] : last;
        overridden = predicted != last;
        if (hit >= 0) {
            used[hit] = 1;
            target[hit] = actual;
        } else if (last != actual) {
            hit = victim(from, ways);
            tag[hit] = key;
            target[hit] = actual;
            used[hit] = 1;
        }
        lastBranch[k] = address;
        lastTarget[k] = actual;
        return predicted == actual;
    }

    /** Whether the last prediction came from the array, against the buffer's target. */
    boolean overridden() {
        return overridden;
    }

    private static int slot(long address) {
        return (int) (address ^ address >>> 12) & LAST_TARGETS - 1;
    }

    /** A way that was not used lately; once all were, they are all forgotten. */
    private int victim(int from, int ways) {
        for (int w = from; w < from + ways; w++) {
            if (used[w] == 0) {
                return w;
            }
        }
        Arrays.fill(used, from, from + ways, (byte) 0);
        return from;
    }
}
