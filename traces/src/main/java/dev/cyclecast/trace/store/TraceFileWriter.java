package dev.cyclecast.trace.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.TraceHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A {@code .cct} file under construction, from events whose instructions are not all known yet.
 *
 * <p>Instructions get numbers as they are met; chunks go to a file beside the output. The image, which sorts the
 * instructions, comes last and is put in front. Unless {@link #finish} was called, closing leaves nothing behind.
 */
public final class TraceFileWriter implements AutoCloseable, Block.StaticFacts {
    private static final int LEVEL = 19;

    private final Path output;
    private final Path chunkFile;
    private final Path partFile;
    private final FileChannel chunks;
    private final ChunkEncoder encoder = new ChunkEncoder();
    private final List<Block> blocks = new ArrayList<>();
    private final List<Footer.Chunk> index = new ArrayList<>();
    private final ByteSink sink = new ByteSink();
    private byte[] facts = new byte[1024];
    private int instructions;
    private long chunkBytes;
    private long events;
    private long operations;
    private boolean countsFromStart;

    /** Starts a file. */
    public TraceFileWriter(Path output) {
        this.output = output;
        String name = "." + output.getFileName() + "." + ProcessHandle.current().pid();
        chunkFile = output.resolveSibling(name + ".chunks");
        partFile = output.resolveSibling(name + ".part");
        // Where the user interrupts the program, nothing closes this.
        chunkFile.toFile().deleteOnExit();
        partFile.toFile().deleteOnExit();
        try {
            chunks = FileChannel.open(chunkFile, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new TraceException(output + ": cannot be written (" + reason(e) + "); name a writable folder", e);
        }
    }

    /**
     * Makes an instruction known.
     *
     * @param accesses how many data addresses it has, 0 to 2
     * @param valued   whether its events carry a value
     * @return its number, counting from 0
     */
    public int instruction(int accesses, boolean valued) {
        if (instructions == facts.length) {
            facts = Arrays.copyOf(facts, instructions * 2);
        }
        facts[instructions] = (byte) (accesses | (valued ? 4 : 0));
        return instructions++;
    }

    /** Makes a block of known instructions known. */
    public Block block(int[] numbers) {
        if (numbers.length == 0 || numbers.length > Block.LENGTH) {
            throw new IllegalArgumentException("block of " + numbers.length + " instructions");
        }
        Block block = new Block(blocks.size(), numbers, this);
        blocks.add(block);
        return block;
    }

    /** Appends one execution of a block, with its addresses and values. */
    public void execute(Block block, long[] addresses, int[] values) {
        encoder.execute(block, addresses, values);
        events += block.length();
        if (encoder.isFull()) {
            writeChunk();
        }
    }

    /** Appends a mark. */
    public void mark(byte kind, byte value) {
        encoder.mark(kind, value);
        if (kind == EventBatch.BEGIN) {
            operations++;
        }
    }

    /** Puts a COUNT mark in front of the first event, after the fact. */
    public void countFromStart() {
        countsFromStart = true;
    }

    /** Number of events so far. */
    public long events() {
        return events;
    }

    /** Number of operations begun so far. */
    public long operations() {
        return operations;
    }

    @Override
    public int accesses(int instruction) {
        return facts[instruction] & 3;
    }

    @Override
    public boolean isValued(int instruction) {
        return (facts[instruction] & 4) != 0;
    }

    private void writeChunk() {
        index.add(new Footer.Chunk(chunkBytes, encoder.events()));
        sink.clear();
        encoder.finish(sink);
        try {
            chunkBytes += writeSection(chunks, Section.CHUNK, sink.array(), sink.size());
        } catch (IOException e) {
            throw new TraceException(chunkFile + ": cannot be written (" + reason(e) + ")", e);
        }
    }

    /**
     * Completes the file and gives it its name.
     *
     * @param numbers for each instruction in the order of {@link #instruction}, its index in the image
     */
    public void finish(TraceHeader header, ProgramImage image, int[] numbers) {
        if (!encoder.isEmpty()) {
            writeChunk();
        }
        try (FileChannel out = FileChannel.open(partFile, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            sink.clear();
            for (int i = 0; i < 8; i++) {
                sink.writeByte((int) (Section.MAGIC >>> 8 * i));
            }
            sink.writeInt(Section.VERSION);
            writeFully(out, ByteBuffer.wrap(sink.array(), 0, sink.size()));
            byte[] json = new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true)
                    .writeValueAsBytes(new TraceHeader(Section.VERSION, header.program(), header.arguments(),
                            header.operations(), header.threadPointer(), header.facts()));
            writeSection(out, Section.HEADER, json, json.length);
            sink.clear();
            ImageCodec.write(image, sink);
            writePacked(out, Section.IMAGE);
            sink.clear();
            writeBlocks(numbers);
            writePacked(out, Section.BLOCKS);
            List<Footer.Chunk> all = new ArrayList<>();
            if (countsFromStart) {
                all.add(new Footer.Chunk(out.position(), 0));
                encoder.mark(EventBatch.COUNT, (byte) 0);
                sink.clear();
                encoder.finish(sink);
                writeSection(out, Section.CHUNK, sink.array(), sink.size());
            }
            long start = out.position();
            index.forEach(c -> all.add(new Footer.Chunk(c.offset() + start, c.events())));
            for (long done = 0; done < chunkBytes; ) {
                done += chunks.transferTo(done, chunkBytes - done, out);
            }
            sink.clear();
            new Footer(events, operations, all).write(sink);
            writeSection(out, Section.FOOTER, sink.array(), sink.size());
        } catch (IOException | UncheckedIOException e) {
            throw new TraceException(partFile + ": cannot be written (" + reason(e) + ")", e);
        }
        try {
            Files.move(partFile, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new TraceException(output + ": cannot be written (" + reason(e) + ")", e);
        }
    }

    private void writeBlocks(int[] numbers) {
        sink.writeVarint(blocks.size());
        for (Block block : blocks) {
            sink.writeVarint(block.length());
            int last = -1;
            for (int i : block.instructions) {
                sink.writeSigned(numbers[i] - (last + 1));
                last = numbers[i];
            }
        }
    }

    private void writePacked(FileChannel out, int tag) throws IOException {
        byte[] packed = Packed.pack(sink.array(), sink.size(), LEVEL);
        writeSection(out, tag, packed, packed.length);
    }

    private static long writeSection(FileChannel out, int tag, byte[] payload, int length) throws IOException {
        ByteSink head = new ByteSink();
        head.writeInt(tag);
        head.writeInt(length);
        CRC32C crc = new CRC32C();
        crc.update(head.array(), 0, head.size());
        crc.update(payload, 0, length);
        writeFully(out, ByteBuffer.wrap(head.array(), 0, head.size()));
        writeFully(out, ByteBuffer.wrap(payload, 0, length));
        head.clear();
        head.writeInt((int) crc.getValue());
        writeFully(out, ByteBuffer.wrap(head.array(), 0, head.size()));
        return (long) length + Section.OVERHEAD;
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    @Override
    public void close() {
        try {
            chunks.close();
            Files.deleteIfExists(chunkFile);
            Files.deleteIfExists(partFile);
        } catch (IOException e) {
            throw new TraceException(chunkFile + ": cannot be removed (" + reason(e) + ")", e);
        }
    }
}
