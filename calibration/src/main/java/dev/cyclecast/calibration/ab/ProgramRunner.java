package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program in a process of its own and reads the {@code key: value} lines that it prints.
 *
 * <p>Where runs are watched, a program that prints no time is timed as a whole process.
 *
 * <p>The environment holds nothing but {@code PATH}, padding and what the arm asks for: its size moves the stack, so it must
 * be chosen, not inherited (Mytkowicz et al., <a href="https://doi.org/10.1145/1508244.1508275">Producing wrong data without doing
 * anything obviously wrong</a>, 2009).
 */
public final class ProgramRunner implements Runner {
    /** Output beyond this many bytes is not read. */
    private static final int OUTPUT_LIMIT_BYTES = 64 * 1024;
    private static final String PADDING_VARIABLE = "CYCLECAST_PADDING";
    /** What a driver of somebody else's need not print beside operations and seconds. */
    private static final Map<String, String> OPTIONAL =
            Map.of("tsc_cycles_per_op", "0", "mallocs", "0", "frees", "0", "checksum", "none");

    private final Pinning pinning;
    private final Duration timeLimit;
    private final RunWatch watch;

    /** Pinned as said; a run that takes longer than the limit is ended and reported. */
    public ProgramRunner(Pinning pinning, Duration timeLimit) {
        this(pinning, timeLimit, null);
    }

    /** With the program that watches the runs. */
    public ProgramRunner(Pinning pinning, Duration timeLimit, RunWatch watch) {
        this.pinning = pinning;
        this.timeLimit = timeLimit;
        this.watch = watch;
    }

    /** How runs are pinned. */
    public Pinning pinning() {
        return pinning;
    }

    @Override
    public Run run(Arm arm, int paddingBytes) {
        List<String> command = new ArrayList<>(watch == null ? pinning.prefix() : watch.prefix(pinning));
        command.add(arm.program().toAbsolutePath().toString());
        command.addAll(arm.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(watch == null);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(List.of("PATH"));
        environment.putAll(arm.environment());
        environment.put(PADDING_VARIABLE, "x".repeat(paddingBytes));
        if (!Files.isRegularFile(arm.program()) || !Files.isExecutable(arm.program())) {
            throw failure(arm, "is missing or not executable; build it again");
        }
        long startedAt = System.nanoTime();
        Process process = start(builder, arm);
        Thread timer = Thread.startVirtualThread(() -> endWhenLate(process));
        String output;
        String said;
        int status;
        try (InputStream stream = process.getInputStream(); InputStream watched = process.getErrorStream()) {
            process.getOutputStream().close();
            output = watch == null ? readShort(arm, stream) : readEnd(stream);
            said = new String(watched.readNBytes(OUTPUT_LIMIT_BYTES), StandardCharsets.UTF_8);
            status = process.waitFor();
        } catch (IOException e) {
            throw failure(arm, "could not be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while " + arm.name()
                    + " ran; runs made so far are in the run log", e);
        } finally {
            process.destroyForcibly();
            timer.interrupt();
        }
        boolean late = System.nanoTime() - startedAt >= timeLimit.toNanos();
        if (status != 0 && late) {
            throw failure(arm, "was ended after " + timeLimit.toSeconds() + " s, which is all that a run gets" + lastLine(output)
                    + "; see whether it hangs, or give it less to do");
        }
        // Of a run that could not be watched, that is what to report, not the status.
        Usage usage = watch == null ? null : RunWatch.parse(arm, said);
        if (status != 0) {
            throw failure(arm, ending(status) + lastLine(output) + "; see whether it runs by itself");
        }
        return parse(arm, output, usage);
    }

    /** Output of a driver, which is a few lines. */
    private static String readShort(Arm arm, InputStream stream) throws IOException {
        String output = new String(stream.readNBytes(OUTPUT_LIMIT_BYTES), StandardCharsets.UTF_8);
        if (stream.read() >= 0) {
            throw failure(arm, "printed more than " + OUTPUT_LIMIT_BYTES + " bytes; a run prints a few key: value lines");
        }
        return output;
    }

    /** The end of the output of any program. */
    private static String readEnd(InputStream stream) throws IOException {
        byte[] end = new byte[0];
        while (true) {
            byte[] next = stream.readNBytes(OUTPUT_LIMIT_BYTES);
            if (next.length == 0) {
                return new String(end, StandardCharsets.UTF_8);
            }
            byte[] both = Arrays.copyOf(end, end.length + next.length);
            System.arraycopy(next, 0, both, end.length, next.length);
            end = Arrays.copyOfRange(both, Math.max(0, both.length - OUTPUT_LIMIT_BYTES), both.length);
        }
    }

    private Process start(ProcessBuilder builder, Arm arm) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw failure(arm, "cannot be started: " + e.getMessage());
        }
    }

    private void endWhenLate(Process process) {
        try {
            if (!process.waitFor(timeLimit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                // Through the handle: Process.destroyForcibly would close the stream under its reader.
                process.toHandle().destroyForcibly();
            }
        } catch (InterruptedException e) {
            // The run ended in time, and its reader says so by interrupting this watch.
            Thread.currentThread().interrupt();
        }
    }

    private static String ending(int status) {
        return status > 128 ? "died of signal " + (status - 128) : "ended with exit code " + status;
    }

    private static String lastLine(String output) {
        String stripped = output.strip();
        if (stripped.isEmpty()) {
            return "";
        }
        String line = stripped.substring(stripped.lastIndexOf('\n') + 1);
        return ": " + (line.length() > 200 ? line.substring(0, 200) + "..." : line);
    }

    static Run parse(Arm arm, String output) {
        return parse(arm, output, null);
    }

    /** The {@code key: value} lines among those that a program printed; of two with one key, the last. */
    public static Map<String, String> values(String output) {
        Map<String, String> values = new HashMap<>();
        for (String line : output.split("\n")) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                values.put(line.substring(0, colon).strip(), line.substring(colon + 2).strip());
            }
        }
        return values;
    }

    /** Reads what a program printed; with what was seen of the process, a program need not print anything. */
    static Run parse(Arm arm, String output, Usage usage) {
        Map<String, String> values = values(output);
        if (usage != null && !(values.containsKey("ops") && values.containsKey("seconds"))) {
            return wholeRun(arm, values.get("checksum"), usage);
        }
        if (usage != null) {
            OPTIONAL.forEach(values::putIfAbsent);
        }
        Work work = new Work((long) number(arm, values, "ops"), value(arm, values, "checksum"),
                (long) number(arm, values, "mallocs"), (long) number(arm, values, "frees"));
        double seconds = number(arm, values, "seconds");
        double cpuSeconds = values.containsKey("cpu_seconds") ? number(arm, values, "cpu_seconds") : seconds;
        if (work.operations() < 1 || !(seconds > 0) || !(cpuSeconds > 0)) {
            throw failure(arm, "printed ops: " + work.operations() + ", seconds: " + seconds + ", cpu_seconds: "
                    + cpuSeconds + "; all must be positive");
        }
        double tscCycles = number(arm, values, "tsc_cycles_per_op");
        return new Run(work, seconds, cpuSeconds, tscCycles == 0 ? Double.NaN : tscCycles, usage,
                Slices.parse(arm, work.operations(), values));
    }

    private static Run wholeRun(Arm arm, String checksum, Usage usage) {
        if (!(usage.cpuSeconds() > 0)) {
            throw failure(arm, "used no time on the CPU that the kernel could count; give it more to do");
        }
        return new Run(Work.whole(checksum), usage.wallSeconds(), usage.cpuSeconds(), Double.NaN, usage);
    }

    private static String value(Arm arm, Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw failure(arm, "did not print '" + key + ": ...'");
        }
        return value;
    }

    private static double number(Arm arm, Map<String, String> values, String key) {
        String value = value(arm, values, key);
        try {
            double number = Double.parseDouble(value);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number that is not finite.
        }
        throw failure(arm, "printed '" + key + ": " + value + "', which is not a number");
    }

    private static CalibrationException failure(Arm arm, String what) {
        return new CalibrationException(arm.name() + " (" + arm.program() + ") " + what);
    }
}
