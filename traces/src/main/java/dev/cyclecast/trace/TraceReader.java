package dev.cyclecast.trace;

import dev.cyclecast.trace.store.TraceFile;
import java.nio.file.Path;

/**
 * A stored trace, read from a {@code .cct} file.
 *
 * <p>Opening reads the header, the image and the totals; events are read as cursors ask for them, so that memory does not
 * grow with the length of the trace.
 */
public final class TraceReader implements TraceSource, AutoCloseable {
    private final TraceFile file;

    private TraceReader(TraceFile file) {
        this.file = file;
    }

    /**
     * Opens a trace.
     *
     * @throws TraceException if the file is missing, foreign, truncated or damaged; names the file, the part and the offset
     */
    public static TraceReader open(Path path) {
        return new TraceReader(TraceFile.open(path));
    }

    @Override
    public TraceHeader header() {
        return file.header();
    }

    @Override
    public ProgramImage image() {
        return file.image();
    }

    /** Number of executed instructions, as the file's footer says. */
    public long events() {
        return file.events();
    }

    /** Number of allocator operations begun, as the file's footer says. */
    public long operations() {
        return file.operations();
    }

    /** Size of the file in bytes. */
    public long fileBytes() {
        return file.bytes();
    }

    /** The file. */
    public Path path() {
        return file.path();
    }

    @Override
    public Cursor cursor() {
        return file.cursor();
    }

    @Override
    public void close() {
        file.close();
    }
}
