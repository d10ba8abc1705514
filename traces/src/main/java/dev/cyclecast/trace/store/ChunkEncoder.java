package dev.cyclecast.trace.store;

import com.github.luben.zstd.Zstd;
import dev.cyclecast.trace.EventBatch;
import java.util.Arrays;

/** Codes executed blocks and marks into one chunk: what {@link EdgePredictor} foresees costs nothing but a longer run. */
final class ChunkEncoder {
    /** A chunk is closed at the first block that reaches this many events. */
    static final int EVENTS = 1 << 20;
    /** The parts of a chunk, each compressed by itself: see {@link ChunkDecoder}. */
    static final int STREAMS = 7;
    static final int BLOCK_RUNS = 0, BLOCKS = 1, ADDRESS_RUNS = 2, BASES = 3, DELTAS = 4, VALUES = 5, MARKS = 6;
    /** How far back the encoder looks for a base. */
    private static final int SEARCH = 32;
    private static final int LEVEL = 3;

    private final EdgePredictor predictor = new EdgePredictor();
    private final ByteSink[] streams = new ByteSink[STREAMS];
    private int edge = EdgePredictor.NONE;
    private int from = EdgePredictor.NONE;
    private int blockRun;
    private int addressRun;
    private int valueRun;
    private int events;
    private int begun;
    private int marks;
    private int lastMark;
    /** Per state: distance to each base at the last miss. */
    private long[][] distances = new long[4096][];

    ChunkEncoder() {
        for (int i = 0; i < STREAMS; i++) {
            streams[i] = new ByteSink();
        }
    }

    int events() {
        return events;
    }

    boolean isEmpty() {
        return events == 0 && marks == 0;
    }

    boolean isFull() {
        return events >= EVENTS;
    }

    void mark(byte kind, byte value) {
        ByteSink out = streams[MARKS];
        out.writeVarint(events - lastMark);
        out.writeByte(kind);
        out.writeByte(value);
        lastMark = events;
        marks++;
        if (kind == EventBatch.BEGIN) {
            begun++;
        }
    }

    void execute(Block block, long[] addresses, int[] values) {
        int predicted = edge == EdgePredictor.NONE ? EdgePredictor.NONE : predictor.successor[edge];
        if (predicted != EdgePredictor.NONE && predictor.block[predicted] == block) {
            blockRun++;
            edge = predicted;
        } else {
            streams[BLOCK_RUNS].writeVarint(blockRun);
            streams[BLOCKS].writeVarint(block.number);
            blockRun = 0;
            int next = predictor.edge(from, block);
            if (edge != EdgePredictor.NONE) {
                predictor.successor[edge] = next;
            }
            edge = next;
        }
        from = block.number;
        int s = predictor.state[edge];
        for (int a = 0; a < block.accesses.length; a++, s++) {
            long address = addresses[a];
            if (predictor.predict(s) == address) {
                addressRun++;
            } else {
                missAddress(s, address);
            }
            predictor.update(s, address);
        }
        for (int v = 0; v < block.values.length; v++) {
            int slot = EdgePredictor.valueSlot(addresses[block.valueAccess[v]]);
            int expected = predictor.valueAt(slot);
            if (expected == values[v]) {
                valueRun++;
            } else {
                streams[VALUES].writeVarint(valueRun);
                streams[VALUES].writeSigned(values[v] - expected);
                valueRun = 0;
                predictor.setValueAt(slot, values[v]);
            }
        }
        events += block.instructions.length;
    }

    /**
     * Chooses the base for an access that was not foreseen: one whose distance is the same as at the last miss here, since
     * it is likely to stay so; else the nearest.
     */
    private void missAddress(int s, long address) {
        if (s >= distances.length) {
            distances = Arrays.copyOf(distances, Math.max(s + 1, distances.length * 2));
        }
        long[] before = distances[s];
        boolean known = before != null;
        if (!known) {
            before = new long[SEARCH + 1];
            distances[s] = before;
        }
        int best = -1;
        boolean bestStays = false;
        int bestCost = Integer.MAX_VALUE;
        long bestDistance = 0;
        for (int b = 0; b <= SEARCH; b++) {
            long distance = address - (b == 0 ? predictor.last[s] : predictor.recent(b));
            boolean stays = known && before[b] == distance;
            int cost = 2 * ByteSink.signedLength(distance) + (b == predictor.base[s] ? 0 : 1);
            before[b] = distance;
            if (stays && !bestStays || stays == bestStays && cost < bestCost) {
                best = b;
                bestStays = stays;
                bestCost = cost;
                bestDistance = distance;
            }
        }
        streams[ADDRESS_RUNS].writeVarint(addressRun);
        streams[BASES].writeByte(best);
        streams[DELTAS].writeSigned(bestDistance);
        addressRun = 0;
        predictor.base[s] = (byte) best;
        predictor.delta[s] = bestDistance;
    }

    /** Appends the finished chunk and starts the next. */
    void finish(ByteSink out) {
        out.writeVarint(events);
        out.writeVarint(begun);
        out.writeVarint(marks);
        for (ByteSink stream : streams) {
            byte[] packed = new byte[(int) Zstd.compressBound(stream.size())];
            long size = Zstd.compressByteArray(packed, 0, packed.length, stream.array(), 0, stream.size(), LEVEL);
            if (Zstd.isError(size)) {
                throw new IllegalStateException("zstd: " + Zstd.getErrorName(size));
            }
            out.writeVarint(stream.size());
            out.writeVarint(size);
            out.writeBytes(packed, 0, (int) size);
            stream.clear();
        }
        predictor.reset();
        Arrays.fill(distances, null);
        edge = EdgePredictor.NONE;
        from = EdgePredictor.NONE;
        blockRun = 0;
        addressRun = 0;
        valueRun = 0;
        events = 0;
        begun = 0;
        marks = 0;
        lastMark = 0;
    }
}
