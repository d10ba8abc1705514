package dev.cyclecast.trace.store;

import dev.cyclecast.trace.EventBatch;
import java.util.Arrays;

/** Codes executed blocks and marks into one chunk: what {@link EdgePredictor} foresees costs nothing but a longer run. */
final class ChunkEncoder {
    /** A chunk is closed at the first block that reaches this many events. */
    static final int EVENTS = 1 << 22;
    /** The parts of a chunk, each compressed by itself: see {@link ChunkDecoder}. */
    static final int STREAMS = 7;
    static final int BLOCK_RUNS = 0, BLOCKS = 1, ADDRESS_RUNS = 2, BASES = 3, DELTAS = 4, VALUES = 5, MARKS = 6;
    /** How far back the encoder looks for a base. */
    private static final int SEARCH = 32;
    /** How far a neighbour in the log may be from the address for being taken as its base at first sight. */
    private static final long NEIGHBOURHOOD = 64;
    /** After so many exceptions in a row, a state gets another base. */
    private static final int PATIENCE = 3;
    /** After so many neighbours in vain, a state gets one at every fourth miss only. */
    private static final int VAIN = 8;
    private static final int LEVEL = 3;

    private final EdgePredictor predictor = new EdgePredictor();
    private final ValuePredictor valuePredictor = new ValuePredictor();
    private final ByteSink[] streams = new ByteSink[STREAMS];
    private int edge = EdgePredictor.NONE;
    private int from = EdgePredictor.NONE;
    private int blockRun;
    private int addressRun;
    private int valueRun;
    private int events;
    private int begun;
    private int misses;
    private int markRun;
    /** Marks in front of the next block: kind and value of each. */
    private final ByteSink pending = new ByteSink();
    /** Per state: distance to each base at the last miss, and exceptions in a row. */
    private long[][] distances = new long[4096][];
    private byte[] exceptions = new byte[4096];
    /** Per state: how many neighbours were taken as its base since one of them foresaw an address. */
    private byte[] vainNeighbours = new byte[4096];

    ChunkEncoder() {
        for (int i = 0; i < STREAMS; i++) {
            streams[i] = new ByteSink();
        }
    }

    int events() {
        return events;
    }

    boolean isEmpty() {
        return events == 0 && pending.size() == 0;
    }

    boolean isFull() {
        return events >= EVENTS;
    }

    void mark(byte kind, byte value) {
        pending.writeByte(kind);
        pending.writeByte(value);
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
        codeMarks();
        int s = predictor.state[edge];
        reserve(s + block.accesses.length);
        for (int a = 0; a < block.accesses.length; a++, s++) {
            long address = addresses[a];
            if (predictor.predict(s) == address) {
                addressRun++;
                predictor.hit(s, address);
                if (predictor.base[s] == EdgePredictor.NEIGHBOUR) {
                    vainNeighbours[s] = 0;
                }
            } else {
                codeAddress(s, address);
                predictor.miss(s, address);
            }
        }
        for (int v = 0; v < block.values.length; v++) {
            int slot = ValuePredictor.slot(addresses[block.valueAccess[v]]);
            int expected = valuePredictor.predict(slot);
            int instruction = block.instructions[block.values[v]];
            if (expected == values[v]) {
                valueRun++;
                valuePredictor.hit(slot, values[v], instruction);
            } else {
                streams[VALUES].writeVarint(valueRun);
                streams[VALUES].writeSigned(values[v] - expected);
                valueRun = 0;
                valuePredictor.miss(slot, values[v], instruction);
            }
        }
        events += block.instructions.length;
    }

    private void codeMarks() {
        long packed = MarkList.pack(pending.array(), pending.size());
        if (packed == predictor.marks[edge] && pending.size() <= MarkList.BYTES) {
            markRun++;
        } else {
            streams[MARKS].writeVarint(markRun);
            streams[MARKS].writeVarint(pending.size() / 2);
            streams[MARKS].writeBytes(pending.array(), 0, pending.size());
            markRun = 0;
            predictor.marks[edge] = packed;
        }
        pending.clear();
    }

    /**
     * Chooses the base for an access that was not foreseen: one whose distance is the same as at the last miss here, since
     * it is likely to stay so; else a neighbour in the log that is near; else the nearest, or an exception.
     */
    private void codeAddress(int s, long address) {
        long[] before = distances[s];
        boolean known = before != null;
        if (!known) {
            before = new long[SEARCH + 1 + EdgePredictor.LOG_REACH];
            distances[s] = before;
            exceptions[s] = 0;
            vainNeighbours[s] = 0;
        }
        int best = -1;
        boolean bestStays = false;
        int bestCost = Integer.MAX_VALUE;
        long bestDistance = 0;
        for (int i = 0; i < before.length; i++) {
            int base = i <= SEARCH ? i : i - SEARCH - 1 + EdgePredictor.LOGGED;
            long distance = address - (i == 0 ? predictor.last[s] : i <= SEARCH ? predictor.recent(i)
                    : predictor.log.recent(i - SEARCH));
            boolean stays = known && before[i] == distance;
            int cost = 2 * ByteSink.signedLength(distance) + (base == predictor.base[s] ? 0 : 1);
            before[i] = distance;
            if (stays && !bestStays || stays == bestStays && cost < bestCost) {
                best = base;
                bestStays = stays;
                bestCost = cost;
                bestDistance = distance;
            }
        }
        streams[ADDRESS_RUNS].writeVarint(addressRun);
        addressRun = 0;
        boolean search = !bestStays && (vainNeighbours[s] <= VAIN || (misses++ & 3) == 0);
        short neighbour = search ? findNeighbour(address) : 0;
        if (neighbour != 0) {
            best = EdgePredictor.NEIGHBOUR;
            bestDistance = address - predictor.log.neighbour(neighbour);
            vainNeighbours[s] = (byte) Math.min(vainNeighbours[s] + 1, VAIN + 1);
        } else if (!bestStays && predictor.base[s] >= EdgePredictor.LOGGED && exceptions[s] < PATIENCE) {
            exceptions[s]++;
            streams[BASES].writeByte(EdgePredictor.EXCEPTION);
            streams[DELTAS].writeSigned(address - predictor.last[s]);
            return;
        }
        exceptions[s] = 0;
        streams[BASES].writeByte(best);
        if (neighbour != 0) {
            streams[BASES].writeByte(neighbour >> 8);
            streams[BASES].writeByte(neighbour & 0xff);
            predictor.neighbour[s] = neighbour;
        }
        streams[DELTAS].writeSigned(bestDistance);
        predictor.base[s] = (byte) best;
        predictor.delta[s] = bestDistance;
    }

    private void reserve(int states) {
        if (states > distances.length) {
            int room = Math.max(states, distances.length * 2);
            distances = Arrays.copyOf(distances, room);
            exceptions = Arrays.copyOf(exceptions, room);
            vainNeighbours = Arrays.copyOf(vainNeighbours, room);
        }
    }

    private short findNeighbour(long address) {
        for (int ago = 1; ago <= AddressLog.BACK; ago++) {
            for (int offset = 0; offset <= AddressLog.NEAR; offset++) {
                for (int sign = -1; sign <= 1; sign += 2) {
                    short code = AddressLog.code(ago, sign * offset);
                    long near = predictor.log.neighbour(code);
                    if (near != 0 && Math.abs(address - near) <= NEIGHBOURHOOD) {
                        return code;
                    }
                }
            }
        }
        return 0;
    }

    /** Appends the finished chunk and starts the next. */
    void finish(ByteSink out) {
        out.writeVarint(events);
        out.writeVarint(begun);
        out.writeVarint(pending.size() / 2);
        out.writeBytes(pending.array(), 0, pending.size());
        for (ByteSink stream : streams) {
            byte[] packed = Packed.pack(stream.array(), stream.size(), LEVEL);
            out.writeVarint(packed.length);
            out.writeBytes(packed, 0, packed.length);
            stream.clear();
        }
        predictor.reset();
        valuePredictor.reset();
        pending.clear();
        Arrays.fill(distances, null);
        edge = EdgePredictor.NONE;
        from = EdgePredictor.NONE;
        blockRun = 0;
        addressRun = 0;
        valueRun = 0;
        events = 0;
        begun = 0;
        markRun = 0;
        misses = 0;
    }
}
