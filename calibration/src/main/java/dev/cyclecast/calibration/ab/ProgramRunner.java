package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program in a process of its own and reads the {@code key: value} lines that it prints.
 *
 * <p>The environment holds nothing but {@code PATH} and padding: its size moves the stack, so it must be chosen, not
 * inherited (Mytkowicz et al., <a href="https://doi.org/10.1145/1508244.1508275">Producing wrong data without doing
 * anything obviously wrong</a>, 2009).
 */
public final class ProgramRunner {
    /** Output beyond this many bytes is not read. */
    private static final int OUTPUT_LIMIT_BYTES = 64 * 1024;
    private static final String PADDING_VARIABLE = "CYCLECAST_PADDING";

    private final Pinning pinning;
    private final Duration timeLimit;

    /** Pinned as said; a run that takes longer than the limit is ended and reported. */
    public ProgramRunner(Pinning pinning, Duration timeLimit) {
        this.pinning = pinning;
        this.timeLimit = timeLimit;
    }

    /** How runs are pinned. */
    public Pinning pinning() {
        return pinning;
    }

    /**
     * Runs one arm.
     *
     * @param paddingBytes size of the padding in the environment
     * @throws CalibrationException if the program cannot be started, fails, takes too long, or prints no figures
     */
    public Run run(Arm arm, int paddingBytes) {
        List<String> command = new ArrayList<>(pinning.prefix());
        command.add(arm.program().toAbsolutePath().toString());
        command.addAll(arm.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(List.of("PATH"));
        environment.put(PADDING_VARIABLE, "x".repeat(paddingBytes));
        if (!arm.program().toFile().canExecute()) {
            throw failure(arm, "is missing or not executable; build it again");
        }
        long startedAt = System.nanoTime();
        Process process = start(builder, arm);
        Thread watch = Thread.startVirtualThread(() -> endWhenLate(process));
        String output;
        int status;
        try (InputStream stream = process.getInputStream()) {
            process.getOutputStream().close();
            output = new String(stream.readNBytes(OUTPUT_LIMIT_BYTES), StandardCharsets.UTF_8);
            if (stream.read() >= 0) {
                throw failure(arm, "printed more than " + OUTPUT_LIMIT_BYTES
                        + " bytes; a run prints a few key: value lines");
            }
            status = process.waitFor();
        } catch (IOException e) {
            throw failure(arm, "could not be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while " + arm.name()
                    + " ran; runs made so far are in the run log", e);
        } finally {
            process.destroyForcibly();
            watch.interrupt();
        }
        if (status != 0) {
            boolean late = System.nanoTime() - startedAt >= timeLimit.toNanos();
            String end = late ? "was ended after " + timeLimit.toSeconds() + " s" : ending(status);
            throw failure(arm, end + lastLine(output));
        }
        return parse(arm, output);
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
        Map<String, String> values = new HashMap<>();
        for (String line : output.split("\n")) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                values.put(line.substring(0, colon).strip(), line.substring(colon + 2).strip());
            }
        }
        Work work = new Work((long) number(arm, values, "ops"), value(arm, values, "checksum"),
                (long) number(arm, values, "mallocs"), (long) number(arm, values, "frees"));
        double seconds = number(arm, values, "seconds");
        double cpuSeconds = values.containsKey("cpu_seconds") ? number(arm, values, "cpu_seconds") : seconds;
        if (work.operations() < 1 || !(seconds > 0) || !(cpuSeconds > 0)) {
            throw failure(arm, "printed ops: " + work.operations() + ", seconds: " + seconds + ", cpu_seconds: "
                    + cpuSeconds + "; all must be positive");
        }
        return new Run(work, seconds, cpuSeconds, number(arm, values, "tsc_cycles_per_op"));
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
