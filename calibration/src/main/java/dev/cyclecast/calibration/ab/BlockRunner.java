package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs blocks A B B A.
 *
 * <p>Every run's work is compared with that of the block's first run; arms that did different work are refused,
 * whatever their times. Runs of a block that an earlier session left unfinished are not made again.
 */
public final class BlockRunner {
    private final Runner runner;
    private final RunLog log;

    /** Runs with a runner, and keeps the raw runs in a log. */
    public BlockRunner(Runner runner, RunLog log) {
        this.runner = runner;
        this.log = log;
    }

    /**
     * Runs one block.
     *
     * @param block number of the block, for the log
     */
    Block run(LayoutPair pair, int block) {
        List<RawRun> earlier = log.earlier(pair.comparison(), pair.layout(), block);
        List<Run> runs = new ArrayList<>();
        Work expected = null;
        for (int i = 0; i < Block.RUNS; i++) {
            Arm arm = Block.isFirst(i) ? pair.a() : pair.b();
            Run run = i < earlier.size() ? earlier.get(i).run() : runAndKeep(pair, block, i, arm);
            if (expected == null) {
                expected = run.work();
            } else {
                requireEqual(pair.a(), expected, arm, run.work());
            }
            runs.add(run);
        }
        return new Block(runs);
    }

    private Run runAndKeep(LayoutPair pair, int block, int position, Arm arm) {
        double startedAt = log.elapsedSeconds();
        Run run = runner.run(arm, pair.paddingBytes());
        log.append(RawRun.of(pair, block, position, arm, run, startedAt));
        return run;
    }

    /** Refuses two arms whose work differs. */
    public static void requireEqual(Arm a, Work workOfA, Arm b, Work workOfB) {
        if (!workOfA.equals(workOfB)) {
            throw new CalibrationException("different work: " + a.name() + " did " + workOfA + ", " + b.name() + " did "
                    + workOfB + "; a time ratio of the two would mean nothing, so the comparison is refused");
        }
    }
}
