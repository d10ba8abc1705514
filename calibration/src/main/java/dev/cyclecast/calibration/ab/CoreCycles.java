package dev.cyclecast.calibration.ab;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Core cycles per operation that runs took. */
public final class CoreCycles {
    private CoreCycles() {
    }

    /** Of a whole run: its time on the CPU by the core's own clock, which watched runs tell; NaN where it is not known. */
    static double of(RawRun run) {
        Usage usage = run.usage();
        if (usage == null || run.tscCyclesPerOperation() == null) {
            return Double.NaN;
        }
        double ticksPerCycle = 0.5 * (usage.ticksPerCycleBefore() + usage.ticksPerCycleAfter());
        // The counter runs on while others have the CPU.
        return run.tscCyclesPerOperation() * run.cpuSeconds() / run.seconds() / ticksPerCycle;
    }

    /**
     * Of each program, by the name of its arm: by those of its slices that had their core to themselves; of one that runs in no
     * slices, its fastest run. Programs with too few such slices, or whose clock is not known, are left out: their runs hold
     * whatever else ran on the core.
     */
    public static Map<String, Double> byArm(Collection<RawRun> runs) {
        OwnCoreSlices own = new OwnCoreSlices(runs.stream().map(RawRun::run).toList());
        Map<String, List<RawRun>> byArm = runs.stream().collect(Collectors.groupingBy(RawRun::arm, LinkedHashMap::new, Collectors.toList()));
        Map<String, Double> cycles = new LinkedHashMap<>();
        byArm.forEach((arm, all) -> {
            double known = all.stream().anyMatch(r -> r.run().slices() != null) ? own.cyclesPerOperation(all.stream().map(RawRun::run).toList())
                    : all.stream().mapToDouble(CoreCycles::of).filter(Double::isFinite).min().orElse(Double.NaN);
            if (Double.isFinite(known)) {
                cycles.put(arm, known);
            }
        });
        return cycles;
    }
}
