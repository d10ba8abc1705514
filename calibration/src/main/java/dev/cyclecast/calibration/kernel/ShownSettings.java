package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Which settings the kernels show that were measured, which kernels show a setting, and which settings have kernels in common. */
final class ShownSettings {
    private static final long LIGHT_EVENTS = 30_000;
    /** Kernels that tell where to look for a setting's value; all of them and others tell whether it is better there. */
    private static final int SAMPLE = 8;

    private final List<Kernel> kernels;
    private final KernelCosts costs;
    private final int[] usable;
    /**
     * By setting, the kernels that are meant to show it; first those that there is most to gain by for the work of replaying
     * them, so that time that runs out was well spent.
     */
    private final Map<Setting, int[]> shows = new LinkedHashMap<>();
    /** Kernels that cost little to replay: a move that helps those that show it must not harm these. */
    private final int[] light;

    /**
     * The settings that kernels show.
     *
     * @param measured  cycles per unit of each kernel; one with NaN shows nothing
     * @param stated    what the host states, which is not moved
     * @param residuals tell how much there is to gain by a setting
     * @param start     the profile at which they tell it
     */
    ShownSettings(List<Kernel> kernels, double[] measured, KernelCosts costs, Set<Constant> stated, Residuals residuals,
                  CoreProfile start) {
        this.kernels = kernels;
        this.costs = costs;
        usable = IntStream.range(0, kernels.size()).filter(k -> Double.isFinite(measured[k])).toArray();
        Set<Setting> shown = new LinkedHashSet<>();
        Arrays.stream(usable).forEach(k -> shown.addAll(kernels.get(k).settings()));
        shown.stream().filter(s -> movable(s, stated))
                .sorted(Comparator.comparingDouble((Setting s) -> -worth(sample(showing(s)), residuals, start))
                        .thenComparing(Setting::name))
                .forEach(s -> shows.put(s, showing(s)));
        light = lightestFirst(Arrays.stream(usable).filter(k -> costs.events(k) <= LIGHT_EVENTS));
    }

    /** How much there is to gain by kernels for the work of replaying them. */
    private double worth(int[] which, Residuals residuals, CoreProfile start) {
        return residuals.objective(which, start) / Arrays.stream(which).mapToLong(costs::events).sum();
    }

    private int[] showing(Setting s) {
        return lightestFirst(Arrays.stream(usable).filter(k -> kernels.get(k).settings().contains(s)));
    }

    /** Each kernel once, those that are replayed soonest first. */
    private int[] lightestFirst(IntStream which) {
        return which.distinct().boxed().sorted(Comparator.comparingLong((Integer k) -> costs.events(k)).thenComparing(k -> k))
                .mapToInt(k -> k).toArray();
    }

    private static boolean movable(Setting s, Set<Constant> stated) {
        return !(s instanceof Setting.OfConstant c) || c.kind() != Constant.Kind.GEOMETRY
                && c.constant() != Constant.PERFECT_BRANCHES && !stated.contains(c.constant());
    }

    /** Those that may be moved, the one that is most worth the work first. */
    Set<Setting> settings() {
        return Collections.unmodifiableSet(shows.keySet());
    }

    /** The kernels that are meant to show a setting, those that are replayed soonest first. */
    int[] kernels(Setting s) {
        return shows.get(s);
    }

    /** The kernels that were measured, in order of their numbers. */
    int[] usable() {
        return usable;
    }

    /** Some of the kernels that show a setting, spread over their order in the files: enough to tell where to look. */
    static int[] sample(int[] which) {
        if (which.length <= SAMPLE) {
            return which;
        }
        int[] inOrder = Arrays.stream(which).sorted().toArray();
        return IntStream.range(0, SAMPLE).map(i -> inOrder[(int) ((i + 0.5) * inOrder.length / SAMPLE)]).toArray();
    }

    /** The light kernels that show anything which some kernels show, these among them if they are light. */
    int[] related(int[] about) {
        Set<Setting> shown = new LinkedHashSet<>();
        Arrays.stream(about).forEach(k -> shown.addAll(kernels.get(k).settings()));
        return Arrays.stream(light).filter(k -> kernels.get(k).settings().stream().anyMatch(shown::contains)).toArray();
    }

    /** Other settings that kernels of one show as well; those with most kernels in common first. */
    List<Setting> sharing(Setting s) {
        return shows.keySet().stream().filter(other -> other != s && common(s, other) > 0)
                .sorted(Comparator.comparingInt((Setting other) -> -common(s, other)).thenComparing(Setting::name)).toList();
    }

    private int common(Setting s, Setting other) {
        return kernels(s).length + kernels(other).length - union(s, other).length;
    }

    /** Each kernel of two settings once, those that are replayed soonest first. */
    int[] union(Setting s, Setting other) {
        return union(kernels(s), kernels(other));
    }

    /** The same for some kernels and others. */
    int[] union(int[] some, int[] others) {
        return lightestFirst(IntStream.concat(Arrays.stream(some), Arrays.stream(others)));
    }
}
