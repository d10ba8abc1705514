package dev.cyclecast.calibration.ab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The raw runs as they happen, one JSON object per line; what was measured before an interruption stays. */
public final class RunLog implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final FileChannel channel;
    private final List<RawRun> earlier;
    private final List<RawRun> runs;
    private final double elapsedBefore;
    private final long openedAtNanoseconds = System.nanoTime();

    /** Opens a log, behind what the file holds already. */
    public RunLog(Path file) {
        this(file, List.of());
    }

    private RunLog(Path file, List<RawRun> earlier) {
        this.file = file;
        this.earlier = List.copyOf(earlier);
        runs = new ArrayList<>(earlier);
        elapsedBefore = earlier.stream().mapToDouble(r -> r.startedAtSeconds() + r.seconds()).max().orElse(0);
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.position(channel.size());
        } catch (IOException e) {
            throw failure(e, "");
        }
    }

    /** Opens the log of a session that was interrupted; a last line that was not written to its end is cut off. */
    public static RunLog resume(Path file) {
        try {
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            // A line may be cut within a character, so only whole ones are decoded.
            String whole = new String(bytes, 0, end, StandardCharsets.UTF_8);
            List<RawRun> earlier = new ArrayList<>();
            int number = 0;
            for (String line : whole.lines().toList()) {
                earlier.add(read(file, ++number, line));
            }
            RunLog log = new RunLog(file, earlier);
            log.cutTo(end);
            return log;
        } catch (IOException e) {
            throw new CalibrationException(file + ": the run log cannot be read (" + e.getMessage()
                    + "); see owner and mode", e);
        }
    }

    private static RawRun read(Path file, int number, String line) {
        try {
            RawRun run = JSON.readValue(line, RawRun.class);
            boolean times = run != null && run.seconds() > 0 && run.cpuSeconds() > 0 && run.operations() > 0 && run.startedAtSeconds() >= 0
                    && Double.isFinite(run.seconds() + run.cpuSeconds() + run.startedAtSeconds());
            boolean place = times && run.position() >= 0 && run.position() < Block.RUNS && run.block() >= 0 && run.layout() >= 0
                    && run.layout() < AbRequest.MOST_LAYOUTS;
            if (place && run.comparison() != null && (run.slices() == null || run.slices().isWhole())) {
                return run;
            }
        } catch (JsonProcessingException e) {
            // Reported below, like a line that is JSON but no run.
        }
        throw new CalibrationException(file + ", line " + number + ": this is no run; remove the line, or start another session");
    }

    /** Seconds since the log was first opened, without those between sessions. */
    double elapsedSeconds() {
        return elapsedBefore + 1e-9 * (System.nanoTime() - openedAtNanoseconds);
    }

    /** The runs that an earlier session made of a block, in order: those before the first one missing. */
    List<RawRun> earlier(String comparison, int layout, int block) {
        List<RawRun> made = new ArrayList<>();
        for (RawRun run : earlier) {
            if (run.block() == block && run.layout() == layout && run.position() == made.size()
                    && run.comparison().equals(comparison)) {
                made.add(run);
            }
        }
        return made;
    }

    /** All runs: those of earlier sessions that this one resumes, and those appended. */
    public List<RawRun> runs() {
        return List.copyOf(runs);
    }

    /** Appends a run and hands it to the system before it returns; one that cannot be written stands in the message. */
    void append(RawRun run) {
        String line;
        try {
            line = JSON.writeValueAsString(run);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a run is always JSON", e);
        }
        runs.add(run);
        long size = -1;
        try {
            size = channel.size();
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            if (size >= 0) {
                cutOrLeave(size);
            }
            throw failure(e, "; the run that is not in it: " + line);
        }
    }

    /** So that part of a line does not stand before what a later session appends. */
    private void cutOrLeave(long size) {
        try {
            cutTo(size);
        } catch (IOException e) {
            // What cannot be cut now is cut when the session is resumed.
        }
    }

    private void cutTo(long size) throws IOException {
        channel.truncate(size);
        channel.position(size);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(e, "");
        }
    }

    private CalibrationException failure(IOException e, String more) {
        return new CalibrationException(file + ": the run log cannot be written (" + e.getMessage()
                + "); free some space or choose a writable folder" + more, e);
    }
}
