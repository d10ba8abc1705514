package dev.cyclecast.calibration.ab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The blocks measured so far of one comparison, by layout.
 *
 * <p>Programs that run in slices are compared by the core cycles of those slices that had the core to themselves. Layouts of
 * which too few slices are known are left out; unless there would be too few layouts then, and for programs without slices:
 * whole runs are compared there by their times.
 */
public final class Comparison {
    /** Layouts known by slices at which others are left out. */
    private static final int LEAST_LAYOUTS = 4;

    private final String name;
    private final boolean pooled;
    private final ToDoubleFunction<Run> time;
    private final boolean sliced;
    private final SortedMap<Integer, List<Block>> blocks = new TreeMap<>();
    private SortedMap<Integer, double[]> logRatios;

    /** An empty comparison, by slices or time on the CPU. */
    public Comparison(String name) {
        this(name, false, Run::nanosecondsPerOperation, true);
    }

    private Comparison(String name, boolean pooled, ToDoubleFunction<Run> time, boolean sliced) {
        this.name = name;
        this.pooled = pooled;
        this.time = time;
        this.sliced = sliced;
    }

    /** An empty comparison whose layouts count as one: where both arms are the same program, layouts cannot differ in gain. */
    public static Comparison pooled(String name) {
        return new Comparison(name, true, Run::nanosecondsPerOperation, true);
    }

    /** The same, empty, by the time of an operation that a function gives of whole runs. */
    Comparison by(ToDoubleFunction<Run> other) {
        return new Comparison(name, pooled, other, false);
    }

    /**
     * Adds the complete blocks among raw runs that are of this comparison, up to the first of a layout in which a run is missing or
     * did other work: from there on, they are to be run, which takes no time where the runs are there.
     */
    public Comparison addBlocksOf(Collection<RawRun> runs) {
        SortedMap<Integer, SortedMap<Integer, SortedMap<Integer, Run>>> byLayout = new TreeMap<>();
        runs.stream().filter(r -> r.comparison().equals(name)).forEach(r -> byLayout
                .computeIfAbsent(r.layout(), l -> new TreeMap<>()).computeIfAbsent(r.block(), b -> new TreeMap<>())
                .put(r.position(), r.run()));
        byLayout.forEach((layout, numbered) -> {
            for (SortedMap<Integer, Run> block = numbered.get(0); isComplete(block); block = numbered.get(blocks(layout))) {
                add(layout, new Block(List.copyOf(block.values())));
            }
        });
        return this;
    }

    private static boolean isComplete(SortedMap<Integer, Run> block) {
        return block != null && block.size() == Block.RUNS && block.values().stream().map(Run::work).distinct().count() == 1;
    }

    /** What is compared. */
    public String name() {
        return name;
    }

    /** Number of blocks measured under a layout. */
    public int blocks(int layout) {
        return blocks.getOrDefault(layout, List.of()).size();
    }

    /** Number of blocks measured. */
    public int blocks() {
        return blocks.values().stream().mapToInt(List::size).sum();
    }

    /** Number of layouts measured. */
    public int layouts() {
        return blocks.size();
    }

    /** Adds a block. */
    void add(int layout, Block block) {
        blocks.computeIfAbsent(layout, l -> new ArrayList<>()).add(block);
        logRatios = null;
    }

    /** Whether nothing has been measured yet. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Logs of (A's time / B's time) of each layout that counts, by its number: of each block, or of groups of slices. */
    public SortedMap<Integer, double[]> logRatios() {
        if (logRatios == null) {
            OwnCoreSlices own = ownCore();
            logRatios = new TreeMap<>();
            blocks.forEach((layout, all) -> {
                double[] bySlices = sliced ? own.logRatios(all) : null;
                if (bySlices != null) {
                    logRatios.put(layout, bySlices);
                }
            });
            if (logRatios.size() < LEAST_LAYOUTS) {
                blocks.forEach((layout, all) -> logRatios.computeIfAbsent(layout, l -> byBlock(all)));
            }
        }
        return logRatios;
    }

    /** Logs of (A's time / B's time) of each block, by layout: what one more block would add. */
    SortedMap<Integer, double[]> logRatiosOfBlocks() {
        OwnCoreSlices own = ownCore();
        SortedMap<Integer, double[]> byLayout = new TreeMap<>();
        blocks.forEach((layout, all) -> byLayout.put(layout, all.stream().mapToDouble(block -> {
            double[] bySlices = sliced ? own.logRatios(List.of(block)) : null;
            return bySlices != null ? new HodgesLehmann().of(bySlices) : block.logRatio(time);
        }).toArray()));
        return byLayout;
    }

    /** Layouts whose figure comes from slices. */
    int slicedLayouts() {
        OwnCoreSlices own = ownCore();
        return sliced ? (int) blocks.values().stream().filter(all -> own.logRatios(all) != null).count() : 0;
    }

    private OwnCoreSlices ownCore() {
        return new OwnCoreSlices(blocks.values().stream().flatMap(List::stream).flatMap(b -> b.runs().stream()).toList());
    }

    private double[] byBlock(List<Block> all) {
        return all.stream().mapToDouble(b -> b.logRatio(time)).toArray();
    }

    /** The gain and its interval. */
    public GainEstimate estimate(HierarchicalBootstrap bootstrap) {
        List<double[]> layouts = List.copyOf(logRatios().values());
        if (pooled) {
            layouts = List.of(layouts.stream().flatMapToDouble(Arrays::stream).toArray());
        }
        GainEstimate e = bootstrap.estimate(layouts);
        return new GainEstimate(e.gainPercent(), e.low(), e.high(), e.level(), e.layouts(), 2 * blocks());
    }
}
