package dev.cyclecast.calibration.kernel;

import dev.cyclecast.calibration.ab.OwnCoreSlices;
import java.util.Arrays;
import java.util.List;

/**
 * Tells the runs that had their core to themselves from those that shared it with another thread, which may be another guest's
 * and is then seen by no count of stolen time: beside such a run independent instructions take longer than beside most others.
 */
final class OwnCore {
    private static final int LEAST_RUNS = 10;

    private final double limit;

    private OwnCore(double limit) {
        this.limit = limit;
    }

    /** By all timings on a core. */
    static OwnCore of(List<Timing> all) {
        return new OwnCore(OwnCoreSlices.limit(all.stream().flatMap(t -> t.beside().stream()).mapToDouble(Double::doubleValue)));
    }

    /** The runs that had it to themselves; all of them, where these are too few to tell anything. */
    double[] runs(List<Timing> timings) {
        double[] alone = alone(timings);
        return alone.length >= LEAST_RUNS ? alone
                : timings.stream().flatMap(t -> t.runs().stream()).mapToDouble(Double::doubleValue).toArray();
    }

    /** The most that independent instructions take where nobody else runs, in cycles; infinite where that is not known. */
    double limit() {
        return limit;
    }

    /** Whether too few runs had it to themselves. */
    boolean shared(List<Timing> timings) {
        return alone(timings).length < LEAST_RUNS;
    }

    /** Share of the runs that had it to themselves. */
    double share(List<Timing> timings) {
        return (double) alone(timings).length / Math.max(1, timings.stream().mapToInt(t -> t.runs().size()).sum());
    }

    private double[] alone(List<Timing> timings) {
        return timings.stream().flatMapToDouble(t -> {
            boolean timed = t.beside().size() == t.runs().size();
            double[] runs = new double[t.runs().size()];
            int n = 0;
            for (int i = 0; i < runs.length; i++) {
                if (!timed || t.beside().get(i) <= limit) {
                    runs[n++] = t.runs().get(i);
                }
            }
            return Arrays.stream(runs, 0, n);
        }).toArray();
    }
}
