package dev.cyclecast.calibration.ab;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Core cycles per operation that runs took: their time on the CPU by the core's own clock, which watched runs tell. */
public final class CoreCycles {
    private CoreCycles() {
    }

    /** Cycles per operation of a run; NaN where the clock is not known. */
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
     * The fastest of each program's runs, by the name of its arm: what comes from outside, a thread that shares the core first of
     * all, only adds. Programs whose clock is not known are left out.
     */
    public static Map<String, Double> byArm(Collection<RawRun> runs) {
        return runs.stream().filter(r -> Double.isFinite(of(r)))
                .collect(Collectors.toMap(RawRun::arm, CoreCycles::of, Math::min, LinkedHashMap::new));
    }
}
