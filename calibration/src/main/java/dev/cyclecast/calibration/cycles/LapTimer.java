package dev.cyclecast.calibration.cycles;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.RunWatch;
import dev.cyclecast.calibration.ab.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times the laps of a program on this machine, in core cycles. Every run does the same operations in the same laps, so the middle
 * over the runs is free of whatever disturbed one of them, and keeps what is the lap's own, such as its mispredictions.
 */
public final class LapTimer {
    private static final String TICKS = "lap_ticks:";
    /** The clock before a run may be faster or slower than after it by this factor. */
    private static final double MOST_CHANGE = 1.02;

    /** Runs without which there is no telling what is disturbance. */
    private static final int LEAST_STEADY = 5;

    private final Pinning pinning;
    private final RunWatch watch;
    private final int runs;
    private final double mostChange;

    /** A timer that takes the middle of so many runs, or of what is left of twice as many where the clock changes. */
    public LapTimer(Pinning pinning, RunWatch watch, int runs) {
        this(pinning, watch, runs, MOST_CHANGE);
    }

    /** With a limit of its own for changes of the clock. */
    LapTimer(Pinning pinning, RunWatch watch, int runs, double mostChange) {
        this.pinning = pinning;
        this.watch = watch;
        this.runs = runs;
        this.mostChange = mostChange;
    }

    /**
     * Laps as they were timed.
     *
     * @param cycles core cycles of each lap
     * @param spread half the distance of the quartiles of whole runs, as a share of their median: how much the machine did
     *               meanwhile for others
     */
    public record Laps(double[] cycles, double spread) {
    }

    /**
     * Times a program's laps.
     *
     * @throws CalibrationException if the program fails, or the clock was steady in hardly any run
     */
    public Laps laps(Path program, List<String> arguments) {
        List<double[]> steady = new ArrayList<>();
        for (int attempt = 0; attempt < 2 * runs && steady.size() < runs; attempt++) {
            double[] run = run(program, arguments);
            if (run != null) {
                steady.add(run);
            }
        }
        if (steady.size() < Math.min(runs, LEAST_STEADY)) {
            throw new CalibrationException(program + ": the core's clock changed within " + (2 * runs - steady.size()) + " of "
                    + 2 * runs + " runs; repeat when the machine is idle");
        }
        return new Laps(middle(steady), spread(steady));
    }

    /** Half the distance of the quartiles of whole runs, as a share of their median. */
    static double spread(List<double[]> runs) {
        double[] sums = runs.stream().mapToDouble(run -> Arrays.stream(run).sum()).sorted().toArray();
        return (sums[sums.length * 3 / 4] - sums[sums.length / 4]) / 2 / sums[sums.length / 2];
    }

    /** The middle of the runs, lap by lap. */
    static double[] middle(List<double[]> runs) {
        double[] middle = new double[runs.getFirst().length];
        for (int lap = 0; lap < middle.length; lap++) {
            int l = lap;
            double[] sorted = runs.stream().mapToDouble(run -> run[l]).sorted().toArray();
            middle[lap] = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }
        return middle;
    }

    private double[] run(Path program, List<String> arguments) {
        List<String> command = new ArrayList<>(watch.prefix(pinning));
        command.add(program.toAbsolutePath().toString());
        command.addAll(arguments);
        try {
            Path folder = Files.createTempDirectory("cyclecast-laps-");
            Path out = folder.resolve("out");
            Path err = folder.resolve("err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
                builder.environment().keySet().retainAll(List.of("PATH"));
                Process process = builder.start();
                process.getOutputStream().close();
                int status = process.waitFor();
                List<String> lines = Files.readAllLines(out, StandardCharsets.UTF_8);
                if (status != 0) {
                    throw new CalibrationException(program + ": ended with exit code " + status + ": "
                            + (lines.isEmpty() ? complaint(Files.readAllLines(err)) : lines.getLast()));
                }
                return cycles(program, lines, RunWatch.parse(new Arm("laps", program, arguments), Files.readString(err)), mostChange);
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new CalibrationException(program + ": its laps cannot be timed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while the laps of " + program + " were timed", e);
        }
    }

    /** Why a program was not run, from what watches it. */
    private static String complaint(List<String> said) {
        return said.stream().filter(line -> line.startsWith("error: ")).findFirst().orElse("it printed nothing");
    }

    /** The laps of a run in core cycles; null where the clock was not steady. */
    static double[] cycles(Path program, List<String> lines, Usage usage, double mostChange) {
        double before = usage.ticksPerCycleBefore();
        double after = usage.ticksPerCycleAfter();
        if (Math.max(before, after) > Math.min(before, after) * mostChange) {
            return null;
        }
        String ticks = lines.stream().filter(line -> line.startsWith(TICKS)).findFirst().orElseThrow(
                () -> new CalibrationException(program + ": printed no '" + TICKS + " ...'; run it with --lap"));
        try {
            return Arrays.stream(ticks.substring(TICKS.length()).strip().split(" ")).mapToDouble(Long::parseLong)
                    .map(t -> 2 * t / (before + after)).toArray();
        } catch (NumberFormatException e) {
            throw new CalibrationException(program + ": printed laps that are no numbers: " + e.getMessage(), e);
        }
    }
}
