package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;

/**
 * Blocks of four runs, A B B A: whatever drifts steadily during a block hits both arms alike.
 *
 * <p>Every run's work is compared with that of the block's first run; arms that did different work are refused,
 * whatever their times.
 */
public final class BlockRunner {
    private final ProgramRunner runner;
    private final RunLog log;

    /** Runs with a runner and keeps the raw runs in a log. */
    public BlockRunner(ProgramRunner runner, RunLog log) {
        this.runner = runner;
        this.log = log;
    }

    /**
     * Runs one block.
     *
     * @param block number of the block, for the log
     * @return log of (A's time / B's time) per operation: positive when B is faster
     */
    public double run(LayoutPair pair, int block) {
        Arm[] order = {pair.a(), pair.b(), pair.b(), pair.a()};
        double[] logTime = new double[order.length];
        Work expected = null;
        for (int i = 0; i < order.length; i++) {
            double startedAt = log.elapsedSeconds();
            Run run = runner.run(order[i], pair.paddingBytes());
            log.append(new RawRun(pair.comparison(), pair.layout(), block, i, order[i].name(), pair.paddingBytes(),
                    run.work().operations(), run.seconds(), run.cpuSeconds(), run.tscCyclesPerOperation(),
                    run.work().checksum(), startedAt));
            if (expected == null) {
                expected = run.work();
            } else {
                requireEqual(pair.a(), expected, order[i], run.work());
            }
            logTime[i] = Math.log(run.nanosecondsPerOperation());
        }
        return 0.5 * (logTime[0] + logTime[3]) - 0.5 * (logTime[1] + logTime[2]);
    }

    /** Refuses two arms whose work differs. */
    public static void requireEqual(Arm a, Work workOfA, Arm b, Work workOfB) {
        if (!workOfA.equals(workOfB)) {
            throw new CalibrationException("different work: " + a.name() + " did " + workOfA + ", " + b.name() + " did "
                    + workOfB + "; a time ratio of the two would mean nothing, so the comparison is refused");
        }
    }
}
