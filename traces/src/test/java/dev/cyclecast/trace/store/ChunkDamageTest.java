package dev.cyclecast.trace.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.MemoryTrace;
import dev.cyclecast.trace.RandomTraces;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Damage behind the checksums and inside the compression: what a crafted file could hold. */
class ChunkDamageTest {
    private static final int BLOCK = 5;
    private final Block[] blocks = new Block[20];

    ChunkDamageTest() {
        Block.StaticFacts facts = new Block.StaticFacts() {
            @Override
            public int accesses(int instruction) {
                return instruction % 3;
            }

            @Override
            public boolean isValued(int instruction) {
                return instruction % 3 == 1;
            }
        };
        for (int b = 0; b < blocks.length; b++) {
            int[] instructions = new int[BLOCK];
            Random random = new Random(b);
            Arrays.setAll(instructions, i -> random.nextInt(100));
            blocks[b] = new Block(b, instructions, facts);
        }
    }

    private byte[] encode(Random random) {
        ChunkEncoder encoder = new ChunkEncoder();
        for (int i = 0; i < 200; i++) {
            Block block = blocks[random.nextInt(3) == 0 ? random.nextInt(blocks.length) : i % 7];
            long[] addresses = new long[block.accessCount()];
            int[] values = new int[block.valueCount()];
            Arrays.setAll(addresses, a -> 4096 + random.nextInt(50) * 8L);
            Arrays.setAll(values, a -> random.nextInt(4));
            if (i % 10 == 0) {
                encoder.mark((byte) random.nextInt(3), (byte) i);
            }
            encoder.execute(block, addresses, values);
        }
        ByteSink sink = new ByteSink();
        encoder.finish(sink);
        return sink.toByteArray();
    }

    /** Takes the streams apart, changes one, and puts them together again. */
    private static byte[] damage(byte[] chunk, Random random) throws DamagedException {
        ByteSource in = new ByteSource(chunk, 0, chunk.length);
        ByteSink out = new ByteSink();
        for (int i = 0; i < 3; i++) {
            out.writeVarint(in.readVarint());
        }
        int target = random.nextInt(ChunkEncoder.STREAMS);
        for (int i = 0; i < ChunkEncoder.STREAMS; i++) {
            byte[] plain = Packed.unpack(in.readBytes((int) in.readVarint()), 1 << 20);
            int raw = plain.length;
            if (i == target && raw > 0) {
                for (int n = random.nextInt(4); n >= 0; n--) {
                    plain[random.nextInt(raw)] = (byte) random.nextInt(256);
                }
                plain = random.nextInt(4) == 0 ? Arrays.copyOf(plain, random.nextInt(2 * raw)) : plain;
            }
            byte[] packed = Packed.pack(plain, plain.length, 3);
            out.writeVarint(packed.length);
            out.writeBytes(packed, 0, packed.length);
        }
        return out.toByteArray();
    }

    private int decode(byte[] chunk) throws DamagedException {
        ChunkDecoder decoder = new ChunkDecoder(blocks);
        decoder.start(chunk, 0, chunk.length);
        EventBatch batch = new EventBatch(33);
        int events = 0;
        while (!decoder.isDone()) {
            batch.clear();
            ChunkDecoder.wipe(batch, batch.capacity());
            decoder.read(batch);
            events += batch.size;
            assertTrue(batch.size > 0 || decoder.isDone(), "no progress");
        }
        return events;
    }

    @Property(tries = 600)
    void damagedStreamsAreRefusedOrRead(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] chunk = encode(random);
        try {
            assertEquals(200 * BLOCK, decode(chunk));
            assertEquals(200 * BLOCK, decode(damage(chunk, random)));
        } catch (DamagedException e) {
            assertTrue(e.getMessage().length() > 3);
        }
    }

    @Property(tries = 1000)
    void damagedImagesAreRefusedOrRead(@ForAll long seed) {
        Random random = new Random(seed);
        MemoryTrace trace = RandomTraces.make(random.nextInt(10), 30, 0);
        ByteSink sink = new ByteSink();
        ImageCodec.write(trace.image(), sink);
        byte[] bytes = sink.toByteArray();
        for (int n = random.nextInt(4); n >= 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        try {
            assertTrue(ImageCodec.read(new ByteSource(bytes, 0, bytes.length)).instructions().size() <= bytes.length);
        } catch (DamagedException e) {
            assertTrue(e.getMessage().length() > 3);
        }
    }

    @Test
    void numbersOfAllLengthsSurvive() throws DamagedException {
        ByteSink sink = new ByteSink();
        for (int shift = 0; shift < 64; shift++) {
            sink.writeVarint(1L << shift);
            sink.writeSigned(-1L << shift);
            assertEquals(ByteSink.signedLength(-1L << shift), lengthOf(-1L << shift));
        }
        ByteSource in = new ByteSource(sink.array(), 0, sink.size());
        for (int shift = 0; shift < 64; shift++) {
            assertEquals(1L << shift, in.readVarint());
            assertEquals(-1L << shift, in.readSigned());
        }
        assertEquals(0, in.remaining());
    }

    private static int lengthOf(long value) {
        ByteSink sink = new ByteSink();
        sink.writeSigned(value);
        return sink.size();
    }
}
