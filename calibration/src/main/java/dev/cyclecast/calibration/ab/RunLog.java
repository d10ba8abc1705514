package dev.cyclecast.calibration.ab;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The raw runs as they happen, one JSON object per line; what was measured before an interruption stays. */
public final class RunLog implements AutoCloseable {
    private final Path file;
    private final BufferedWriter writer;
    private final ObjectMapper json = new ObjectMapper();
    private final long openedAtNanoseconds = System.nanoTime();

    /** Opens a log, behind what the file holds already. */
    public RunLog(Path file) {
        this.file = file;
        try {
            writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Seconds since the log was opened. */
    double elapsedSeconds() {
        return 1e-9 * (System.nanoTime() - openedAtNanoseconds);
    }

    /** Appends a run and hands it to the system before it returns. */
    void append(RawRun run) {
        try {
            writer.write(json.writeValueAsString(run));
            writer.newLine();
            writer.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private CalibrationException failure(IOException e) {
        return new CalibrationException(file + ": the run log cannot be written (" + e.getMessage()
                + "); free some space or choose a writable folder", e);
    }
}
