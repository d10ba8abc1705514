package dev.cyclecast.model;

import java.util.Arrays;
import java.util.List;

/**
 * A TAGE direction predictor: a bimodal table and tagged tables indexed with geometrically growing path histories.
 *
 * <p>After A. Seznec and P. Michaud, "A case for (partially) TAgged GEometric history length branch prediction", JILP 8,
 * 2006. The history is that of taken branches, each as a 16-bit hash of its address and target. Only
 * branches that the BTB knows are predicted; the others are taken to fall through.
 *
 * <p>The prediction comes in two steps: a fast level, here the base and the tables of the shortest histories, answers at
 * once; where all tables together say otherwise, they override it later.
 *
 * <p>A table's history is folded to an index and a tag: each symbol, turned by two bits for each younger one, exclusive-or
 * together. That is the difference of two prefixes of the whole history, so a taken branch adds one prefix and no table's
 * fold has to be kept up to date.
 */
final class DirectionPredictor {
    /** The constants on which all this depends. */
    static final List<Constant> CONSTANTS = List.of(Constant.TAGE_TABLES, Constant.TAGE_FAST_TABLES, Constant.TAGE_ENTRIES,
            Constant.TAGE_HISTORY, Constant.BIMODAL_ENTRIES);
    private static final int TAG_BITS = 11;
    private static final int TAG_MASK = (1 << TAG_BITS) - 1;
    private static final int RING = 1 << 11;
    private static final int SHORTEST_HISTORY = 4;
    private static final int USEFUL_RESET = 1 << 18;
    /** An entry: tag, usefulness and counter. */
    private static final int TAG_SHIFT = 16;
    private static final int USEFUL_SHIFT = 8;
    /** Where the tag fold begins in a prefix. */
    private static final int TAG_START = 32;
    private final int tables;
    private final int fastTables;
    private final int entryBits;
    private final int entryMask;
    private final byte[] bimodal;
    private final int[] entry;
    private final int[] length;
    private final int[] shift;
    /**
     * By taken branch: the index fold of the whole history (lower half) and its tag fold (upper half), turned back to the
     * history's start, and each twice in a row, so that a shift turns them.
     */
    private final long[] prefix = new long[RING];
    private int head;
    /** By how many bits the start of the history has turned in a fold of each kind. */
    private int indexTurned;
    private int tagTurned;
    private final int[] slot;
    private final int[] tag;
    private final int[] path;
    private int useAlternate = 8;
    private int sinceReset;
    private int lfsr = 0x2545F491;

    private int provider;
    private int alternate;
    private boolean providerTaken;
    private boolean alternateTaken;
    private boolean overridden;

    DirectionPredictor(CoreProfile p) {
        tables = p.get(Constant.TAGE_TABLES);
        fastTables = Math.min(tables, p.get(Constant.TAGE_FAST_TABLES));
        int entries = p.get(Constant.TAGE_ENTRIES);
        entryBits = Integer.numberOfTrailingZeros(entries);
        entryMask = entries - 1;
        bimodal = new byte[p.get(Constant.BIMODAL_ENTRIES)];
        Arrays.fill(bimodal, (byte) 2);
        entry = new int[tables * entries];
        length = new int[tables];
        shift = new int[tables];
        double ratio = Math.pow((double) p.get(Constant.TAGE_HISTORY) / SHORTEST_HISTORY, 1.0 / Math.max(1, tables - 1));
        for (int t = 0; t < tables; t++) {
            length[t] = (int) Math.round(SHORTEST_HISTORY * Math.pow(ratio, t));
            shift[t] = entryBits - t;
        }
        slot = new int[tables];
        tag = new int[tables];
        path = new int[Math.max(1, tables - 1)];
    }

    /** The same predictor with a state of its own from now on. */
    DirectionPredictor(DirectionPredictor other) {
        tables = other.tables;
        fastTables = other.fastTables;
        entryBits = other.entryBits;
        entryMask = other.entryMask;
        bimodal = other.bimodal.clone();
        entry = other.entry.clone();
        length = other.length;
        shift = other.shift;
        System.arraycopy(other.prefix, 0, prefix, 0, RING);
        head = other.head;
        indexTurned = other.indexTurned;
        tagTurned = other.tagTurned;
        slot = new int[tables];
        tag = new int[tables];
        path = new int[Math.max(1, tables - 1)];
        useAlternate = other.useAlternate;
        sinceReset = other.sinceReset;
        lfsr = other.lfsr;
    }

    /** What of a profile a direction predictor depends on: those of profiles of which it is equal behave alike. */
    static List<Integer> dependsOn(CoreProfile p) {
        return CONSTANTS.stream().map(p::get).toList();
    }

    /** Predicts a conditional branch, learns its outcome, and says whether the prediction was right. */
    boolean predict(long address, boolean taken) {
        int pc = (int) (address ^ address >>> 17);
        int pcTag = pc >>> 2 ^ pc << 3;
        int hits = 0;
        for (int t = 0; t < tables; t++) {
            long history = history(t);
            int s = t << entryBits | (pc ^ pc >>> shift[t] ^ index(history)) & entryMask;
            int wanted = (pcTag ^ tag(history)) & TAG_MASK | 1 << TAG_BITS;
            slot[t] = s;
            tag[t] = wanted;
            hits |= ((entry[s] >>> TAG_SHIFT ^ wanted) - 1 >>> 31) << t;
        }
        provider = 31 - Integer.numberOfLeadingZeros(hits);
        alternate = 31 - Integer.numberOfLeadingZeros(hits & (1 << provider) - 1);
        int base = pc & bimodal.length - 1;
        boolean baseTaken = bimodal[base] >= 2;
        alternateTaken = alternate >= 0 ? counter(entry[slot[alternate]]) >= 0 : baseTaken;
        boolean prediction = alternateTaken;
        if (provider >= 0) {
            int e = entry[slot[provider]];
            providerTaken = counter(e) >= 0;
            prediction = isWeak(e) && useAlternate >= 8 ? alternateTaken : providerTaken;
        }
        overridden = provider >= fastTables && fastTaken(hits, baseTaken) != prediction;
        learn(base, taken, prediction);
        return prediction == taken;
    }

    /** What the fast level says: the longest of its tables that knows the branch, or the base. */
    private boolean fastTaken(int hits, boolean baseTaken) {
        int fast = 31 - Integer.numberOfLeadingZeros(hits & (1 << fastTables) - 1);
        return fast >= 0 ? counter(entry[slot[fast]]) >= 0 : baseTaken;
    }

    /** Whether the slow level overrode the fast one in the last prediction. */
    boolean overridden() {
        return overridden;
    }

    /** The index fold and tag fold of a table's history, as in {@link #prefix}. */
    private long history(int t) {
        return prefix[head] ^ prefix[head - length[t] & RING - 1];
    }

    /** The index fold of a history, and more bits above it. */
    private int index(long history) {
        return (int) (history >>> entryBits - indexTurned);
    }

    /** The tag fold of a history, and more bits above it. */
    private int tag(long history) {
        return (int) (history >>> TAG_START + TAG_BITS - tagTurned);
    }

    private static int counter(int e) {
        return (byte) e;
    }

    private static int useful(int e) {
        return e >>> USEFUL_SHIFT & 3;
    }

    private static boolean isWeak(int e) {
        return useful(e) == 0 && (counter(e) == 0 || counter(e) == -1);
    }

    private void learn(int base, boolean taken, boolean prediction) {
        if (provider >= 0) {
            int e = entry[slot[provider]];
            int useful = useful(e);
            if (providerTaken != alternateTaken) {
                if (isWeak(e)) {
                    useAlternate = Math.clamp(useAlternate + (alternateTaken == taken ? 1 : -1), 0, 15);
                }
                useful = Math.clamp(useful + (providerTaken == taken ? 1 : -1), 0, 3);
            }
            entry[slot[provider]] = e & -1 << TAG_SHIFT | useful << USEFUL_SHIFT | step(counter(e), taken, -4, 3) & 0xFF;
            if (useful == 0) {
                if (alternate >= 0) {
                    int other = entry[slot[alternate]];
                    entry[slot[alternate]] = other & -1 << USEFUL_SHIFT | step(counter(other), taken, -4, 3) & 0xFF;
                } else {
                    bimodal[base] = (byte) step(bimodal[base], taken, 0, 3);
                }
            }
        } else {
            bimodal[base] = (byte) step(bimodal[base], taken, 0, 3);
        }
        if (prediction != taken && provider < tables - 1) {
            allocate(taken);
        }
        if (++sinceReset == USEFUL_RESET) {
            sinceReset = 0;
            for (int i = 0; i < entry.length; i++) {
                entry[i] = entry[i] & ~(3 << USEFUL_SHIFT) | useful(entry[i]) >> 1 << USEFUL_SHIFT;
            }
        }
    }

    private static int step(int value, boolean up, int low, int high) {
        return up ? Math.min(value + 1, high) : Math.max(value - 1, low);
    }

    private void allocate(boolean taken) {
        lfsr = lfsr >>> 1 ^ -(lfsr & 1) & 0xB4BCD35C;
        int from = provider + 1;
        if (from < tables - 1 && (lfsr & 1) != 0) {
            from++;
        }
        for (int t = from; t < tables; t++) {
            if (useful(entry[slot[t]]) == 0) {
                entry[slot[t]] = tag[t] << TAG_SHIFT | (taken ? 0 : -1) & 0xFF;
                return;
            }
        }
        for (int t = from; t < tables; t++) {
            entry[slot[t]] -= 1 << USEFUL_SHIFT;
        }
    }

    /** Appends a taken branch to the path history. */
    void taken(long address, long target) {
        long mixed = (address ^ target << 7) * 0x9E3779B97F4A7C15L;
        int symbol = (int) (mixed >>> 48);
        indexTurned = indexTurned + 2 < entryBits ? indexTurned + 2 : indexTurned + 2 - entryBits;
        tagTurned = tagTurned + 2 < TAG_BITS ? tagTurned + 2 : tagTurned + 2 - TAG_BITS;
        long added = twice((symbol ^ symbol >>> entryBits) & entryMask, indexTurned, entryBits)
                | twice((symbol ^ symbol >>> TAG_BITS) & TAG_MASK, tagTurned, TAG_BITS) << TAG_START;
        int before = head;
        head = before + 1 & RING - 1;
        prefix[head] = prefix[before] ^ added;
    }

    /**
     * The paths to a branch, for the indirect predictor: the folded history of each table but the first, the shortest first; of use until
     * the next call. With that of the first table, jumps behind random branches are foreseen better than Zen 5 does ({@code indirect-random-*}).
     */
    int[] paths() {
        for (int k = 0; k < path.length; k++) {
            long history = history(Math.min(k + 1, tables - 1));
            path[k] = index(history) & entryMask ^ (tag(history) & TAG_MASK) << 5;
        }
        return path;
    }

    /** A value of {@code width} bits turned back, twice in a row. */
    private static long twice(int value, int back, int width) {
        long turned = (value >>> back | value << width - back) & (1 << width) - 1;
        return turned << width | turned;
    }
}
