package dev.cyclecast.trace.store;

import java.util.Arrays;

/**
 * What writer and reader both learn while they go through a chunk: which block follows which, where its accesses go, which
 * marks stand in front of it.
 *
 * <p>Its context is an edge, a pair of successive blocks. Each edge predicts the edge taken after it (as last time), the
 * marks (as last time), and for each access of its second block an address: a base plus a constant. The base is one of
 * <ul>
 * <li>this access's last address on this edge (so the constant is a stride),
 * <li>one of the last {@link #RECENT} addresses of the chunk,
 * <li>one of the last addresses that were hard to foresee, which {@link AddressLog} keeps,
 * <li>an address that stood near one of those when that address was in the log before: what was reached through a pointer
 * is reached through it again.
 * </ul>
 * Both sides start empty at each chunk.
 */
final class EdgePredictor {
    /** How many past addresses can be a base; a power of two. */
    static final int RECENT = 64;
    private static final int RECENT_MASK = RECENT - 1;
    /** Bases from here on are addresses of the log, the last one first; their number. */
    static final int LOGGED = RECENT, LOG_REACH = 16;
    /** The base that is a neighbour in the log. */
    static final int NEIGHBOUR = LOGGED + LOG_REACH;
    /** In the bytes of a chunk, stands for a base: the address is given relative to the last one, the base stays. */
    static final int EXCEPTION = 127;
    /** No edge. */
    static final int NONE = -1;

    int edges;
    Block[] block = new Block[1024];
    int[] successor = new int[1024];
    int[] state = new int[1024];
    long[] marks = new long[1024];

    /** Per state, its base, the constant, its last address, and which neighbour ({@link AddressLog#neighbour}). */
    int states;
    byte[] base = new byte[4096];
    long[] delta = new long[4096];
    long[] last = new long[4096];
    short[] neighbour = new short[4096];

    private final long[] recent = new long[RECENT];
    private int accesses;
    final AddressLog log = new AddressLog();

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
        log.reset();
        Arrays.fill(recent, 0);
        Arrays.fill(keys, -1);
        Arrays.fill(lastEdgeOfBlock, NONE);
    }

    /** The address so many accesses ago, from 1. */
    long recent(int ago) {
        return recent[accesses - ago & RECENT_MASK];
    }

    long predict(int s) {
        int b = base[s];
        return delta[s] + (b == 0 ? last[s] : b < LOGGED ? recent[accesses - b & RECENT_MASK] : loggedBase(s, b));
    }

    private long loggedBase(int s, int b) {
        return b < NEIGHBOUR ? log.recent(b - LOGGED + 1) : log.neighbour(neighbour[s]);
    }

    /** Takes note of an address that was foreseen. */
    void hit(int s, long address) {
        last[s] = address;
        recent[accesses++ & RECENT_MASK] = address;
        if (base[s] >= LOGGED) {
            log.add(address);
        }
    }

    /** Takes note of an address that was not. */
    void miss(int s, long address) {
        last[s] = address;
        recent[accesses++ & RECENT_MASK] = address;
        log.add(address);
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
        marks[edge] = 0;
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
            neighbour = Arrays.copyOf(neighbour, room);
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
            System.arraycopy(neighbour, state[model], neighbour, states, n);
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
        marks = Arrays.copyOf(marks, edges * 2);
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
