package dev.cyclecast.calibration.ab;

import java.util.List;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Two programs run a number of times each, in turn, in one layout: what many acceptance tests are. Its figures cannot
 * tell a gain from the luck of a placement.
 */
public final class SingleLayoutRuns {
    private final Runner runner;
    private final RunLog log;

    /**
     * What such a test reports.
     *
     * @param runs        of each program
     * @param gainPercent mean throughput of the second over that of the first, minus one
     */
    public record Mean(int runs, double gainPercent) {
    }

    /** Runs with a runner, keeps the raw runs in a log. */
    public SingleLayoutRuns(Runner runner, RunLog log) {
        this.runner = runner;
        this.log = log;
    }

    /** Runs both so often; runs that an earlier session made are not made again. */
    public Mean run(LayoutPair pair, int runs) {
        double[][] throughput = new double[2][runs];
        for (int i = 0; i < runs; i++) {
            List<RawRun> earlier = log.earlier(pair.comparison(), pair.layout(), i);
            Work expected = null;
            for (int side = 0; side < 2; side++) {
                Arm arm = side == 0 ? pair.a() : pair.b();
                Run run = side < earlier.size() ? earlier.get(side).run() : runAndKeep(pair, i, side, arm);
                expected = expected == null ? run.work() : expected;
                BlockRunner.requireEqual(pair.a(), expected, arm, run.work());
                throughput[side][i] = 1 / run.nanosecondsPerOperation();
            }
        }
        return new Mean(runs, 100 * (mean(throughput[1]) / mean(throughput[0]) - 1));
    }

    private Run runAndKeep(LayoutPair pair, int block, int position, Arm arm) {
        double startedAt = log.elapsedSeconds();
        Run run = runner.run(arm, pair.paddingBytes());
        log.append(RawRun.of(pair, block, position, arm, run, startedAt));
        return run;
    }

    private static double mean(double[] values) {
        return StatUtils.mean(values);
    }
}
