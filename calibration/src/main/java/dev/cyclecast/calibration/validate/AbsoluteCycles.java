package dev.cyclecast.calibration.validate;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.cyclecast.calibration.ab.CoreCycles;
import dev.cyclecast.calibration.ab.RawRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Absolute cycles per operation, modelled beside measured; by the driver and all that runs between operations, in both.
 *
 * @param meanAbsoluteErrorPercent mean size of the error; null without rows
 * @param rows                     one for each variant, shape and load
 */
public record AbsoluteCycles(Double meanAbsoluteErrorPercent, List<AbsoluteRow> rows) {
    public AbsoluteCycles {
        rows = List.copyOf(rows);
    }

    /** From what programs take by the model, those in the default layout, and the runs of them in all layouts. */
    static AbsoluteCycles of(Map<ProgramSet.Key, Double> modelled, Collection<RawRun> runs) {
        Map<String, Double> byArm = CoreCycles.byArm(runs);
        int layouts = 1 + runs.stream().mapToInt(RawRun::layout).max().orElse(0);
        List<AbsoluteRow> rows = new ArrayList<>();
        modelled.forEach((key, cycles) -> {
            List<Double> own = new ArrayList<>();
            for (int layout = 0; layout < layouts; layout++) {
                Double measured = byArm.get(new ProgramSet.Key(key.variant(), key.shape(), key.load(), layout).label());
                if (measured != null) {
                    own.add(measured);
                }
            }
            if (!own.isEmpty()) {
                double measured = own.stream().mapToDouble(d -> d).average().orElseThrow();
                rows.add(new AbsoluteRow(key.variant(), key.shape(), key.load(), cycles, measured, own.size(),
                        100 * (cycles / measured - 1)));
            }
        });
        return new AbsoluteCycles(Errors.meanAbsolute(rows.stream().mapToDouble(AbsoluteRow::errorPercent).toArray()), rows);
    }

    /** The row with the largest error; null without rows. */
    @JsonIgnore
    public AbsoluteRow worst() {
        return rows.stream().max(Comparator.comparingDouble(r -> Math.abs(r.errorPercent()))).orElse(null);
    }

    /** Rows whose error is at most so large. */
    public int within(double percent) {
        return (int) rows.stream().filter(r -> Math.abs(r.errorPercent()) <= percent).count();
    }
}
