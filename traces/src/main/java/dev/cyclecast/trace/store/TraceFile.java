package dev.cyclecast.trace.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.TraceHeader;
import dev.cyclecast.trace.TraceSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/** An open {@code .cct} file; the layout is told at {@link Section} and {@link ChunkDecoder}. */
public final class TraceFile implements AutoCloseable {
    private static final int INSTRUCTIONS_IN_BLOCKS = 1 << 26;
    private static final long IMAGE_BYTES = 1 << 28;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path path;
    private final FileChannel channel;
    private final long bytes;
    private TraceHeader header;
    private ProgramImage image;
    private Block[] blocks;
    private long chunksStart;
    private Footer footer;

    private TraceFile(Path path, FileChannel channel, long bytes) {
        this.path = path;
        this.channel = channel;
        this.bytes = bytes;
    }

    /** Opens a file and reads all but its chunks. */
    public static TraceFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new TraceException(path + ": is a folder, not a trace");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            TraceFile file = new TraceFile(path, channel, channel.size());
            file.readStart();
            channel = null;
            return file;
        } catch (NoSuchFileException e) {
            throw new TraceException(path + ": no such file; record a trace with `cyclecast record -o " + path.getFileName()
                    + " -- PROGRAM`", e);
        } catch (IOException e) {
            throw new TraceException(path + ": cannot be read (" + e + ")", e);
        } finally {
            closeQuietly(channel);
        }
    }

    private static void closeQuietly(FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new TraceException("cannot close a trace (" + e + ")", e);
            }
        }
    }

    public TraceHeader header() {
        return header;
    }

    public ProgramImage image() {
        return image;
    }

    public long events() {
        return footer.events();
    }

    public long operations() {
        return footer.operations();
    }

    public long bytes() {
        return bytes;
    }

    public Path path() {
        return path;
    }

    private void readStart() throws IOException {
        ByteBuffer start = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        readFully(start, 0);
        start.flip();
        if (start.limit() < 12 || start.getLong() != Section.MAGIC) {
            throw new TraceException(path + ": not a Cyclecast trace (its first bytes are other ones)");
        }
        int version = start.getInt();
        if (version != Section.VERSION) {
            throw new TraceException(path + ": trace format version " + version + ", this program reads version "
                    + Section.VERSION + "; record the trace again");
        }
        Raw raw = readSection(12, "header");
        require(raw, Section.HEADER, "header");
        try {
            header = JSON.readValue(raw.payload, TraceHeader.class);
        } catch (JsonProcessingException e) {
            throw damaged("header", raw.offset, "JSON: " + e.getOriginalMessage());
        } catch (NullPointerException e) {
            throw damaged("header", raw.offset, "a field is missing");
        }
        if (header == null || header.program() == null) {
            throw damaged("header", raw.offset, "a field is missing");
        }
        raw = readSection(raw.next, "image");
        require(raw, Section.IMAGE, "image");
        try {
            image = ImageCodec.read(unpack(raw));
            long at = raw.next;
            raw = readSection(at, "block table");
            require(raw, Section.BLOCKS, "block table");
            blocks = readBlocks(unpack(raw));
        } catch (DamagedException e) {
            throw damaged(image == null ? "image" : "block table", raw.offset, e.getMessage());
        }
        chunksStart = raw.next;
        readFooter();
    }

    /** Walks over the chunks' lengths to the footer, so that a truncated file is noticed before work is put into it. */
    private void readFooter() throws IOException {
        long offset = chunksStart;
        ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        for (int chunk = 0; ; chunk++) {
            head.clear();
            readFully(head, offset);
            head.flip();
            if (head.limit() < 8) {
                throw damaged("chunk " + chunk, offset, "the file ends here: it is truncated");
            }
            int tag = head.getInt();
            long length = Integer.toUnsignedLong(head.getInt());
            if (tag == Section.FOOTER) {
                Raw raw = readSection(offset, "footer");
                try {
                    footer = Footer.read(new ByteSource(raw.payload, 0, raw.payload.length));
                } catch (DamagedException e) {
                    throw damaged("footer", offset, e.getMessage());
                }
                if (raw.next != bytes) {
                    throw damaged("footer", raw.next, "the file goes on after its end");
                }
                if (footer.chunks().size() != chunk) {
                    throw damaged("footer", offset, "it names " + footer.chunks().size() + " chunks, the file has " + chunk);
                }
                return;
            }
            if (tag != Section.CHUNK || length > Section.limit(tag) || length > bytes - offset - Section.OVERHEAD) {
                throw damaged("chunk " + chunk, offset, tag != Section.CHUNK ? "no chunk starts here"
                        : "it ends behind the end of the file: the file is truncated");
            }
            offset += length + Section.OVERHEAD;
        }
    }

    private ByteSource unpack(Raw raw) throws DamagedException {
        byte[] plain = Packed.unpack(raw.payload, IMAGE_BYTES);
        return new ByteSource(plain, 0, plain.length);
    }

    private Block[] readBlocks(ByteSource in) throws DamagedException {
        List<Instruction> instructions = image.instructions();
        Block.StaticFacts facts = new Block.StaticFacts() {
            @Override
            public int accesses(int instruction) {
                return Block.accesses(instructions.get(instruction));
            }

            @Override
            public boolean isValued(int instruction) {
                return Block.isValued(instructions.get(instruction));
            }
        };
        Block[] result = new Block[in.readCount("number of blocks")];
        int total = 0;
        for (int b = 0; b < result.length; b++) {
            int[] numbers = new int[in.readBounded(Math.min(Block.LENGTH, in.remaining()), "length of a block")];
            total += numbers.length;
            if (numbers.length == 0 || total > INSTRUCTIONS_IN_BLOCKS) {
                throw new DamagedException(numbers.length == 0 ? "block without instructions" : "blocks too long");
            }
            int last = -1;
            for (int i = 0; i < numbers.length; i++) {
                long number = last + 1 + in.readSigned();
                if (number < 0 || number >= instructions.size()) {
                    throw new DamagedException("instruction " + number + " of " + instructions.size());
                }
                last = (int) number;
                numbers[i] = last;
            }
            result[b] = new Block(b, numbers, facts);
        }
        return result;
    }

    /** A section as read, its checksum verified. */
    private record Raw(int tag, long offset, byte[] payload, long next) {
    }

    private void require(Raw raw, int tag, String what) {
        if (raw.tag != tag) {
            throw damaged(what, raw.offset, "another part stands in its place");
        }
    }

    private Raw readSection(long offset, String what) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(head, offset);
        head.flip();
        if (head.limit() < 8) {
            throw damaged(what, offset, "the file ends here: it is truncated");
        }
        int tag = head.getInt();
        long length = Integer.toUnsignedLong(head.getInt());
        if (length > bytes - offset - Section.OVERHEAD) {
            throw damaged(what, offset, "it ends behind the end of the file: the file is truncated");
        }
        if (length > Section.limit(tag)) {
            throw damaged(what, offset, "length " + length + " is above " + Section.limit(tag));
        }
        ByteBuffer payload = ByteBuffer.allocate((int) length);
        readFully(payload, offset + 8);
        ByteBuffer tail = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        readFully(tail, offset + 8 + length);
        if (payload.hasRemaining() || tail.hasRemaining()) {
            throw damaged(what, offset, "the file became shorter while it was read");
        }
        CRC32C crc = new CRC32C();
        crc.update(head.array(), 0, 8);
        crc.update(payload.array(), 0, (int) length);
        if ((int) crc.getValue() != tail.getInt(0)) {
            throw damaged(what, offset, "its checksum differs");
        }
        return new Raw(tag, offset, payload.array(), offset + length + Section.OVERHEAD);
    }

    private void readFully(ByteBuffer target, long offset) throws IOException {
        while (target.hasRemaining()) {
            int n = channel.read(target, offset + target.position());
            if (n < 0) {
                return;
            }
        }
    }

    private TraceException damaged(String part, long offset, String what) {
        return new TraceException(path + ": damaged in " + part + " at byte " + offset + ": " + what
                + "; copy or record the trace again");
    }

    /** A new cursor at the first event. */
    public TraceSource.Cursor cursor() {
        return new FileCursor();
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private final class FileCursor implements TraceSource.Cursor {
        private final ChunkDecoder decoder = new ChunkDecoder(blocks);
        private int chunk = -1;
        private long offset = chunksStart;
        private long chunkOffset;
        private long events;
        private long operations;
        private boolean inChunk;
        private boolean closed;

        @Override
        public boolean read(EventBatch batch) {
            batch.clear();
            if (closed) {
                throw new IllegalStateException("the cursor is closed");
            }
            ChunkDecoder.wipe(batch, batch.capacity());
            try {
                while (batch.size < batch.capacity()) {
                    if (inChunk && decoder.isDone()) {
                        inChunk = false;
                    }
                    if (!inChunk && !nextChunk()) {
                        break;
                    }
                    decoder.read(batch);
                }
            } catch (DamagedException e) {
                throw damaged("chunk " + chunk, chunkOffset, e.getMessage());
            } catch (IOException e) {
                throw new TraceException(path + ": cannot be read (" + e + ")", e);
            }
            return batch.size > 0 || batch.marks > 0;
        }

        private boolean nextChunk() throws IOException, DamagedException {
            if (chunk + 1 == footer.chunks().size()) {
                if (events != footer.events() || operations != footer.operations()) {
                    throw damaged("footer", offset, "its totals differ from what the chunks hold");
                }
                return false;
            }
            chunk++;
            chunkOffset = offset;
            Raw raw = readSection(offset, "chunk " + chunk);
            require(raw, Section.CHUNK, "chunk " + chunk);
            decoder.start(raw.payload, 0, raw.payload.length);
            events += decoder.events();
            operations += decoder.begun();
            offset = raw.next;
            inChunk = true;
            return true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
