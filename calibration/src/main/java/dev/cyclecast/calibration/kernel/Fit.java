package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Finds the settings under which replayed kernels cost what was measured.
 *
 * <p>Settings are whole numbers and costs are steps and maxima of them, so the search moves one setting at a time, on
 * the kernels that are meant to show it, and looks near and far: a capacity may be half as large as that of the core that the
 * fit starts from. Of those that share kernels, the one with most to gain moves first: else one makes up for what is
 * another's. Where no single move helps, a setting jumps and those that share its kernels follow. A residual is a share of the
 * kernel's tolerance, and large ones count by their size, not their square: a kernel that the model cannot meet must not bend
 * what others agree on.
 */
final class Fit {
    private static final double SLOPE_STRIDE = 0.075;
    private static final double PRIOR_SHARE = 0.3;
    private static final double LEAST_EFFECT = 0.05;
    /** What a value other than the source's costs, as a share of the objective's unit: a tie keeps the source's value. */
    private static final double ATTACHMENT = 0.02;
    /**
     * The same for each step beyond what the source leaves open, where the source describes this very core: as much as a
     * kernel that is off by six times its tolerance, so that no single kernel moves what was measured elsewhere.
     */
    private static final double TRUST = 5;
    /** A step of a capacity, as a part of it. */
    private static final int CAPACITY_STEPS = 16;
    /** Objectives this near to each other are a plateau. */
    private static final double FLAT = 0.01;
    /** A 90 % interval of a normal distribution, in deviations. */
    private static final double NINETY_PERCENT = 1.645;
    /** Standard deviations in the median size of a normal error. */
    static final double DEVIATIONS_OF_MEDIAN = 1.4826;
    private static final long LIGHT_EVENTS = 30_000;
    /** Values are told apart to this part of them. */
    private static final int FINEST = 64;
    private static final int[] STEPS = {1, 2, 4};
    private static final double[] FACTORS = {0.25, 0.5, 0.75, 1.33, 2};
    /** Mean weight of the residuals of a setting's kernels up to which there is nothing to gain by moving it. */
    private static final double WELL_MET = 0.01;
    /** The same, from which on it is worth a jump. */
    private static final double POORLY_MET = 1;
    private static final int JUMPS = 2;
    private static final int FOLLOWERS = 6;
    /** Kernels that tell where to look for a setting's value; all of them and others tell whether it is better there. */
    private static final int SAMPLE = 8;
    /** Kernels whose residuals are taken together before a move may be given up; not so few that threads have nothing to do. */
    private static final int TOGETHER = 8;
    /** What a move must be better by. */
    private static final double LEAST_GAIN = 1e-9;

    /** Ends a search, or a look at what it found, between two replays. */
    private static final class TimeUp extends RuntimeException {
        private static final long serialVersionUID = 1;

        TimeUp() {
            super("time is up", null, false, false);
        }
    }

    private final List<Kernel> kernels;
    private final double[] measured;
    private final KernelCosts costs;
    private final CoreProfile source;
    private final Collection<Constant> stated;
    private final boolean trusted;
    private final int[] usable;
    /**
     * By setting, the kernels that are meant to show it; first those that there is most to gain by for the work of replaying
     * them, so that time that runs out was well spent.
     */
    private final Map<Setting, int[]> shows = new LinkedHashMap<>();
    /** Kernels that cost little to replay: a move that helps those that show it must not harm these. */
    private final int[] light;
    /** What residuals kernels had when a setting of theirs was moved last, and when it jumped last. */
    private final Map<Setting, double[]> moved = new HashMap<>();
    private final Map<Setting, double[]> jumped = new HashMap<>();
    /** Asked before each replay whether to go on. */
    private BooleanSupplier goesOn = () -> true;
    private boolean complete;
    private CoreProfile best;
    /** Residuals at the best profile so far; NaN where none was asked for. */
    private double[] residualsAtBest;

    private Fit(List<Kernel> kernels, double[] measured, KernelCosts costs, CoreProfile source, boolean trusted,
                Map<Constant, Integer> facts) {
        this.kernels = kernels;
        this.measured = measured;
        this.costs = costs;
        this.source = source;
        this.trusted = trusted;
        stated = facts.keySet();
        usable = IntStream.range(0, kernels.size()).filter(k -> Double.isFinite(measured[k])).toArray();
        best = source;
        facts.forEach((constant, value) -> best = best.with(constant, value));
        residualsAtBest = unknown();
        Set<Setting> shown = new LinkedHashSet<>();
        Arrays.stream(usable).forEach(k -> shown.addAll(kernels.get(k).settings()));
        shown.stream().filter(this::movable)
                .sorted(Comparator.comparingDouble((Setting s) -> -worth(sample(showing(s)))).thenComparing(Setting::name))
                .forEach(s -> shows.put(s, showing(s)));
        light = lightestFirst(Arrays.stream(usable).filter(k -> costs.events(k) <= LIGHT_EVENTS));
    }

    /** How much there is to gain by kernels for the work of replaying them. */
    private double worth(int[] which) {
        return objective(which, best) / Arrays.stream(which).mapToLong(costs::events).sum();
    }

    private double[] unknown() {
        double[] none = new double[kernels.size()];
        Arrays.fill(none, Double.NaN);
        return none;
    }

    private int[] showing(Setting s) {
        return lightestFirst(Arrays.stream(usable).filter(k -> kernels.get(k).settings().contains(s)));
    }

    /** Each kernel once, those that are replayed soonest first. */
    private int[] lightestFirst(IntStream which) {
        return which.distinct().boxed().sorted(Comparator.comparingLong((Integer k) -> costs.events(k)).thenComparing(k -> k))
                .mapToInt(k -> k).toArray();
    }

    private boolean movable(Setting s) {
        return !(s instanceof Setting.OfConstant c) || c.kind() != Constant.Kind.GEOMETRY
                && c.constant() != Constant.PERFECT_BRANCHES && !stated.contains(c.constant());
    }

    /**
     * Fits.
     *
     * @param measured cycles per unit of each kernel; NaN where it could not be measured
     * @param source   the profile to begin with
     * @param trusted  whether it describes this very kind of core
     * @param facts    what the host states, which is not moved
     * @param sweeps   how often to go through the settings at most
     * @param progress is told how far the search is, as a share
     * @param goesOn   asked before each replay; false ends the search with what it has found
     */
    static Fit run(List<Kernel> kernels, double[] measured, KernelCosts costs, CoreProfile source, boolean trusted,
                   Map<Constant, Integer> facts, int sweeps, DoubleConsumer progress, BooleanSupplier goesOn) {
        Fit fit = new Fit(kernels, measured, costs, source, trusted, facts);
        fit.goesOn = goesOn;
        try {
            fit.search(sweeps, progress);
            fit.complete = true;
        } catch (TimeUp e) {
            // The best profile so far stands.
        }
        return fit;
    }

    /** The fitted profile. */
    CoreProfile profile() {
        return best;
    }

    /** Whether the search went on until it was done. */
    boolean complete() {
        return complete;
    }

    private void search(int sweeps, DoubleConsumer progress) {
        int step = 0;
        int steps = 2 * sweeps * shows.size();
        boolean moved = true;
        for (int sweep = 0; sweep < sweeps && moved; sweep++) {
            moved = false;
            for (Setting s : shows.keySet()) {
                progress.accept((double) step++ / steps);
                moved |= descend(s) || trade(s);
            }
            for (Setting s : shows.keySet()) {
                progress.accept((double) step++ / steps);
                moved |= jump(s);
            }
        }
    }

    /** Whether there is nothing new to learn of a setting: its kernels cost what they did when it was tried without success. */
    private boolean settled(Map<Setting, double[]> tried, Setting s) {
        double[] now = residuals(shows.get(s), best);
        return Arrays.equals(now, tried.put(s, now));
    }

    /**
     * Moves a setting and those that share its kernels, the one with most to gain first, each to where the kernels that are meant
     * to show it are met best, unless the kernels as a whole are better off without.
     */
    private boolean descend(Setting s) {
        List<Setting> together = Stream.concat(Stream.of(s), sharing(s).stream().limit(FOLLOWERS)).toList();
        Map<Setting, Offer> offers = new HashMap<>();
        boolean descended = false;
        while (true) {
            for (Setting one : together) {
                if (!settled(moved, one)) {
                    offers.remove(one);
                    offer(one).ifPresent(offer -> offers.put(one, offer));
                }
            }
            Setting first = together.stream().filter(offers::containsKey)
                    .max(Comparator.comparingDouble(one -> offers.get(one).gain())).orElse(null);
            if (first == null) {
                return descended;
            }
            if (accept(centred(first, first.with(best, offers.remove(first).value())), shows.get(first))) {
                descended = true;
            }
        }
    }

    /**
     * What a setting could move to.
     *
     * @param value its value there
     * @param gain  by how much its kernels would be better met, as a sample of them tells
     */
    private record Offer(int value, double gain) {
    }

    /** The best move of a setting, as far as looking around once finds one; none where its kernels are well met. */
    private Optional<Offer> offer(Setting s) {
        int[] which = shows.get(s);
        if (objective(which, best) <= WELL_MET * which.length) {
            return Optional.empty();
        }
        int[] sample = sample(which);
        CoreProfile there = moved(best, s, sample, 1);
        double gain = objective(sample, best) - objective(sample, there);
        return there == best ? Optional.empty() : Optional.of(new Offer(s.get(there), gain * which.length / sample.length));
    }

    /** Some of the kernels that show a setting, spread over their order in the files: enough to tell where to look. */
    private static int[] sample(int[] which) {
        if (which.length <= SAMPLE) {
            return which;
        }
        int[] inOrder = Arrays.stream(which).sorted().toArray();
        return IntStream.range(0, SAMPLE).map(i -> inOrder[(int) ((i + 0.5) * inOrder.length / SAMPLE)]).toArray();
    }

    /**
     * Takes a profile for the best if the kernels that a move is about and those light ones that show anything which these show
     * are better off together.
     */
    private boolean accept(CoreProfile candidate, int[] about) {
        if (candidate == best) {
            return false;
        }
        int[] which = union(related(about), about);
        double[] there = unknown();
        double bound = objective(which, best) + distrust(best) - distrust(candidate) - LEAST_GAIN;
        if (objective(which, candidate, bound, there) >= bound) {
            return false;
        }
        best = candidate;
        residualsAtBest = there;
        return true;
    }

    private int[] related(int[] about) {
        Set<Setting> shown = new LinkedHashSet<>();
        Arrays.stream(about).forEach(k -> shown.addAll(kernels.get(k).settings()));
        return Arrays.stream(light).filter(k -> kernels.get(k).settings().stream().anyMatch(shown::contains)).toArray();
    }

    /**
     * Moves a latency by a cycle and another one, of the same kernels, back by one: a load-to-use that is too short and an
     * extra that is too long hide each other, and neither gains by moving alone.
     */
    private boolean trade(Setting s) {
        if (s.kind() != Constant.Kind.LATENCY || objective(shows.get(s), best) <= WELL_MET * shows.get(s).length) {
            return false;
        }
        for (Setting other : sharing(s)) {
            if (other.kind() == Constant.Kind.LATENCY) {
                int[] both = union(s, other);
                for (int by : new int[] {1, -1}) {
                    int value = clamp(s, s.get(best) + by);
                    int less = clamp(other, other.get(best) - by);
                    CoreProfile candidate = other.with(s.with(best, value), less);
                    if (value != s.get(best) && less != other.get(best) && consistent(candidate)
                            && objective(both, candidate, objective(both, best)) < objective(both, best) && accept(candidate, both)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Puts a setting whose kernels are poorly met elsewhere, lets those that share its kernels follow, and sees what comes of it. */
    private boolean jump(Setting s) {
        int[] which = shows.get(s);
        if (objective(which, best) < POORLY_MET * which.length || settled(jumped, s)) {
            return false;
        }
        List<Setting> followers = sharing(s).stream().limit(FOLLOWERS).toList();
        Map<CoreProfile, Double> jumps = new LinkedHashMap<>();
        for (int value : candidates(s, s.get(best))) {
            CoreProfile there = s.with(best, value);
            if (consistent(there)) {
                jumps.put(there, objective(sample(which), there));
            }
        }
        List<CoreProfile> starts = new ArrayList<>(jumps.keySet().stream().sorted(Comparator.comparingDouble(jumps::get))
                .limit(JUMPS).toList());
        CoreProfile bare = bare(s);
        if (bare != best && consistent(bare)) {
            starts.add(bare);
        }
        CoreProfile anew = anew(s, followers);
        if (anew != best && consistent(anew)) {
            starts.add(moved(anew, s, sample(which)));
        }
        for (CoreProfile there : starts) {
            CoreProfile followed = there;
            int[] about = which;
            for (Setting follower : followers) {
                followed = moved(followed, follower, sample(union(s, follower)));
                about = union(about, shows.get(follower));
            }
            if (followed != there && accept(followed, about)) {
                return true;
            }
        }
        return false;
    }

    /** The best profile so far without any of the units that the kernels of a setting show and a core may go without. */
    private CoreProfile bare(Setting s) {
        CoreProfile bare = best;
        for (Setting unit : Stream.concat(Stream.of(s), sharing(s).stream()).toList()) {
            boolean dispensable = unit.kind() != Constant.Kind.LATENCY && unit.minimum() == 0 && unit.get(bare) > 0;
            bare = dispensable ? unit.with(bare, 0) : bare;
        }
        return bare;
    }

    /**
     * The best profile so far with a setting and others where their source has them: whichever of them moves first takes the most
     * that it can, and what it took by mistake the others cannot get back one by one.
     */
    private CoreProfile anew(Setting s, List<Setting> others) {
        CoreProfile anew = best;
        for (Setting setting : Stream.concat(Stream.of(s), others.stream()).toList()) {
            int before = setting.get(source);
            anew = setting.get(anew) == before ? anew : setting.with(anew, before);
        }
        return anew;
    }

    /** Other settings that kernels of one show as well; those with most kernels in common first. */
    private List<Setting> sharing(Setting s) {
        return shows.keySet().stream().filter(other -> other != s && common(s, other) > 0)
                .sorted(Comparator.comparingInt((Setting other) -> -common(s, other)).thenComparing(Setting::name)).toList();
    }

    private int common(Setting s, Setting other) {
        return shows.get(s).length + shows.get(other).length - union(s, other).length;
    }

    private int[] union(Setting s, Setting other) {
        return union(shows.get(s), shows.get(other));
    }

    private int[] union(int[] some, int[] others) {
        return lightestFirst(IntStream.concat(Arrays.stream(some), Arrays.stream(others)));
    }

    /** A profile with one setting where some kernels are met best, as far as looking around from value to value finds it. */
    private CoreProfile moved(CoreProfile from, Setting s, int[] which) {
        return moved(from, s, which, Integer.MAX_VALUE);
    }

    /** The same, as far as looking around so often finds it. */
    private CoreProfile moved(CoreProfile from, Setting s, int[] which, int rounds) {
        CoreProfile result = from;
        double objective = objective(which, from) + attachment(s, s.get(from));
        Set<Integer> tried = new TreeSet<>(List.of(s.get(from)));
        boolean better = true;
        for (int round = 0; round < rounds && better; round++) {
            better = false;
            int centre = s.get(result);
            for (int value : candidates(s, centre)) {
                CoreProfile candidate = s.with(from, value);
                if (tried.add(value) && consistent(candidate)) {
                    double attachment = attachment(s, value);
                    double there = objective(which, candidate, objective - attachment) + attachment;
                    if (there < objective) {
                        objective = there;
                        result = candidate;
                        better = true;
                    }
                }
            }
        }
        return result;
    }

    /** Values to try from one: its neighbours, and shares and multiples of it. */
    private static Set<Integer> candidates(Setting s, int value) {
        Set<Integer> values = new LinkedHashSet<>();
        if (s.kind() == Constant.Kind.FLAG) {
            values.add(1 - value);
        } else {
            int unit = Math.max(1, value / FINEST);
            for (int step : STEPS) {
                values.add(clamp(s, value + step * unit));
                values.add(clamp(s, value - step * unit));
            }
            for (double factor : FACTORS) {
                values.add(clamp(s, (int) Math.round(factor * value)));
            }
            // Often nothing, which is how a core goes without a unit; on the way there, less is no better.
            values.add(s.minimum());
        }
        values.remove(value);
        return values;
    }

    /** A capacity in the middle of the values that kernels cannot tell from the one that was found. */
    private CoreProfile centred(Setting s, CoreProfile found) {
        if (found == best || s.kind() != Constant.Kind.SIZE) {
            return found;
        }
        int[] ends = plateau(s, found);
        int centre = (ends[0] + ends[1]) / 2;
        CoreProfile middle = s.with(found, distrust(s, centre) > distrust(s, s.get(found)) ? s.get(found) : centre);
        double level = objective(shows.get(s), found) + FLAT;
        return consistent(middle) && objective(shows.get(s), middle, level) <= level ? middle : found;
    }

    /** Least and greatest value that its kernels cannot tell from the one that a profile has. */
    private int[] plateau(Setting s, CoreProfile at) {
        double level = objective(shows.get(s), at) + FLAT;
        return new int[] {edge(s, at, -1, level), edge(s, at, 1, level)};
    }

    /** The last value in a direction at which the objective is no higher than a level, by doubling and halving. */
    private int edge(Setting s, CoreProfile at, int direction, double level) {
        int from = s.get(at);
        int good = 0;
        int step = 1;
        while (good + step <= 2 * from && level(s, at, from + direction * (good + step), level)) {
            good += step;
            step *= 2;
        }
        for (; step >= 1; step /= 2) {
            if (good + step <= 2 * from && level(s, at, from + direction * (good + step), level)) {
                good += step;
            }
        }
        return from + direction * good;
    }

    private boolean level(Setting s, CoreProfile at, int value, double level) {
        if (value != clamp(s, value)) {
            return false;
        }
        CoreProfile there = s.with(at, value);
        return consistent(there) && objective(shows.get(s), there, level) <= level;
    }

    private static int clamp(Setting s, int value) {
        return Math.clamp(value, s.minimum(), s.maximum());
    }

    /** Sum over kernels of what their residuals weigh: quadratic where small, linear where large. */
    private double objective(int[] which, CoreProfile profile) {
        return objective(which, profile, Double.POSITIVE_INFINITY);
    }

    /** The same, or some number above a bound where it is above: most moves are given up after a few light kernels. */
    private double objective(int[] which, CoreProfile profile, double bound) {
        return objective(which, profile, bound, null);
    }

    /** The same; leaves the residuals, by number of the kernel. */
    private double objective(int[] which, CoreProfile profile, double bound, double[] found) {
        double sum = 0;
        for (int from = 0; from < which.length && sum <= bound; from += TOGETHER) {
            int[] some = Arrays.copyOfRange(which, from, Math.min(which.length, from + TOGETHER));
            double[] residuals = residuals(some, profile);
            sum += weight(residuals);
            for (int i = 0; i < some.length && found != null; i++) {
                found[some[i]] = residuals[i];
            }
        }
        return sum;
    }

    private static double weight(double[] residuals) {
        double sum = 0;
        for (double r : residuals) {
            sum += Math.sqrt(1 + r * r) - 1;
        }
        return sum;
    }

    private double attachment(Setting s, int value) {
        int before = s.get(source);
        return ATTACHMENT * Math.abs(value - before) / Math.max(1, before) + distrust(s, value);
    }

    /** What a value beyond those that its source leaves open costs. */
    private double distrust(Setting s, int value) {
        double beyond = Math.max(0, Math.max(s.low(source) - value, value - s.high(source)));
        int step = s.kind() == Constant.Kind.SIZE ? Math.max(1, s.get(source) / CAPACITY_STEPS) : 1;
        return trusted ? TRUST * Math.ceil(beyond / step) : 0;
    }

    private double distrust(CoreProfile profile) {
        return shows.keySet().stream().mapToDouble(s -> distrust(s, s.get(profile))).sum();
    }

    private double[] residuals(int[] which, CoreProfile profile) {
        boolean known = profile == best;
        double[] residuals = Arrays.stream(which).parallel().mapToDouble(k -> known && !Double.isNaN(residualsAtBest[k])
                ? residualsAtBest[k] : residual(k, profile)).toArray();
        for (int i = 0; known && i < which.length; i++) {
            residualsAtBest[which[i]] = residuals[i];
        }
        return residuals;
    }

    private double residual(int kernel, CoreProfile profile) {
        if (!goesOn.getAsBoolean()) {
            throw new TimeUp();
        }
        return (costs.cost(kernel, profile) - measured[kernel]) / kernels.get(kernel).tolerance(measured[kernel]);
    }

    /** Whether there can be such a core. */
    static boolean consistent(CoreProfile profile) {
        try {
            profile.check("candidate");
            return true;
        } catch (ModelException e) {
            return false;
        }
    }

    /**
     * What became of each constant, in the order of {@link Constant}, then of instruction forms, with the ranges that the
     * residuals leave open. Where time is up before a setting's turn, its range is as wide as its source leaves it.
     *
     * @param until asked before each replay whether there is time for more
     * @param late  is told the settings whose turn did not come
     */
    List<FittedSetting> settings(BooleanSupplier until, Consumer<List<Setting>> late) {
        List<Setting> fitted = List.copyOf(shows.keySet());
        goesOn = () -> true;
        double[] residuals = residuals(usable, best);
        goesOn = until;
        double[][] slope = new double[usable.length][fitted.size()];
        int[] seen = new int[fitted.size()];
        int[][] ends = new int[fitted.size()][];
        int done = 0;
        try {
            for (; done < ends.length; done++) {
                Setting s = fitted.get(done);
                slopes(s, done, slope, seen);
                ends[done] = s.kind() == Constant.Kind.SIZE ? plateau(s, best) : null;
            }
        } catch (TimeUp e) {
            late.accept(fitted.subList(done, ends.length));
        }
        double[] half = halfWidths(fitted, residuals, slope);
        Set<Setting> all = new LinkedHashSet<>();
        Arrays.stream(Constant.values()).forEach(constant -> all.add(new Setting.OfConstant(constant)));
        all.addAll(fitted);
        List<FittedSetting> result = new ArrayList<>();
        for (Setting s : all) {
            int i = fitted.indexOf(s);
            int before = s.get(source);
            int value = s.get(best);
            if (s instanceof Setting.OfConstant c && stated.contains(c.constant())) {
                result.add(new FittedSetting(s, before, value, value, value, 0, true));
            } else if (i < 0 || i < done && seen[i] == 0 && value == before) {
                result.add(new FittedSetting(s, before, value, s.low(source), s.high(source), 0, false));
            } else if (s.kind() == Constant.Kind.FLAG) {
                result.add(new FittedSetting(s, before, value, value, value, Math.max(1, seen[i]), false));
            } else {
                int low = ends[i] == null ? value : ends[i][0];
                int high = ends[i] == null ? value : ends[i][1];
                result.add(new FittedSetting(s, before, value, Math.max(s.minimum(), Math.min(low, value - half[i])),
                        Math.min(s.maximum(), Math.max(high, value + half[i])), Math.max(1, seen[i]), false));
            }
        }
        return result;
    }

    /** How fast the residuals of a setting's kernels change with it, into a column. */
    private void slopes(Setting s, int column, double[][] slope, int[] seen) {
        int stride = Math.max(1, (int) Math.round(s.get(best) * SLOPE_STRIDE));
        CoreProfile up = neighbour(s, stride);
        CoreProfile down = neighbour(s, -stride);
        int width = s.get(up) - s.get(down);
        if (width == 0) {
            return;
        }
        int[] which = shows.get(s);
        double[] above = residuals(which, up);
        double[] below = residuals(which, down);
        for (int i = 0; i < above.length; i++) {
            slope[Arrays.binarySearch(usable, which[i])][column] = (above[i] - below[i]) / width;
            seen[column] += Math.abs(above[i] - below[i]) >= LEAST_EFFECT ? 1 : 0;
        }
    }

    private CoreProfile neighbour(Setting s, int by) {
        CoreProfile moved = s.with(best, clamp(s, s.get(best) + by));
        return consistent(moved) ? moved : best;
    }

    /**
     * Half of a 90 % interval of each setting: the residuals' variance through the inverse of the slopes' normal matrix, to
     * which what the source says adds its precision, and half a step because settings are whole.
     */
    private double[] halfWidths(List<Setting> fitted, double[] residuals, double[][] slope) {
        if (fitted.isEmpty() || residuals.length == 0) {
            return new double[fitted.size()];
        }
        double[] sizes = Arrays.stream(residuals).map(Math::abs).sorted().toArray();
        double deviation = DEVIATIONS_OF_MEDIAN * sizes[sizes.length / 2];
        double variance = Math.max(deviation * deviation, 1e-4);
        RealMatrix slopes = new Array2DRowRealMatrix(slope);
        RealMatrix precision = slopes.transpose().multiply(slopes).scalarMultiply(1 / variance);
        for (int c = 0; c < fitted.size(); c++) {
            Setting s = fitted.get(c);
            double prior = Math.max(1, Math.max(PRIOR_SHARE * s.get(source), (s.high(source) - s.low(source)) / 2));
            precision.addToEntry(c, c, 1 / (prior * prior));
        }
        RealMatrix covariance = new SingularValueDecomposition(precision).getSolver().getInverse();
        double[] half = new double[fitted.size()];
        for (int c = 0; c < half.length; c++) {
            half[c] = NINETY_PERCENT * Math.sqrt(Math.max(0, covariance.getEntry(c, c))) + 0.5;
        }
        return half;
    }
}
