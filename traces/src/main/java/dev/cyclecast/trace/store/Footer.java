package dev.cyclecast.trace.store;

import java.util.List;

/**
 * The end of a trace file.
 *
 * @param events     executed instructions
 * @param operations operations begun
 * @param chunks     file offset and number of events of each chunk
 */
record Footer(long events, long operations, List<Chunk> chunks) {
    record Chunk(long offset, int events) {
    }

    void write(ByteSink out) {
        out.writeVarint(events);
        out.writeVarint(operations);
        out.writeVarint(chunks.size());
        long last = 0;
        for (Chunk c : chunks) {
            out.writeVarint(c.offset - last);
            out.writeVarint(c.events);
            last = c.offset;
        }
    }

    static Footer read(ByteSource in) throws DamagedException {
        long events = in.readVarint();
        long operations = in.readVarint();
        int n = in.readCount("number of chunks");
        List<Chunk> chunks = new java.util.ArrayList<>();
        long offset = 0;
        for (int i = 0; i < n; i++) {
            offset += in.readVarint();
            chunks.add(new Chunk(offset, in.readBounded(ChunkEncoder.EVENTS + Block.LENGTH, "number of events")));
        }
        return new Footer(events, operations, chunks);
    }
}
