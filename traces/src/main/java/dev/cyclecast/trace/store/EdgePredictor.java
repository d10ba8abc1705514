package dev.cyclecast.trace.store;

import java.util.Arrays;

/**
 * What writer and reader both learn while they go through a chunk: which block follows which, where its accesses go, and
 * what a small load finds at an address.
 *
 * <p>Its context is an edge, a pair of successive blocks. Each edge predicts the edge taken after it (as last time), and for
 * each access of its second block an address: a base plus a constant, where the base is this access's last address on
 * this edge (a stride) or one of the last {@link #RECENT} addresses of the chunk. Both sides start empty at each chunk.
 */
final class EdgePredictor {
    /** How many past addresses can be a base; a power of two. */
    static final int RECENT = 64;
    private static final int RECENT_MASK = RECENT - 1;
    private static final int VALUES_LOG = 14;
    /** No edge. */
    static final int NONE = -1;

    int edges;
    Block[] block = new Block[1024];
    int[] successor = new int[1024];
    int[] state = new int[1024];

    /** Per state: which base, 0 for the last address and otherwise how many accesses ago. */
    int states;
    byte[] base = new byte[4096];
    long[] delta = new long[4096];
    long[] last = new long[4096];

    final long[] recent = new long[RECENT];
    int accesses;
    private final int[] valueAt = new int[1 << VALUES_LOG];

    private long[] keys = new long[2048];
    private int[] edgeOfKey = new int[2048];
    private int[] lastEdgeOfBlock = new int[256];

    EdgePredictor() {
        reset();
    }

    void reset() {
        edges = 0;
        states = 0;
        accesses = 0;
        Arrays.fill(recent, 0);
        Arrays.fill(valueAt, 0);
        Arrays.fill(keys, -1);
        Arrays.fill(lastEdgeOfBlock, NONE);
    }

    long recent(int ago) {
        return recent[accesses - ago & RECENT_MASK];
    }

    long predict(int s) {
        int b = base[s];
        return (b == 0 ? last[s] : recent[accesses - b & RECENT_MASK]) + delta[s];
    }

    void update(int s, long address) {
        last[s] = address;
        recent[accesses++ & RECENT_MASK] = address;
    }

    static int valueSlot(long address) {
        return (int) ((address ^ address >>> 16) * 0x9E3779B97F4A7C15L >>> 64 - VALUES_LOG);
    }

    int valueAt(int slot) {
        return valueAt[slot];
    }

    void setValueAt(int slot, int value) {
        valueAt[slot] = value;
    }

    /** The edge from one block number (or -1) to a block; made on first use, with the states of the block's last edge. */
    int edge(int from, Block to) {
        long key = (long) (from + 1) << 32 | to.number;
        int slot = slot(key);
        if (keys[slot] == key) {
            return edgeOfKey[slot];
        }
        if (edges == block.length) {
            grow();
        }
        if (edges * 2 >= keys.length) {
            rehash();
            slot = slot(key);
        }
        int edge = edges++;
        keys[slot] = key;
        edgeOfKey[slot] = edge;
        block[edge] = to;
        successor[edge] = NONE;
        state[edge] = states;
        if (to.number >= lastEdgeOfBlock.length) {
            int old = lastEdgeOfBlock.length;
            lastEdgeOfBlock = Arrays.copyOf(lastEdgeOfBlock, Math.max(to.number + 1, old * 2));
            Arrays.fill(lastEdgeOfBlock, old, lastEdgeOfBlock.length, NONE);
        }
        int n = to.accesses.length;
        if (states + n > base.length) {
            int room = Math.max(states + n, base.length * 2);
            base = Arrays.copyOf(base, room);
            delta = Arrays.copyOf(delta, room);
            last = Arrays.copyOf(last, room);
        }
        int model = lastEdgeOfBlock[to.number];
        if (model == NONE) {
            Arrays.fill(base, states, states + n, (byte) 0);
            Arrays.fill(delta, states, states + n, 0);
            Arrays.fill(last, states, states + n, 0);
        } else {
            System.arraycopy(base, state[model], base, states, n);
            System.arraycopy(delta, state[model], delta, states, n);
            System.arraycopy(last, state[model], last, states, n);
        }
        lastEdgeOfBlock[to.number] = edge;
        states += n;
        return edge;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & mask;
        while (keys[slot] != -1 && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        block = Arrays.copyOf(block, edges * 2);
        successor = Arrays.copyOf(successor, edges * 2);
        state = Arrays.copyOf(state, edges * 2);
    }

    private void rehash() {
        long[] oldKeys = keys;
        int[] oldEdges = edgeOfKey;
        keys = new long[oldKeys.length * 2];
        edgeOfKey = new int[oldKeys.length * 2];
        Arrays.fill(keys, -1);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != -1) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                edgeOfKey[slot] = oldEdges[i];
            }
        }
    }
}
