package dev.cyclecast.calibration.kernel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.WholeFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The timings of a calibration as they are made, one JSON object per line. An interrupted calibration leaves the file, and
 * the next one goes on from there; one that ends puts it aside.
 */
final class MeasurementLog implements AutoCloseable {
    /** Name of the file while a calibration measures. */
    static final String BEGUN = "timings.jsonl";
    private static final String FINISHED = "measured.jsonl";

    /**
     * One line.
     *
     * @param cpu     the CPU, so that no other machine's timings are taken up
     * @param program file name of the program, which holds a hash of all that it was made from
     * @param size    size of the kernel
     * @param timing  its timing
     */
    record Entry(String cpu, String program, int size, Timing timing) {
    }

    private final Path file;
    private final String cpu;
    private final ObjectMapper json = new ObjectMapper();
    private final List<Entry> entries = new ArrayList<>();
    private final BufferedWriter writer;
    private final int resumed;
    private int leftOut;

    /** Opens a log; takes up what one for the same CPU was left with. */
    MeasurementLog(Path file, String cpu) {
        this.file = file;
        this.cpu = cpu;
        try {
            lines(file).forEach(this::takeUp);
            resumed = entries.size();
            // A line that an interruption cut short is left out, and so are those of other machines.
            StringBuilder kept = new StringBuilder();
            for (Entry entry : entries) {
                kept.append(json.writeValueAsString(entry)).append('\n');
            }
            WholeFile.write(file, kept.toString().getBytes(StandardCharsets.UTF_8));
            writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private MeasurementLog(Path file, String cpu, List<String> lines) {
        this.file = file;
        this.cpu = cpu;
        lines.forEach(this::takeUp);
        resumed = entries.size();
        writer = null;
    }

    /** What calibrations on a CPU left in a folder, the last that ended and one that was interrupted; to be read only. */
    static MeasurementLog finished(Path folder, String cpu) {
        List<String> lines = new ArrayList<>();
        for (Path file : List.of(folder.resolve(FINISHED), folder.resolve(BEGUN))) {
            try {
                lines.addAll(lines(file));
            } catch (IOException e) {
                throw new CalibrationException(file + ": cannot be read (" + e.getMessage() + "); calibrate without --refit", e);
            }
        }
        return new MeasurementLog(folder.resolve(FINISHED), cpu, lines);
    }

    /** Lines of a file, whatever is in it. */
    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList() : List.of();
    }

    private void takeUp(String line) {
        try {
            Entry entry = json.readValue(line, Entry.class);
            if (entry != null && cpu.equals(entry.cpu()) && entry.program() != null && entry.timing() != null
                    && entry.timing().possible()) {
                entries.add(entry);
                return;
            }
        } catch (JsonProcessingException e) {
            // Cut short, or not ours.
        }
        leftOut++;
    }

    /** Lines that are no timings of this CPU. */
    int leftOut() {
        return leftOut;
    }

    /** Timings taken up when the log was opened. */
    int resumed() {
        return resumed;
    }

    /** Timings of one size of a program, in order. */
    List<Timing> of(Path program, int size) {
        return entries.stream().filter(e -> e.program().equals(program.getFileName().toString()) && e.size() == size)
                .map(Entry::timing).toList();
    }

    /** All timings. */
    List<Timing> all() {
        return entries.stream().map(Entry::timing).toList();
    }

    /** Appends a timing and hands it to the system before it returns. */
    void append(Path program, int size, Timing timing) {
        Entry entry = new Entry(cpu, program.getFileName().toString(), size, timing);
        try {
            writer.write(json.writeValueAsString(entry));
            writer.newLine();
            writer.flush();
        } catch (IOException e) {
            throw failure(e);
        }
        entries.add(entry);
    }

    /** Puts the log aside: the calibration has its result. */
    void finish() {
        if (writer == null) {
            return;
        }
        close();
        try {
            Files.move(file, file.resolveSibling(FINISHED), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        try {
            if (writer != null) {
                writer.close();
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private CalibrationException failure(IOException e) {
        return new CalibrationException(file + ": timings cannot be kept (" + e.getMessage()
                + "); free some space or make the folder writable, and calibrate again: what is in the file is not measured again", e);
    }
}
