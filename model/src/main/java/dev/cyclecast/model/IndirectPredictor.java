package dev.cyclecast.model;

import java.util.Arrays;

/**
 * Targets of indirect branches: the target that the branch target buffer saw last, overridden by an array of targets that is
 * looked up with paths of several lengths to the branch, of which the longest known one is believed.
 *
 * <p>After A. Seznec, "A 64-Kbytes ITTAGE indirect branch predictor", JWAC-2, 2011, with one array for all lengths: short paths
 * are soon known where branches between an indirect branch and its last execution are random (kernels {@code indirect-random-*}).
 * The array takes a target in only where the prediction was wrong, so a branch with one target uses none of it. An override
 * comes later than the buffer's own answer.
 */
final class IndirectPredictor {
    private static final int WAYS = 4;
    private static final int LAST_TARGETS = 1 << 12;
    private static final int SURE = 3;
    private final long[] tag;
    private final long[] target;
    /** How sure a target is; one that is not may be replaced. */
    private final byte[] sure;
    private final int setMask;
    private final int ways;
    private final long[] lastBranch = new long[LAST_TARGETS];
    private final long[] lastTarget = new long[LAST_TARGETS];
    /** Way that is tried first for a new target: each in turn. */
    private int next;
    private boolean overridden;

    /** A predictor with an array of so many targets, rounded down to a power of two of sets. */
    IndirectPredictor(int entries) {
        int sets = Integer.highestOneBit(Math.max(1, entries / WAYS));
        ways = Math.max(1, entries / sets);
        setMask = sets - 1;
        tag = new long[sets * ways];
        target = new long[sets * ways];
        sure = new byte[sets * ways];
        Arrays.fill(tag, -1);
    }

    /** Predicts the target of a branch reached by paths, the shortest first, learns the actual one, and says whether the prediction was right. */
    boolean predict(long address, int[] paths, long actual) {
        int k = slot(address);
        long last = lastBranch[k] == address ? lastTarget[k] : 0;
        int provider = paths.length;
        int hit = -1;
        while (hit < 0 && --provider >= 0) {
            hit = find(address, paths[provider], provider);
        }
        long predicted = hit >= 0 ? target[hit] : last;
        overridden = predicted != last;
        if (hit >= 0) {
            if (predicted == actual) {
                sure[hit] = (byte) Math.min(SURE, sure[hit] + 1);
            } else if (sure[hit] > 0) {
                sure[hit]--;
            } else {
                target[hit] = actual;
            }
        }
        if (predicted != actual && provider < paths.length - 1) {
            enter(address, paths, provider + 1, actual);
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

    private static long key(long address, int path, int length) {
        return address ^ (long) path << 40 ^ (long) length << 60;
    }

    /** First entry of a set. */
    private int set(long address, int path, int length) {
        return ((int) (address ^ address >>> 7 ^ path ^ length * 0x55) & setMask) * ways;
    }

    private int find(long address, int path, int length) {
        long key = key(address, path, length);
        int from = set(address, path, length);
        for (int w = from; w < from + ways; w++) {
            if (tag[w] == key) {
                return w;
            }
        }
        return -1;
    }

    /** Enters a target under the shortest path, from a length on, whose set has room; where none has, all sets become less sure. */
    private void enter(long address, int[] paths, int shortest, long actual) {
        for (int t = shortest; t < paths.length; t++) {
            int from = set(address, paths[t], t);
            for (int i = 0; i < ways; i++) {
                int w = from + next;
                next = next + 1 == ways ? 0 : next + 1;
                if (sure[w] == 0) {
                    tag[w] = key(address, paths[t], t);
                    target[w] = actual;
                    return;
                }
            }
        }
        for (int t = shortest; t < paths.length; t++) {
            int from = set(address, paths[t], t);
            for (int w = from; w < from + ways; w++) {
                sure[w]--;
            }
        }
    }
}
