package dev.cyclecast.model;

import java.util.Arrays;

/**
 * A TAGE direction predictor: a bimodal table and tagged tables indexed with geometrically growing path histories.
 *
 * <p>After A. Seznec and P. Michaud, "A case for (partially) TAgged GEometric history length branch prediction", JILP 8,
 * 2006. The history is that of taken branches, each as a 16-bit hash of its address and target. Only
 * branches that the BTB knows are predicted; the others are taken to fall through.
 *
 * <p>The prediction comes in two steps: a fast level, here the base and the tables of the shortest histories, answers at
 * once; where all tables together say otherwise, they override it later.
 */
final class DirectionPredictor {
    private static final int TAG_BITS = 11;
    private static final int TAG_MASK = (1 << TAG_BITS) - 1;
    private static final int RING = 1 << 11;
    private static final int SHORTEST_HISTORY = 4;
    private static final int USEFUL_RESET = 1 << 18;
    private final int tables;
    private final int fastTables;
    private final int entryBits;
    private final int entryMask;
    private final byte[] bimodal;
    private final short[] tag;
    private final byte[] counter;
    private final byte[] useful;
    private final int[] length;
    private final int[] indexFold;
    private final int[] tagFold;
    /** By how much the oldest symbol has turned in each fold when it leaves. */
    private final int[] indexTurn;
    private final int[] tagTurn;
    private final short[] symbols = new short[RING];
    private final int[] slot;
    private int head;
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
        tag = new short[tables * entries];
        counter = new byte[tables * entries];
        useful = new byte[tables * entries];
        length = new int[tables];
        double ratio = Math.pow((double) p.get(Constant.TAGE_HISTORY) / SHORTEST_HISTORY, 1.0 / Math.max(1, tables - 1));
        for (int t = 0; t < tables; t++) {
            length[t] = (int) Math.round(SHORTEST_HISTORY * Math.pow(ratio, t));
        }
        indexFold = new int[tables];
        tagFold = new int[tables];
        indexTurn = new int[tables];
        tagTurn = new int[tables];
        for (int t = 0; t < tables; t++) {
            indexTurn[t] = 2 * length[t] % entryBits;
            tagTurn[t] = 2 * length[t] % TAG_BITS;
        }
        slot = new int[tables];
    }

    /** Predicts a conditional branch, learns its outcome, and says whether the prediction was right. */
    boolean predict(long address, boolean taken) {
        int pc = (int) (address ^ address >>> 17);
        provider = -1;
        alternate = -1;
        for (int t = tables - 1; t >= 0; t--) {
            int index = (pc ^ pc >>> entryBits - t ^ indexFold[t]) & entryMask;
            int s = t << entryBits | index;
            slot[t] = s;
            if (tag[s] == tagOf(pc, t)) {
                if (provider < 0) {
                    provider = t;
                } else {
                    alternate = t;
                    for (int rest = t - 1; rest >= 0; rest--) {
                        slot[rest] = rest << entryBits | (pc ^ pc >>> entryBits - rest ^ indexFold[rest]) & entryMask;
                    }
                    break;
                }
            }
        }
        int base = pc & bimodal.length - 1;
        boolean baseTaken = bimodal[base] >= 2;
        alternateTaken = alternate >= 0 ? counter[slot[alternate]] >= 0 : baseTaken;
        boolean prediction = alternateTaken;
        if (provider >= 0) {
            int s = slot[provider];
            providerTaken = counter[s] >= 0;
            boolean weak = useful[s] == 0 && (counter[s] == 0 || counter[s] == -1);
            prediction = weak && useAlternate >= 8 ? alternateTaken : providerTaken;
        }
        overridden = provider >= fastTables && fastTaken(pc, baseTaken) != prediction;
        learn(pc, base, taken, prediction);
        return prediction == taken;
    }

    /** What the fast level says: the longest of its tables that knows the branch, or the base. */
    private boolean fastTaken(int pc, boolean baseTaken) {
        for (int t = fastTables - 1; t >= 0; t--) {
            if (tag[slot[t]] == tagOf(pc, t)) {
                return counter[slot[t]] >= 0;
            }
        }
        return baseTaken;
    }

    /** Whether the slow level overrode the fast one in the last prediction. */
    boolean overridden() {
        return overridden;
    }

    private short tagOf(int pc, int t) {
        return (short) ((pc >>> 2 ^ pc << 3 ^ tagFold[t]) & TAG_MASK | 1 << TAG_BITS);
    }

    private void learn(int pc, int base, boolean taken, boolean prediction) {
        if (provider >= 0) {
            int s = slot[provider];
            if (providerTaken != alternateTaken) {
                boolean weak = useful[s] == 0 && (counter[s] == 0 || counter[s] == -1);
                if (weak) {
                    useAlternate = Math.clamp(useAlternate + (alternateTaken == taken ? 1 : -1), 0, 15);
                }
                useful[s] = (byte) Math.clamp(useful[s] + (providerTaken == taken ? 1 : -1), 0, 3);
            }
            counter[s] = step(counter[s], taken, -4, 3);
            if (useful[s] == 0) {
                if (alternate >= 0) {
                    counter[slot[alternate]] = step(counter[slot[alternate]], taken, -4, 3);
                } else {
                    bimodal[base] = step(bimodal[base], taken, 0, 3);
                }
            }
        } else {
            bimodal[base] = step(bimodal[base], taken, 0, 3);
        }
        if (prediction != taken && provider < tables - 1) {
            allocate(pc, taken);
        }
        if (++sinceReset == USEFUL_RESET) {
            sinceReset = 0;
            for (int i = 0; i < useful.length; i++) {
                useful[i] >>= 1;
            }
        }
    }

    private static byte step(byte value, boolean up, int low, int high) {
        return (byte) Math.clamp(value + (up ? 1 : -1), low, high);
    }

    private void allocate(int pc, boolean taken) {
        lfsr = lfsr >>> 1 ^ -(lfsr & 1) & 0xB4BCD35C;
        int from = provider + 1;
        if (from < tables - 1 && (lfsr & 1) != 0) {
            from++;
        }
        for (int t = from; t < tables; t++) {
            int s = slot[t];
            if (useful[s] == 0) {
                tag[s] = tagOf(pc, t);
                counter[s] = (byte) (taken ? 0 : -1);
                return;
            }
        }
        for (int t = from; t < tables; t++) {
            useful[slot[t]]--;
        }
    }

    /** Appends a taken branch to the path history. */
    void taken(long address, long target) {
        long mixed = (address ^ target << 7) * 0x9E3779B97F4A7C15L;
        int symbol = (int) (mixed >>> 48);
        head = head + 1 & RING - 1;
        symbols[head] = (short) symbol;
        for (int t = 0; t < tables; t++) {
            int old = symbols[head - length[t] & RING - 1] & 0xFFFF;
            indexFold[t] = fold(indexFold[t], entryBits, symbol, old, indexTurn[t]);
            tagFold[t] = fold(tagFold[t], TAG_BITS, symbol, old, tagTurn[t]);
        }
    }

    /** Folded history as an index for the indirect predictor. */
    int path() {
        return indexFold[Math.min(2, tables - 1)] ^ tagFold[Math.min(3, tables - 1)] << 5;
    }

    /** A circular shift register of {@code width} bits: turns by two bits, takes a symbol in, and the oldest one out. */
    private static int fold(int value, int width, int in, int out, int turned) {
        int mask = (1 << width) - 1;
        int gone = (out ^ out >>> width) & mask;
        return (turn(value, 2, width) ^ in ^ in >>> width) & mask ^ turn(gone, turned, width);
    }

    private static int turn(int value, int by, int width) {
        return (value << by | value >>> width - by) & (1 << width) - 1;
    }
}
