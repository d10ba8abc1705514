package dev.cyclecast.calibration.ab;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What else the machine did during the runs, one line for each that matters. */
public final class Disturbances {
    private static final double LEAST_OWN = 0.9;
    private static final double MOST_STOLEN = 0.01;
    private static final double MOST_TAKEN = 0.05;
    private static final double MOST_CLOCK_CHANGE = 0.02;
    /** Share of the blocks beyond which changes of the clock are more than hiccups, which the blocks' order takes care of. */
    private static final double MOST_BLOCKS_CHANGED = 0.1;
    /** Difference of the two programs' clocks beyond which it is a part of the result, and not only noise. */
    private static final double MOST_BETWEEN_PROGRAMS = 0.002;

    private record Numbered(String comparison, int layout, int block) {
    }

    private Disturbances() {
    }

    /** What to tell of a session's runs. */
    public static List<String> of(Host host, Collection<RawRun> runs) {
        List<String> found = new ArrayList<>();
        if (!host.pinning().pinned()) {
            found.add("runs were " + host.pinning().note());
        }
        if (host.noise().loadAtEnd() > host.cpu().cpus()) {
            found.add(format("noisy neighbour: load %.1f on %d CPUs; repeat when the machine is idle", host.noise().loadAtEnd(),
                    host.cpu().cpus()));
        }
        List<RawRun> watched = runs.stream().filter(r -> r.usage() != null).toList();
        double wall = watched.stream().mapToDouble(r -> r.usage().wallSeconds()).sum();
        double stolen = watched.stream().mapToDouble(r -> r.usage().stolenSeconds()).sum();
        if (stolen > MOST_STOLEN * wall) {
            found.add(format("noisy neighbour: the hypervisor took %.1f %% of the runs' time", 100 * stolen / wall));
        }
        taken(runs, found);
        clockChanges(watched, found);
        List<Run> sliced = runs.stream().map(RawRun::run).filter(r -> r.slices() != null).toList();
        double own = new OwnCoreSlices(sliced).share(sliced);
        if (own < LEAST_OWN) {
            found.add(format("another thread, perhaps another guest's, ran on the same core beside %.0f %% of the slices of runs; of the"
                    + " others, the lower quartile counts", 100 * (1 - own)));
        }
        long waited = watched.stream().filter(r -> r.usage().majorFaults() > 0).count();
        if (10 * waited > watched.size()) {
            found.add(format("%d of %d runs waited for pages from a disk", waited, watched.size()));
        }
        return found;
    }

    /** Runs that others kept from their CPU; whole processes may have waited of their own accord, so those do not count. */
    private static void taken(Collection<RawRun> runs, List<String> found) {
        List<RawRun> timed = runs.stream().filter(r -> r.operations() > 1).toList();
        long taken = timed.stream().filter(r -> r.seconds() > (1 + MOST_TAKEN) * r.cpuSeconds()).count();
        if (10 * taken > timed.size()) {
            found.add(format("noisy neighbour: other programs took the CPU during %d of %d runs", taken, timed.size()));
        }
    }

    private static void clockChanges(Collection<RawRun> watched, List<String> found) {
        Map<Numbered, List<RawRun>> blocks = watched.stream()
                .collect(Collectors.groupingBy(r -> new Numbered(r.comparison(), r.layout(), r.block())));
        double[] changes = blocks.values().stream().mapToDouble(Disturbances::clockChange)
                .filter(c -> c > MOST_CLOCK_CHANGE).toArray();
        double faster = Math.expm1(slowness(watched, true) - slowness(watched, false));
        if (changes.length > MOST_BLOCKS_CHANGED * blocks.size() || Math.abs(faster) > MOST_BETWEEN_PROGRAMS) {
            found.add(format("the core's clock changed by more than %.0f %% within %d of %d blocks (by %.0f %% at most); over all,"
                    + " B's was %.2f %% %s than A's", 100 * MOST_CLOCK_CHANGE, changes.length, blocks.size(),
                    100 * DoubleStream.of(changes).max().orElse(0), 100 * Math.abs(faster), faster >= 0 ? "faster" : "slower"));
        }
    }

    /** Mean log of the ticks of a core cycle around the runs of one program: those at the ends of blocks are A's. */
    private static double slowness(Collection<RawRun> watched, boolean first) {
        return watched.stream().filter(r -> first == Block.isFirst(r.position()))
                .map(RawRun::usage).filter(u -> u.ticksPerCycleBefore() > 0 && u.ticksPerCycleAfter() > 0)
                .mapToDouble(u -> (Math.log(u.ticksPerCycleBefore()) + Math.log(u.ticksPerCycleAfter())) / 2).average().orElse(0);
    }

    /** Highest clock seen around a block's runs over the lowest, minus one. */
    private static double clockChange(List<RawRun> block) {
        double[] readings = block.stream().map(RawRun::usage).filter(Objects::nonNull)
                .flatMapToDouble(u -> DoubleStream.of(u.ticksPerCycleBefore(), u.ticksPerCycleAfter())).filter(t -> t > 0).toArray();
        return readings.length == 0 ? 0
                : DoubleStream.of(readings).max().orElse(1) / DoubleStream.of(readings).min().orElse(1) - 1;
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
