package dev.cyclecast.calibration.cycles;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.OwnCoreSlices;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.ProgramRunner;
import dev.cyclecast.calibration.ab.Slices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Times the laps of a program on this machine, in core cycles. Every run does the same operations in the same laps, so the middle
 * over the runs is free of whatever disturbed one of them, and keeps what is the lap's own, such as its mispredictions. A lap counts
 * in those runs in which it lay in a slice that had the core to itself.
 */
public final class LapTimer {
    /** Laps of a slice. */
    static final int SLICE = 100;

    private static final String TICKS = "lap_ticks";
    /** Runs of each lap with the core to itself that are wanted, on average. */
    private static final double READINGS = 5;
    /** Share of the laps of which one is wanted; else all runs count, whoever shared the core. */
    private static final double LEAST_KNOWN = 0.5;
    private static final int SHOWN = 200;

    private final Pinning pinning;
    private final int runs;
    private final int mostRuns;

    /** A timer that makes so many runs, and more while the core is shared, up to a limit. */
    public LapTimer(Pinning pinning, int runs, int mostRuns) {
        this.pinning = pinning;
        this.runs = runs;
        this.mostRuns = mostRuns;
    }

    /**
     * Laps as they were timed.
     *
     * @param cycles core cycles of each lap; NaN where none lay in a slice that had the core to itself
     * @param spread half the distance of the quartiles of what runs took for these laps, as a share: how much the machine did
     *               meanwhile for others
     */
    public record Laps(double[] cycles, double spread) {
    }

    /**
     * One run.
     *
     * @param cycles of each lap
     * @param slices in which the laps lay
     */
    record LapRun(double[] cycles, Slices slices) {
    }

    /**
     * Times a program's laps.
     *
     * @param arguments with which it runs in laps
     * @param lap       operations of a lap
     * @throws CalibrationException if the program fails
     */
    public Laps laps(Path program, List<String> arguments, int lap) {
        List<String> command = new ArrayList<>(pinning.prefix());
        command.add(program.toAbsolutePath().toString());
        command.addAll(arguments);
        command.addAll(Slices.argumentsFor((long) SLICE * lap));
        List<LapRun> made = new ArrayList<>();
        while (made.size() < runs || made.size() < mostRuns && readings(made) < READINGS) {
            made.add(run(program, command));
        }
        return laps(made);
    }

    /** Of runs of the same laps. */
    static Laps laps(List<LapRun> runs) {
        OwnCoreSlices own = ownCore(runs);
        double[] middle = middle(runs, own);
        if (Arrays.stream(middle).filter(c -> c > 0).count() < LEAST_KNOWN * middle.length) {
            middle = middle(runs, null);
        }
        return new Laps(middle, spread(runs, middle));
    }

    private static OwnCoreSlices ownCore(List<LapRun> runs) {
        return new OwnCoreSlices(runs.stream().map(LapRun::slices));
    }

    /** How often, on average, a slice had the core to itself. */
    private static double readings(List<LapRun> runs) {
        OwnCoreSlices own = ownCore(runs);
        return runs.stream().map(LapRun::slices).mapToDouble(s -> IntStream.range(0, s.cycles().length)
                .filter(slice -> own.isOwn(s, slice)).count() / (double) s.cycles().length).sum();
    }

    /**
     * The middle of the runs, lap by lap.
     *
     * @param own the slices that count; null for all
     */
    private static double[] middle(List<LapRun> runs, OwnCoreSlices own) {
        double[] middle = new double[runs.getFirst().cycles().length];
        for (int lap = 0; lap < middle.length; lap++) {
            int l = lap;
            double[] sorted = runs.stream().filter(run -> own == null || counts(run, own, l)).mapToDouble(run -> run.cycles()[l])
                    .sorted().toArray();
            middle[lap] = sorted.length == 0 ? Double.NaN : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }
        return middle;
    }

    /** The first lap of a slice has the probe in it; what is left behind the last slice was not probed. */
    private static boolean counts(LapRun run, OwnCoreSlices own, int lap) {
        int slice = lap / SLICE;
        return lap % SLICE != 0 && slice < run.slices().cycles().length && own.isOwn(run.slices(), slice);
    }

    /** Half the distance of the quartiles of what runs took for the laps that are known, beside the middle. */
    private static double spread(List<LapRun> runs, double[] middle) {
        int[] known = IntStream.range(0, middle.length).filter(lap -> middle[lap] > 0).toArray();
        double expected = Arrays.stream(known).mapToDouble(lap -> middle[lap]).sum();
        double[] sorted = runs.stream().mapToDouble(run -> Arrays.stream(known).mapToDouble(lap -> run.cycles()[lap]).sum() / expected)
                .sorted().toArray();
        return (sorted[sorted.length * 3 / 4] - sorted[sorted.length / 4]) / 2;
    }

    private static LapRun run(Path program, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().keySet().retainAll(List.of("PATH"));
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                String last = output.strip().substring(output.strip().lastIndexOf('\n') + 1);
                throw new CalibrationException(program + ": ended with exit code " + status + ": "
                        + (last.isEmpty() ? "it printed nothing" : last.substring(0, Math.min(SHOWN, last.length()))));
            }
            return parse(program, output);
        } catch (IOException e) {
            throw new CalibrationException(program + ": its laps cannot be timed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while the laps of " + program + " were timed", e);
        }
    }

    /** Reads what a run printed. */
    static LapRun parse(Path program, String output) {
        Map<String, String> values = ProgramRunner.values(output);
        Slices slices = Slices.parse(new Arm("laps", program, List.of()), 1, values);
        if (slices == null || !values.containsKey(TICKS)) {
            throw new CalibrationException(program + ": printed no '" + TICKS + ": ...' with slices; run it with --lap and --slice");
        }
        try {
            return new LapRun(Arrays.stream(values.get(TICKS).split(" ")).mapToDouble(Long::parseLong)
                    .map(t -> t / slices.ticksPerCycle()).toArray(), slices);
        } catch (NumberFormatException e) {
            throw new CalibrationException(program + ": printed laps that are no numbers: " + e.getMessage(), e);
        }
    }
}
