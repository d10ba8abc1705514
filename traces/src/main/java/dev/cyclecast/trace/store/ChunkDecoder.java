package dev.cyclecast.trace.store;

import dev.cyclecast.trace.EventBatch;
import java.util.Arrays;

/**
 * Turns a chunk back into events.
 *
 * <p>A chunk is its number of events, of operations begun and of marks at its end, those marks, then seven streams, each as
 * the length of a zstd frame and that frame: runs of foreseen blocks, the blocks between those runs, runs of foreseen addresses, the bases
 * and the distances of those between, values (run of foreseen ones, difference to the one foreseen), marks (run of blocks in
 * front of which stand the foreseen ones, number of marks, kind and operation of each).
 */
final class ChunkDecoder {
    private static final int STREAM_BYTES = 1 << 26;
    private static final int FOREVER = Integer.MAX_VALUE;

    private final Block[] blocks;
    private final EdgePredictor predictor = new EdgePredictor();
    private final ValuePredictor valuePredictor = new ValuePredictor();
    private final ByteSource[] streams = new ByteSource[ChunkEncoder.STREAMS];
    /** A block that did not fit into the batch, and how much of it was delivered. */
    private final EventBatch spill = new EventBatch(Block.LENGTH);
    private int spilled;
    private int events;
    private int decoded;
    private int delivered;
    private ByteSource trailing;
    private int begun;
    private int edge;
    private int from;
    private int blockRun;
    private int addressRun;
    private int valueRun;
    private int markRun;
    private int declaredBegun;

    ChunkDecoder(Block[] blocks) {
        this.blocks = blocks;
    }

    /** Starts on a chunk. */
    void start(byte[] bytes, int start, int end) throws DamagedException {
        ByteSource in = new ByteSource(bytes, start, end);
        events = in.readBounded(ChunkEncoder.EVENTS + Block.LENGTH, "number of events");
        declaredBegun = in.readBounded(Integer.MAX_VALUE, "number of operations");
        byte[] last = in.readBytes(2 * in.readBounded(in.remaining() / 2, "number of marks"));
        trailing = new ByteSource(last, 0, last.length);
        for (int i = 0; i < streams.length; i++) {
            int packed = in.readCount("length of a stream");
            byte[] plain = Packed.unpack(in.readBytes(packed), STREAM_BYTES);
            streams[i] = new ByteSource(plain, 0, plain.length);
        }
        if (in.remaining() != 0) {
            throw new DamagedException(in.remaining() + " bytes too many");
        }
        predictor.reset();
        valuePredictor.reset();
        spill.clear();
        spilled = 0;
        decoded = 0;
        delivered = 0;
        begun = 0;
        edge = EdgePredictor.NONE;
        from = EdgePredictor.NONE;
        blockRun = nextRun(ChunkEncoder.BLOCK_RUNS);
        addressRun = nextRun(ChunkEncoder.ADDRESS_RUNS);
        valueRun = nextRun(ChunkEncoder.VALUES);
        markRun = nextRun(ChunkEncoder.MARKS);
    }

    /** Whether everything was delivered. */
    boolean isDone() {
        return delivered == events && trailing.remaining() == 0;
    }

    int events() {
        return events;
    }

    int begun() {
        return declaredBegun;
    }

    /** Appends events and marks to a batch, {@linkplain #wipe wiped} before, until it is full or the chunk is done. */
    void read(EventBatch batch) throws DamagedException {
        int capacity = batch.capacity();
        while (batch.size < capacity && delivered < events) {
            int start = batch.size;
            if (spilled < spill.size) {
                int n = Math.min(spill.size - spilled, capacity - start);
                copy(spill, spilled, batch, n);
                spilled += n;
            } else {
                Block block = nextBlock();
                readMarks(batch);
                if (block.instructions.length <= capacity - start) {
                    decode(block, batch);
                } else {
                    spill.clear();
                    spilled = 0;
                    wipe(spill, block.instructions.length);
                    decode(block, spill);
                    continue;
                }
            }
            delivered += batch.size - start;
        }
        if (delivered == events) {
            while (trailing.remaining() > 0) {
                readMark(trailing, batch);
            }
            if (begun != declaredBegun) {
                throw new DamagedException("number of operations differs from its marks");
            }
        }
    }

    private void readMarks(EventBatch batch) throws DamagedException {
        if (markRun > 0) {
            markRun--;
            for (long packed = predictor.marks[edge]; packed != 0; packed = MarkList.rest(packed)) {
                addMark(MarkList.kind(packed), MarkList.value(packed), batch);
            }
            return;
        }
        ByteSource in = streams[ChunkEncoder.MARKS];
        int n = in.readBounded(in.remaining() / 2, "number of marks");
        predictor.marks[edge] = MarkList.pack(in.peek(2 * n), 2 * n);
        for (int i = 0; i < n; i++) {
            readMark(in, batch);
        }
        markRun = nextRun(ChunkEncoder.MARKS);
    }

    private void readMark(ByteSource in, EventBatch batch) throws DamagedException {
        byte kind = (byte) in.readByte();
        addMark(kind, (byte) in.readByte(), batch);
    }

    private void addMark(byte kind, byte value, EventBatch batch) throws DamagedException {
        if (kind < 0 || kind > EventBatch.COUNT) {
            throw new DamagedException("mark of kind " + kind);
        }
        batch.mark(kind, value);
        begun += kind == EventBatch.BEGIN ? 1 : 0;
    }

    /** Sets the addresses and values to 0 that {@link #read} leaves alone: those that an instruction does not have. */
    static void wipe(EventBatch batch, int length) {
        Arrays.fill(batch.address0, 0, length, 0);
        Arrays.fill(batch.address1, 0, length, 0);
        Arrays.fill(batch.value, 0, length, 0);
    }

    private static void copy(EventBatch source, int from, EventBatch target, int n) {
        System.arraycopy(source.instruction, from, target.instruction, target.size, n);
        System.arraycopy(source.address0, from, target.address0, target.size, n);
        System.arraycopy(source.address1, from, target.address1, target.size, n);
        System.arraycopy(source.value, from, target.value, target.size, n);
        target.size += n;
    }

    private int nextRun(int stream) throws DamagedException {
        return streams[stream].remaining() == 0 ? FOREVER : streams[stream].readBounded(FOREVER - 1, "run");
    }

    private Block nextBlock() throws DamagedException {
        Block block;
        if (blockRun > 0) {
            blockRun--;
            int next = edge == EdgePredictor.NONE ? EdgePredictor.NONE : predictor.successor[edge];
            if (next == EdgePredictor.NONE) {
                throw new DamagedException("foreseen block where none can be");
            }
            edge = next;
            block = predictor.block[edge];
        } else {
            block = blocks[streams[ChunkEncoder.BLOCKS].readBounded(blocks.length - 1, "block")];
            if (block.instructions.length > events - decoded) {
                throw new DamagedException("more events than the chunk says");
            }
            int next = predictor.edge(from, block);
            if (edge != EdgePredictor.NONE) {
                predictor.successor[edge] = next;
            }
            edge = next;
            blockRun = nextRun(ChunkEncoder.BLOCK_RUNS);
        }
        from = block.number;
        decoded += block.instructions.length;
        if (decoded > events) {
            throw new DamagedException("more events than the chunk says");
        }
        return block;
    }

    private void decode(Block block, EventBatch batch) throws DamagedException {
        int at = batch.size;
        int[] instructions = block.instructions;
        int length = instructions.length;
        System.arraycopy(instructions, 0, batch.instruction, at, length);
        int[] accesses = block.accesses;
        int first = predictor.state[edge];
        for (int a = 0; a < accesses.length; a++) {
            int s = first + a;
            long address;
            if (addressRun == 0) {
                address = readAddress(s);
                predictor.miss(s, address);
            } else {
                addressRun--;
                address = predictor.predict(s);
                predictor.hit(s, address);
            }
            int access = accesses[a];
            if ((access & 1) == 0) {
                batch.address0[at + (access >> 1)] = address;
            } else {
                batch.address1[at + (access >> 1)] = address;
            }
        }
        if (block.values.length > 0) {
            decodeValues(block, at, batch);
        }
        batch.size = at + length;
    }

    private void decodeValues(Block block, int at, EventBatch batch) throws DamagedException {
        for (int event : block.values) {
            int instruction = batch.instruction[at + event];
            int slot = ValuePredictor.slot(batch.address0[at + event]);
            int value = valuePredictor.predict(slot);
            if (valueRun == 0) {
                value += (int) streams[ChunkEncoder.VALUES].readSigned();
                valuePredictor.miss(slot, value, instruction);
                valueRun = nextRun(ChunkEncoder.VALUES);
            } else {
                valueRun--;
                valuePredictor.hit(slot, value, instruction);
            }
            batch.value[at + event] = value;
        }
    }

    private long readAddress(int s) throws DamagedException {
        ByteSource bases = streams[ChunkEncoder.BASES];
        int base = bases.readByte();
        long distance = streams[ChunkEncoder.DELTAS].readSigned();
        addressRun = nextRun(ChunkEncoder.ADDRESS_RUNS);
        if (base == EdgePredictor.EXCEPTION) {
            return predictor.last[s] + distance;
        }
        if (base > EdgePredictor.NEIGHBOUR) {
            throw new DamagedException("base " + base + " of an address");
        }
        if (base == EdgePredictor.NEIGHBOUR) {
            int code = bases.readByte() << 8 | bases.readByte();
            if (!AddressLog.isCode(code)) {
                throw new DamagedException("neighbour " + code + " of an address");
            }
            predictor.neighbour[s] = (short) code;
        }
        predictor.base[s] = (byte) base;
        predictor.delta[s] = distance;
        return predictor.predict(s);
    }
}
