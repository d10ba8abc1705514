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
 * fastest of all slices.
 */
public final class OwnCoreSlices {
    /** Beside so small a share of all slices the core is taken to have been as fast as it can be. */
    private static final double FASTEST_SHARE = 0.02;
    /** What independent instructions may take more, of the least, where nobody else runs. */
    private static final double TOLERANCE = 1.08;
    /** A slice that took so much more than most was held up by something else: an interrupt, or the hypervisor. */
    private static final double HELD_UP = 2;
    /** Slices known of both programs without which there is no telling. */
    private static final int LEAST_SLICES = 16;
    /** Slices of a group at least. */
    private static final int GROUP = 4;
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
     * Logs of (A's cycles / B's cycles) of groups of slices that are known of both programs; null where these are too few.
     *
     * @param blocks of one layout
     */
    double[] logRatios(List<Block> blocks) {
        double[] a = cycles(runs(blocks, true));
        double[] b = cycles(runs(blocks, false));
        int[] known = IntStream.range(0, Math.min(a.length, b.length)).filter(s -> a[s] > 0 && b[s] > 0).toArray();
        if (known.length < LEAST_SLICES) {
            return null;
        }
        double[] ratios = new double[Math.min(MOST_GROUPS, known.length / GROUP)];
        for (int g = 0; g < ratios.length; g++) {
            int[] group = Arrays.copyOfRange(known, g * known.length / ratios.length, (g + 1) * known.length / ratios.length);
            ratios[g] = Math.log(Arrays.stream(group).mapToDouble(s -> a[s]).sum() / Arrays.stream(group).mapToDouble(s -> b[s]).sum());
        }
        return ratios;
    }

    /** Core cycles of an operation of a program; NaN where too few of its slices are known. */
    double cyclesPerOperation(List<Run> runs) {
        double[] cycles = cycles(runs);
        double[] known = Arrays.stream(cycles).filter(c -> c > 0).toArray();
        return known.length < LEAST_SLICES ? Double.NaN
                : Arrays.stream(known).average().orElseThrow() / runs.getFirst().slices().operations();
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

    /** Cycles of each slice of a program, the median of its runs; 0 where none of them had the core to itself. */
    private double[] cycles(List<Run> runs) {
        if (runs.stream().anyMatch(r -> r.slices() == null)) {
            return new double[0];
        }
        List<Slices> slices = runs.stream().map(Run::slices).toList();
        int[] own = slices.stream().flatMapToInt(s -> IntStream.range(0, s.cycles().length).filter(i -> isOwn(s, i)).map(i -> s.cycles()[i]))
                .sorted().toArray();
        double most = own.length == 0 ? 0 : HELD_UP * own[own.length / 2];
        double[] cycles = new double[slices.stream().mapToInt(s -> s.cycles().length).min().orElse(0)];
        for (int i = 0; i < cycles.length; i++) {
            int slice = i;
            int[] known = slices.stream().filter(s -> isOwn(s, slice) && s.cycles()[slice] <= most)
                    .mapToInt(s -> s.cycles()[slice]).sorted().toArray();
            cycles[i] = known.length == 0 ? 0 : (known[(known.length - 1) / 2] + known[known.length / 2]) / 2.0;
        }
        return cycles;
    }

    /** Whether a slice had its core to itself. */
    public boolean isOwn(Slices slices, int slice) {
        return slices.beside()[slice] <= limit;
    }
}
