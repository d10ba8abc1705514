package dev.cyclecast.calibration.ab;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The blocks measured so far of one comparison, by layout. */
public final class Comparison {
    private final String name;
    private final SortedMap<Integer, List<Double>> logRatios = new TreeMap<>();

    /** An empty comparison. */
    public Comparison(String name) {
        this.name = name;
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

    /** The gain and its interval. */
    public GainEstimate estimate(HierarchicalBootstrap bootstrap) {
        return bootstrap.estimate(logRatios.values().stream()
                .map(blocks -> blocks.stream().mapToDouble(Double::doubleValue).toArray()).toList());
    }
}
