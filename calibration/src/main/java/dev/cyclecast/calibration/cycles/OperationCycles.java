package dev.cyclecast.calibration.cycles;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.LapReplay;
import dev.cyclecast.model.LapReplay.Kind;
import dev.cyclecast.trace.TraceReader;
import dev.cyclecast.trace.record.RecordRequest;
import dev.cyclecast.trace.record.RecordSummary;
import dev.cyclecast.trace.record.Recorder;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What an operation of each kind and size class takes in the middle of a workload, modelled and measured.
 *
 * <p>A clock around single operations would measure what it does to them: it keeps them from overlapping. Instead the driver
 * runs laps of some dozen operations and reads the clock between them. The laps differ in what they do, so least squares
 * over thousands of them tell what each kind adds. The same program is recorded, and its replay is split in the same way, so that
 * whatever the method does to the figures, it does to both.
 */
public final class OperationCycles {
    /** Not so many that all laps are alike, nor a multiple of tiny hot's batches. */
    static final int LAP = 50;
    private static final long SKIPPED = 200_000;
    private static final long WARM_UP = 5_000;
    /** Rarer kinds are told together. */
    private static final double LEAST_SHARE = 0.005;
    private static final String LANDMARK = "cyclecast_lap";

    private final LapTimer timer;
    private final CoreProfile core;
    private final int laps;

    /**
     * Cycles per operation.
     *
     * @param operation     name of the operations: {@code malloc}, {@code free}, ...; {@code all} for the whole workload, {@code
     *                      other} for what is too rare to be told apart
     * @param sizeClass     their size class; -1 where there is none or it is not known
     * @param sharePercent  their share of all operations
     * @param measured      measured core cycles
     * @param standardError of these, as far as the laps say; of the whole workload half the distance of the quartiles over runs
     * @param modelled      modelled core cycles
     */
    public record Row(String operation, int sizeClass, double sharePercent, double measured, double standardError,
                      double modelled) {
        /** Distance of the modelled cycles from the measured ones, in percent of these. */
        public double errorPercent() {
            return 100 * (modelled / measured - 1);
        }
    }

    /** Measured with a timer, modelled on a core, over so many laps. */
    public OperationCycles(LapTimer timer, CoreProfile core, int laps) {
        this.timer = timer;
        this.core = core;
        this.laps = laps;
    }

    /**
     * The table of one program; the whole workload comes first.
     *
     * @param program   a workload's driver
     * @param arguments its arguments for {@link #operations()}
     * @param trace     file for its recording
     */
    public List<Row> of(Path program, List<String> arguments, Path trace) {
        List<String> lapped = new ArrayList<>(arguments);
        lapped.addAll(List.of("--skip", Long.toString(SKIPPED), "--warmup", Long.toString(WARM_UP), "--lap", Integer.toString(LAP)));
        record(program, lapped, trace);
        try (TraceReader reader = TraceReader.open(trace)) {
            return table(LapReplay.run(reader, core, LANDMARK), timer.laps(program, lapped, LAP));
        }
    }

    /** Operations that the laps take. */
    public long operations() {
        return (long) laps * LAP;
    }

    private static void record(Path program, List<String> arguments, Path trace) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        RecordSummary summary = new Recorder(OutputStream.nullOutputStream(), OutputStream.nullOutputStream())
                .record(RecordRequest.of(trace, command));
        if (summary.exitStatus() != 0) {
            throw new CalibrationException(program + ": ended with exit code " + summary.exitStatus()
                    + " while it was recorded; see whether it runs by itself");
        }
    }

    /** The table of laps that were replayed and timed. */
    static List<Row> table(List<LapReplay.Lap> replayed, LapTimer.Laps timed) {
        if (replayed.size() != timed.cycles().length) {
            throw new CalibrationException("the recording has " + replayed.size() + " laps and a run " + timed.cycles().length
                    + "; both must do the same work");
        }
        int[] known = IntStream.range(0, replayed.size()).filter(lap -> timed.cycles()[lap] > 0).toArray();
        double[] measured = Arrays.stream(known).mapToDouble(lap -> timed.cycles()[lap]).toArray();
        double[] modelled = Arrays.stream(known).mapToDouble(lap -> replayed.get(lap).cycles()).toArray();
        List<Map<Kind, Integer>> operations = Arrays.stream(known).mapToObj(lap -> replayed.get(lap).operations()).toList();
        Map<Kind, Integer> sums = new TreeMap<>(Comparator.comparing(Kind::operation).thenComparing(Kind::sizeClass));
        operations.forEach(lap -> lap.forEach((kind, count) -> sums.merge(kind, count, Integer::sum)));
        double all = sums.values().stream().mapToLong(n -> n).sum();
        List<Kind> kinds = sums.keySet().stream().filter(k -> sums.get(k) >= LEAST_SHARE * all).toList();
        double told = kinds.stream().mapToLong(sums::get).sum();
        boolean others = told < all;
        LapRegression ofMeasured = LapRegression.of(operations, measured, kinds, others);
        LapRegression ofModelled = LapRegression.of(operations, modelled, kinds, others);
        List<Row> rows = new ArrayList<>();
        double perOperation = Arrays.stream(measured).sum() / all;
        rows.add(new Row("all", -1, 100, perOperation, timed.spread() * perOperation, Arrays.stream(modelled).sum() / all));
        for (int k = 0; k < ofMeasured.cycles().length; k++) {
            boolean other = k == kinds.size();
            rows.add(new Row(other ? "other" : kinds.get(k).operation(), other ? -1 : kinds.get(k).sizeClass(),
                    100 * (other ? all - told : sums.get(kinds.get(k))) / all, ofMeasured.cycles()[k],
                    ofMeasured.standardErrors()[k], ofModelled.cycles()[k]));
        }
        return rows;
    }
}
