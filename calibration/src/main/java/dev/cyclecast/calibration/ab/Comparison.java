package dev.cyclecast.calibration.ab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The blocks measured so far of one comparison, by layout. */
public final class Comparison {
    private final String name;
    private final boolean pooled;
    private final SortedMap<Integer, List<Double>> logRatios = new TreeMap<>();

    /** An empty comparison. */
    public Comparison(String name) {
        this(name, false);
    }

    private Comparison(String name, boolean pooled) {
        this.name = name;
        this.pooled = pooled;
    }

    /** An empty comparison whose layouts count as one: where both arms are the same program, layouts cannot differ in gain. */
    public static Comparison pooled(String name) {
        return new Comparison(name, true);
    }

    /**
     * Adds the complete blocks among raw runs that are of this comparison, up to the first of a layout in which a run is missing or
     * did other work: from there on, they are to be run, which takes no time where the runs are there.
     */
    public Comparison addBlocksOf(Collection<RawRun> runs, ToDoubleFunction<Run> time) {
        SortedMap<Integer, SortedMap<Integer, SortedMap<Integer, Run>>> byLayout = new TreeMap<>();
        runs.stream().filter(r -> r.comparison().equals(name)).forEach(r -> byLayout
                .computeIfAbsent(r.layout(), l -> new TreeMap<>()).computeIfAbsent(r.block(), b -> new TreeMap<>())
                .put(r.position(), r.run()));
        byLayout.forEach((layout, blocks) -> {
            for (SortedMap<Integer, Run> block = blocks.get(0); isComplete(block); block = blocks.get(blocks(layout))) {
                add(layout, BlockRunner.logRatio(block.values().stream().mapToDouble(time).toArray()));
            }
        });
        return this;
    }

    private static boolean isComplete(SortedMap<Integer, Run> block) {
        return block != null && block.size() == BlockRunner.RUNS && block.values().stream().map(Run::work).distinct().count() == 1;
    }

    /** What is compared. */
    public String name() {
        return name;
    }

    /** Number of blocks measured under a layout. */
    public int blocks(int layout) {
        return logRatios.getOrDefault(layout, List.of()).size();
    }

    /** Adds a block's log of (A's time / B's time). */
    public void add(int layout, double logRatio) {
        logRatios.computeIfAbsent(layout, l -> new ArrayList<>()).add(logRatio);
    }

    /** Whether nothing has been measured yet. */
    public boolean isEmpty() {
        return logRatios.isEmpty();
    }

    /** The log ratios of each layout, by its number. */
    public SortedMap<Integer, double[]> logRatios() {
        SortedMap<Integer, double[]> copy = new TreeMap<>();
        for (Map.Entry<Integer, List<Double>> layout : logRatios.entrySet()) {
            copy.put(layout.getKey(), layout.getValue().stream().mapToDouble(Double::doubleValue).toArray());
        }
        return copy;
    }

    /** The gain and its interval. */
    public GainEstimate estimate(HierarchicalBootstrap bootstrap) {
        List<double[]> layouts = List.copyOf(logRatios().values());
        if (pooled) {
            layouts = List.of(layouts.stream().flatMapToDouble(Arrays::stream).toArray());
        }
        return bootstrap.estimate(layouts);
    }
}
