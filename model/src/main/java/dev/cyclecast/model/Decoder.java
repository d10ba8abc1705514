package dev.cyclecast.model;

/**
 * The decoders: aligned blocks of code are fetched, one a cycle, into a queue of 16-byte entries, of which the decoders see
 * the oldest two at a time and leave so many behind each cycle. Only the first decoder takes a long instruction (as AMD says of Zen 5).
 */
final class Decoder {
    private static final int ENTRY_BYTES = 16;
    private static final int LONG_BYTES = 10;
    private final int width;
    private final int fetchBytes;
    private final int drainBytes;
    /** Cycle at which the newest block arrived, and the end of the code fetched up to it. */
    private long arrived;
    private long fetched;
    private long lineArrives;
    /** Address of the first queue entry that the decoders see. */
    private long window;
    private int decoded;

    Decoder(CoreProfile p) {
        width = p.get(Constant.DECODE_WIDTH);
        fetchBytes = p.get(Constant.FETCH_BYTES);
        drainBytes = p.get(Constant.DECODE_BYTES);
    }

    /** Code is fetched from another address on; its first block arrives at a cycle. */
    void jump(long address, long arrives) {
        lineArrives = arrives;
        fetched = address & -(long) fetchBytes;
        window = address & -ENTRY_BYTES;
        decoded = 0;
    }

    /** Fetch goes on into the next line, whose first block arrives at a cycle. */
    void line(long arrives) {
        lineArrives = arrives;
    }

    /** A new cycle begins in which nothing is decoded yet. */
    void pause() {
        decoded = 0;
    }

    /** Cycle at which the next instruction is decoded, from a cycle on. */
    long decode(long address, int bytes, long from) {
        long end = address + bytes;
        long at = from;
        while (fetched < end) {
            arrived = Math.max(arrived + 1, lineArrives);
            fetched += fetchBytes;
        }
        boolean beyond = end > window + 2 * ENTRY_BYTES;
        if (beyond || decoded == width || bytes > LONG_BYTES && decoded > 0) {
            at++;
            decoded = 0;
            window = Math.min(address & -ENTRY_BYTES, window + drainBytes);
            for (; end > window + 2 * ENTRY_BYTES; at++) {
                window += drainBytes;
            }
        }
        if (arrived > at) {
            at = arrived;
            decoded = 0;
        }
        decoded++;
        return at;
    }
}
