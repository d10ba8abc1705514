package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
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
import java.util.stream.Stream;

/**
 * Finds the settings under which replayed kernels cost what was measured.
 *
 * <p>Settings are whole numbers and costs are steps and maxima of them, so the search moves one setting at a time, on
 * the kernels that are meant to show it, and looks near and far: a capacity may be half as large as that of the core that the
 * fit starts from. Of those that share kernels, the one with most to gain moves first: else one makes up for what is
 * another's. Where no single move helps, a setting jumps and those that share its kernels follow.
 */
final class Fit {
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
    /** What a move must be better by. */
    private static final double LEAST_GAIN = 1e-9;

    private final CoreProfile source;
    private final Residuals residuals;
    private final ShownSettings shown;
    private final SettingRanges ranges;
    private final SourceAttachment toSource;
    /** What residuals kernels had when a setting of theirs was moved last, and when it jumped last. */
    private final Map<Setting, double[]> moved = new HashMap<>();
    private final Map<Setting, double[]> jumped = new HashMap<>();
    private boolean complete;
    private CoreProfile best;

    private Fit(List<Kernel> kernels, double[] measured, KernelCosts costs, CoreProfile source, boolean trusted,
                Map<Constant, Integer> facts) {
        this.source = source;
        best = source;
        facts.forEach((constant, value) -> best = best.with(constant, value));
        residuals = new Residuals(kernels, measured, costs, best);
        shown = new ShownSettings(kernels, measured, costs, facts.keySet(), residuals, best);
        ranges = new SettingRanges(residuals, shown, source, facts.keySet());
        toSource = new SourceAttachment(source, trusted);
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
        fit.residuals.askBeforeReplay(goesOn);
        try {
            fit.search(sweeps, progress);
            fit.complete = true;
        } catch (Residuals.TimeUp e) {
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
        int steps = 2 * sweeps * shown.settings().size();
        boolean moved = true;
        for (int sweep = 0; sweep < sweeps && moved; sweep++) {
            moved = false;
            for (Setting s : shown.settings()) {
                progress.accept((double) step++ / steps);
                moved |= descend(s) || trade(s);
            }
            for (Setting s : shown.settings()) {
                progress.accept((double) step++ / steps);
                moved |= jump(s);
            }
        }
    }

    /** Whether there is nothing new to learn of a setting: its kernels cost what they did when it was tried without success. */
    private boolean settled(Map<Setting, double[]> tried, Setting s) {
        double[] now = residuals.of(shown.kernels(s), best);
        return Arrays.equals(now, tried.put(s, now));
    }

    /**
     * Moves a setting and those that share its kernels, the one with most to gain first, each to where the kernels that are meant
     * to show it are met best, unless the kernels as a whole are better off without.
     */
    private boolean descend(Setting s) {
        List<Setting> together = Stream.concat(Stream.of(s), shown.sharing(s).stream().limit(FOLLOWERS)).toList();
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
            if (accept(centred(first, first.with(best, offers.remove(first).value())), shown.kernels(first))) {
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
        int[] which = shown.kernels(s);
        if (residuals.objective(which, best) <= WELL_MET * which.length) {
            return Optional.empty();
        }
        int[] sample = ShownSettings.sample(which);
        CoreProfile there = moved(best, s, sample, 1);
        double gain = residuals.objective(sample, best) - residuals.objective(sample, there);
        return there == best ? Optional.empty() : Optional.of(new Offer(s.get(there), gain * which.length / sample.length));
    }

    /**
     * Takes a profile for the best if the kernels that a move is about and those light ones that show anything which these show
     * are better off together.
     */
    private boolean accept(CoreProfile candidate, int[] about) {
        if (candidate == best) {
            return false;
        }
        int[] which = shown.union(shown.related(about), about);
        double[] there = residuals.unknown();
        double bound = residuals.objective(which, best) + toSource.distrust(shown.settings(), best)
                - toSource.distrust(shown.settings(), candidate) - LEAST_GAIN;
        if (residuals.objective(which, candidate, bound, there) >= bound) {
            return false;
        }
        best = candidate;
        residuals.remember(best, there);
        return true;
    }

    /**
     * Moves a latency by a cycle and another one, of the same kernels, back by one: a load-to-use that is too short and an
     * extra that is too long hide each other, and neither gains by moving alone.
     */
    private boolean trade(Setting s) {
        if (s.kind() != Constant.Kind.LATENCY || residuals.objective(shown.kernels(s), best) <= WELL_MET * shown.kernels(s).length) {
            return false;
        }
        for (Setting other : shown.sharing(s)) {
            if (other.kind() == Constant.Kind.LATENCY) {
                int[] both = shown.union(s, other);
                for (int by : new int[] {1, -1}) {
                    int value = s.clamp(s.get(best) + by);
                    int less = other.clamp(other.get(best) - by);
                    CoreProfile candidate = other.with(s.with(best, value), less);
                    if (value != s.get(best) && less != other.get(best) && consistent(candidate)
                            && residuals.objective(both, candidate, residuals.objective(both, best)) < residuals.objective(both, best)
                            && accept(candidate, both)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Puts a setting whose kernels are poorly met elsewhere, lets those that share its kernels follow, and sees what comes of it. */
    private boolean jump(Setting s) {
        int[] which = shown.kernels(s);
        if (residuals.objective(which, best) < POORLY_MET * which.length || settled(jumped, s)) {
            return false;
        }
        List<Setting> followers = shown.sharing(s).stream().limit(FOLLOWERS).toList();
        Map<CoreProfile, Double> jumps = new LinkedHashMap<>();
        for (int value : candidates(s, s.get(best))) {
            CoreProfile there = s.with(best, value);
            if (consistent(there)) {
                jumps.put(there, residuals.objective(ShownSettings.sample(which), there));
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
            starts.add(moved(anew, s, ShownSettings.sample(which)));
        }
        for (CoreProfile there : starts) {
            CoreProfile followed = there;
            int[] about = which;
            for (Setting follower : followers) {
                followed = moved(followed, follower, ShownSettings.sample(shown.union(s, follower)));
                about = shown.union(about, shown.kernels(follower));
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
        for (Setting unit : Stream.concat(Stream.of(s), shown.sharing(s).stream()).toList()) {
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

    /** A profile with one setting where some kernels are met best, as far as looking around from value to value finds it. */
    private CoreProfile moved(CoreProfile from, Setting s, int[] which) {
        return moved(from, s, which, Integer.MAX_VALUE);
    }

    /** The same, as far as looking around so often finds it. */
    private CoreProfile moved(CoreProfile from, Setting s, int[] which, int rounds) {
        CoreProfile result = from;
        double objective = residuals.objective(which, from) + toSource.attachment(s, s.get(from));
        Set<Integer> tried = new TreeSet<>(List.of(s.get(from)));
        boolean better = true;
        for (int round = 0; round < rounds && better; round++) {
            better = false;
            int centre = s.get(result);
            for (int value : candidates(s, centre)) {
                CoreProfile candidate = s.with(from, value);
                if (tried.add(value) && consistent(candidate)) {
                    double attachment = toSource.attachment(s, value);
                    double there = residuals.objective(which, candidate, objective - attachment) + attachment;
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
                values.add(s.clamp(value + step * unit));
                values.add(s.clamp(value - step * unit));
            }
            for (double factor : FACTORS) {
                values.add(s.clamp((int) Math.round(factor * value)));
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
        int[] ends = ranges.plateau(s, found);
        int centre = (ends[0] + ends[1]) / 2;
        boolean distrusted = toSource.distrust(s, centre) > toSource.distrust(s, s.get(found));
        CoreProfile middle = s.with(found, distrusted ? s.get(found) : centre);
        double level = residuals.objective(shown.kernels(s), found) + SettingRanges.FLAT;
        return consistent(middle) && residuals.objective(shown.kernels(s), middle, level) <= level ? middle : found;
    }

    /** What became of each setting, as {@link SettingRanges#settings} tells it of the fitted profile. */
    List<FittedSetting> settings(BooleanSupplier until, Consumer<List<Setting>> late) {
        return ranges.settings(best, until, late);
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
}
