package dev.cyclecast.calibration.ab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The slices that had their core to themselves: those beside which independent instructions took hardly longer than beside the
 * fastest of all slices. As others come and go within a slice too, and all do the same work, a program is judged by the lower quartile of
 * these: what comes from outside only adds. Runs of one program then differ by 2 %, by their mean or median by 5, where another
 * guest shares the core six tenths of the time; what a program does in fewer slices than three quarters is not seen.
 */
public final class OwnCoreSlices {
    /** Beside so small a share of all slices the core is taken to have been as fast as it can be. */
    private static final double FASTEST_SHARE = 0.02;
    /** What independent instructions may take more, of the least, where nobody else runs. */
    private static final double TOLERANCE = 1.08;
    /** Share of a program's slices that are taken for free of what comes from outside. */
    private static final double UNDISTURBED = 0.25;
    /** Slices known of both programs without which there is no telling. */
    private static final int LEAST_SLICES = 16;
    /** Slices of a group, about and at least, of either program. */
    private static final int GROUP = 32;
    private static final int LEAST_OF_GROUP = 8;
    private static final int MOST_GROUPS = 24;

    private final double limit;

    /** By all runs of one core; those without slices say nothing. */
    OwnCoreSlices(Collection<Run> all) {
        this(all.stream().map(Run::slices).filter(Objects::nonNull));
    }

    /** By the slices of all runs of one core. */
    public OwnCoreSlices(Stream<Slices> all) {
        limit = limit(all.flatMapToInt(s -> Arrays.stream(s.beside())).asDoubleStream());
    }

    /** The most that independent instructions take where nobody else runs, by all that they took; infinite where that is nothing. */
    public static double limit(DoubleStream beside) {
        double[] sorted = beside.sorted().toArray();
        return sorted.length == 0 ? Double.POSITIVE_INFINITY : TOLERANCE * sorted[(int) (FASTEST_SHARE * sorted.length)];
    }

    /** Share of the runs' slices that had their core to themselves; NaN where there are no slices. */
    double share(Collection<Run> runs) {
        long all = runs.stream().filter(r -> r.slices() != null).mapToLong(r -> r.slices().cycles().length).sum();
        long own = runs.stream().filter(r -> r.slices() != null).mapToLong(r -> IntStream.range(0, r.slices().cycles().length)
                .filter(s -> isOwn(r.slices(), s)).count()).sum();
        return (double) own / all;
    }

    /**
     * Logs of (A's cycles / B's cycles) of groups of slices, which are at the same places in runs of both programs; null where too few
     * slices had the core to themselves.
     *
     * @param blocks of one layout
     */
    double[] logRatios(List<Block> blocks) {
        List<int[]> a = own(runs(blocks, true));
        List<int[]> b = own(runs(blocks, false));
        int least = Math.min(count(a), count(b));
        if (least < LEAST_SLICES) {
            return null;
        }
        int places = Math.min(a.size(), b.size());
        int groups = Math.clamp(least / GROUP, 1, MOST_GROUPS);
        double[] ratios = IntStream.range(0, groups).mapToDouble(g -> {
            int[] ofA = sorted(a.subList(g * places / groups, (g + 1) * places / groups));
            int[] ofB = sorted(b.subList(g * places / groups, (g + 1) * places / groups));
            return Math.min(ofA.length, ofB.length) < LEAST_OF_GROUP ? Double.NaN : Math.log(undisturbed(ofA) / undisturbed(ofB));
        }).filter(Double::isFinite).toArray();
        return ratios.length == 0 ? null : ratios;
    }

    /** Core cycles of an operation of a program; NaN where too few of its slices had the core to themselves. */
    double cyclesPerOperation(List<Run> runs) {
        int[] cycles = sorted(own(runs));
        return cycles.length < LEAST_SLICES ? Double.NaN : undisturbed(cycles) / runs.getFirst().slices().operations();
    }

    private static double undisturbed(int[] sorted) {
        return sorted[(int) (UNDISTURBED * (sorted.length - 1))];
    }

    private static int count(List<int[]> slices) {
        return slices.stream().mapToInt(c -> c.length).sum();
    }

    private static int[] sorted(List<int[]> slices) {
        return slices.stream().flatMapToInt(Arrays::stream).sorted().toArray();
    }

    private static List<Run> runs(List<Block> blocks, boolean first) {
        List<Run> runs = new ArrayList<>();
        for (Block block : blocks) {
            for (int i = 0; i < Block.RUNS; i++) {
                if (Block.isFirst(i) == first) {
                    runs.add(block.runs().get(i));
                }
            }
        }
        return runs;
    }

    /** Cycles of a program's slices that had the core to themselves, by their place in a run; nothing where a run has no slices. */
    private List<int[]> own(List<Run> runs) {
        if (runs.stream().anyMatch(r -> r.slices() == null)) {
            return List.of();
        }
        List<Slices> slices = runs.stream().map(Run::slices).toList();
        int places = slices.stream().mapToInt(s -> s.cycles().length).min().orElse(0);
        return IntStream.range(0, places).mapToObj(i -> slices.stream().filter(s -> isOwn(s, i)).mapToInt(s -> s.cycles()[i]).toArray()).toList();
    }

    /** Whether a slice had its core to itself. */
    public boolean isOwn(Slices slices, int slice) {
        return slices.beside()[slice] <= limit;
    }
}
