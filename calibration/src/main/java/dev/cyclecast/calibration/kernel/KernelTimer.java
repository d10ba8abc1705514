package dev.cyclecast.calibration.kernel;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs kernels natively, each run in a pinned process of its own. */
final class KernelTimer {
    private static final int ATTEMPTS = 3;
    private static final long LIMIT_SECONDS = 15;
    private static final double MOST_TICKS = 1e9;

    private final Pinning pinning;
    private final int slices;
    private final long ticks;
    /** By the last program that was timed. */
    private double ticksPerCycle = 1;
    private final Map<Path, CalibrationException> failures = new LinkedHashMap<>();

    /**
     * A timer.
     *
     * @param slices slices of each run
     * @param ticks  least length of a slice's first part
     */
    KernelTimer(Pinning pinning, int slices, long ticks) {
        this.pinning = pinning;
        this.slices = slices;
        this.ticks = ticks;
    }

    /**
     * Times one size of a kernel, in slices that wait a while for the core to be free of others; null if every attempt was disturbed
     * too much to say anything, or if its program fails, now or earlier.
     */
    Timing time(Path program, int size, OwnCore core) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS && !failures.containsKey(program); attempt++) {
                Timing timing = parse(program, run(program, size, core));
                if (timing != null) {
                    ticksPerCycle = timing.ticksPerCycle();
                    return timing;
                }
            }
        } catch (CalibrationException e) {
            failures.put(program, e);
        }
        return null;
    }

    /** Programs that failed, in order, and how. */
    Map<Path, CalibrationException> failures() {
        return failures;
    }

    private String run(Path program, int size, OwnCore core) {
        List<String> command = new ArrayList<>(pinning.prefix());
        command.addAll(List.of(program.toString(), "time", Kernel.sizeName(size), Integer.toString(slices), Long.toString(ticks),
                Long.toString((long) Math.min(MOST_TICKS, core.limit() * ticksPerCycle))));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH"));
        try {
            long startedAt = System.nanoTime();
            Process process = builder.start();
            try {
                process.getOutputStream().close();
                process.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).exceptionally(late -> process.toHandle().destroyForcibly()
                        ? process : process);
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int status = process.waitFor();
                if (status != 0) {
                    boolean late = System.nanoTime() - startedAt >= TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
                    throw new CalibrationException(program + ": " + (late ? "did not end within " + LIMIT_SECONDS + " s"
                            : status > 128 ? "died of signal " + (status - 128)
                            : "ended with exit code " + status) + (output.isBlank() ? "" : ": " + output.strip())
                            + "; see whether it runs by itself");
                }
                return output;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new CalibrationException(program + ": cannot be run (" + e.getMessage() + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted; what was measured is kept, and the next calibration goes on from there", e);
        }
    }

    /** Reads what the harness prints. */
    static Timing parse(Path program, String output) {
        long iterations = 0;
        long reference = 0;
        List<Timing.Slice> slices = new ArrayList<>();
        try {
            for (String line : output.lines().toList()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "iterations:" -> iterations = Long.parseLong(words[1]);
                    case "reference:" -> reference = Long.parseLong(words[1]);
                    case "slice:" -> slices.add(new Timing.Slice(Long.parseLong(words[1]), Long.parseLong(words[2]),
                            Long.parseLong(words[3]), Long.parseLong(words[4]), Long.parseLong(words[5]), !words[6].equals("0"),
                            Long.parseLong(words[7]), Long.parseLong(words[8])));
                    default -> throw new NumberFormatException(line);
                }
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new CalibrationException(program + ": printed '" + e.getMessage() + "' where figures belong; build it again", e);
        }
        return iterations < 1 || reference < 1 ? null : Timing.of(slices, iterations, reference);
    }
}
