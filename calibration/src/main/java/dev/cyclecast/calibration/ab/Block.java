package dev.cyclecast.calibration.ab;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Four runs A B B A: whatever drifts steadily meanwhile hits both programs alike. */
record Block(List<Run> runs) {
    /** Runs of a block. */
    static final int RUNS = 4;

    Block {
        runs = List.copyOf(runs);
    }

    /** Whether the run at a place is of the first program. */
    static boolean isFirst(int position) {
        return position == 0 || position == RUNS - 1;
    }

    /** Log of (A's time / B's time): positive when B is faster. */
    double logRatio(ToDoubleFunction<Run> time) {
        double ratio = 0;
        for (int i = 0; i < RUNS; i++) {
            ratio += (isFirst(i) ? 0.5 : -0.5) * Math.log(time.applyAsDouble(runs.get(i)));
        }
        return ratio;
    }
}
