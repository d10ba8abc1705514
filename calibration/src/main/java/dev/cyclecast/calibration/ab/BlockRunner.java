package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Blocks of four runs, A B B A: whatever drifts steadily during a block hits both arms alike.
 *
 * <p>Every run's work is compared with that of the block's first run; arms that did different work are refused,
 * whatever their times. Runs of a block that an earlier session left unfinished are not made again.
 */
public final class BlockRunner {
    /** Runs of a block. */
    static final int RUNS = 4;

    private final Runner runner;
    private final RunLog log;
    private final ToDoubleFunction<Run> time;

    /** Runs with a runner, keeps the raw runs in a log, and compares times on the CPU. */
    public BlockRunner(Runner runner, RunLog log) {
        this(runner, log, Run::nanosecondsPerOperation);
    }

    /** Compares the time of an operation that a function gives. */
    public BlockRunner(Runner runner, RunLog log, ToDoubleFunction<Run> time) {
        this.runner = runner;
        this.log = log;
        this.time = time;
    }

    /**
     * Runs one block.
     *
     * @param block number of the block, for the log
     * @return log of (A's time / B's time) per operation: positive when B is faster
     */
    public double run(LayoutPair pair, int block) {
        Arm[] order = {pair.a(), pair.b(), pair.b(), pair.a()};
        List<RawRun> earlier = log.earlier(pair.comparison(), pair.layout(), block);
        double[] times = new double[RUNS];
        Work expected = null;
        for (int i = 0; i < RUNS; i++) {
            Run run = i < earlier.size() ? earlier.get(i).run() : runAndKeep(pair, block, i, order[i]);
            if (expected == null) {
                expected = run.work();
            } else {
                requireEqual(pair.a(), expected, order[i], run.work());
            }
            times[i] = time.applyAsDouble(run);
        }
        return logRatio(times);
    }

    private Run runAndKeep(LayoutPair pair, int block, int position, Arm arm) {
        double startedAt = log.elapsedSeconds();
        Run run = runner.run(arm, pair.paddingBytes());
        log.append(RawRun.of(pair, block, position, arm, run, startedAt));
        return run;
    }

    /** Log of (A's time / B's time) of the four times of a block: positive when B is faster. */
    static double logRatio(double[] times) {
        return 0.5 * (Math.log(times[0]) + Math.log(times[3])) - 0.5 * (Math.log(times[1]) + Math.log(times[2]));
    }

    /** Refuses two arms whose work differs. */
    public static void requireEqual(Arm a, Work workOfA, Arm b, Work workOfB) {
        if (!workOfA.equals(workOfB)) {
            throw new CalibrationException("different work: " + a.name() + " did " + workOfA + ", " + b.name() + " did "
                    + workOfB + "; a time ratio of the two would mean nothing, so the comparison is refused");
        }
    }
}
