package dev.cyclecast.calibration.ab;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.random.RandomAdaptor;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Many comparisons that share one budget. A pilot runs one block of each under every layout; from then on the time goes to
 * those whose interval is widest beside what is wanted of it.
 *
 * <p>Turns are taken in small groups in shuffled order, and a comparison gets its next blocks under the layouts that it knows
 * least. Who is next, and who is done, depends on widths alone, never on the gains: looking at these would bias them. All
 * comparisons have the same layouts: one that got fewer because its first few happened to agree would seem more precise
 * than it is.
 */
public final class NeediestFirst {
    /** Share of the open comparisons that take a turn. */
    private static final int TURN_SHARE = 8;
    /** Blocks that a comparison gets in a turn. */
    private static final int BLOCKS_PER_TURN = 4;
    /** Blocks in each layout, on average, below which nothing is called precise. */
    private static final int LEAST_BLOCKS = 2;
    private static final int DRAWS_FOR_PRECISION = 1_000;

    private final BlockRunner runner;
    private final InstantSource clock;
    private final Consumer<String> progress;
    private final HierarchicalBootstrap bootstrap;
    private final RandomAdaptor random;

    /**
     * What is wanted of a comparison.
     *
     * @param rule   when it is precise enough
     * @param weight how much its width counts beside that of others
     */
    public record Need(PrecisionRule rule, double weight) {
    }

    /** With blocks from a runner, an order from a seed, and news for a listener. */
    public NeediestFirst(BlockRunner runner, InstantSource clock, long seed, Consumer<String> progress) {
        this.runner = runner;
        this.clock = clock;
        this.progress = progress;
        bootstrap = new HierarchicalBootstrap(DRAWS_FOR_PRECISION, seed);
        random = new RandomAdaptor(new Well19937c(seed));
    }

    /**
     * Measures until all are precise enough or the time is up.
     *
     * @param pairs       the layouts of all comparisons
     * @param needs       what is wanted of each, by name
     * @param deadline    when to stop
     * @param comparisons what was measured earlier, by name; blocks are added to it
     */
    public void run(List<LayoutPair> pairs, Map<String, Need> needs, Instant deadline, Map<String, Comparison> comparisons) {
        Map<String, List<LayoutPair>> layouts = new LinkedHashMap<>();
        pairs.forEach(p -> layouts.computeIfAbsent(p.comparison(), name -> new ArrayList<>()).add(p));
        if (!pilot(pairs, layouts.size(), deadline, comparisons)) {
            return;
        }
        List<String> open = new ArrayList<>(layouts.keySet());
        while (true) {
            open.removeIf(name -> isPrecise(comparisons.get(name), needs.get(name).rule(), layouts.get(name).size()));
            if (open.isEmpty()) {
                return;
            }
            Map<String, Double> need = new HashMap<>();
            open.forEach(name -> need.put(name, needs.get(name).weight() * halfWidth(comparisons.get(name))
                    / needs.get(name).rule().targetPercent()));
            List<String> neediest = open.stream().sorted(Comparator.comparing(need::get).reversed()
                            .thenComparingInt(name -> comparisons.get(name).blocks()))
                    .limit(Math.max(1, open.size() / TURN_SHARE)).toList();
            List<LayoutPair> turn = new ArrayList<>();
            neediest.forEach(name -> turn.addAll(leastKnown(layouts.get(name), comparisons.get(name))));
            if (!blocks(turn, deadline, comparisons, "%d of %d rows precise".formatted(layouts.size() - open.size(), layouts.size()))) {
                return;
            }
        }
    }

    /** One block of every comparison under every layout, layout by layout, so that all have the same if time is short. */
    private boolean pilot(List<LayoutPair> pairs, int comparisonCount, Instant deadline, Map<String, Comparison> comparisons) {
        List<LayoutPair> first = new ArrayList<>(pairs.stream()
                .filter(p -> comparisons.get(p.comparison()).blocks(p.layout()) == 0).toList());
        Collections.shuffle(first, random);
        first.sort(Comparator.comparingInt(LayoutPair::layout));
        return blocks(first, deadline, comparisons, "pilot of %d rows".formatted(comparisonCount));
    }

    /** Runs one block of each; false where the time was up before. */
    private boolean blocks(List<LayoutPair> turn, Instant deadline, Map<String, Comparison> comparisons, String where) {
        List<LayoutPair> order = new ArrayList<>(turn);
        if (!where.startsWith("pilot")) {
            Collections.shuffle(order, random);
        }
        for (LayoutPair pair : order) {
            Comparison comparison = comparisons.get(pair.comparison());
            Instant now = clock.instant();
            if (!now.isBefore(deadline)) {
                return false;
            }
            progress.accept("%s, %s, %s left".formatted(pair.comparison(), where, TimeLeft.text(Duration.between(now, deadline))));
            comparison.add(pair.layout(), runner.run(pair, comparison.blocks(pair.layout())));
        }
        return true;
    }

    private List<LayoutPair> leastKnown(List<LayoutPair> layouts, Comparison comparison) {
        List<LayoutPair> order = new ArrayList<>(layouts);
        Collections.shuffle(order, random);
        order.sort(Comparator.comparingInt(p -> comparison.blocks(p.layout())));
        return order.subList(0, Math.min(BLOCKS_PER_TURN, order.size()));
    }

    private boolean isPrecise(Comparison comparison, PrecisionRule rule, int layouts) {
        return comparison.layouts() == layouts && comparison.blocks() >= LEAST_BLOCKS * layouts
                && halfWidth(comparison) <= 2 * rule.targetPercent() && rule.satisfiedBy(comparison.estimate(bootstrap));
    }

    /**
     * About half the width of a comparison's interval, in percent: Student's, from the spread of the layouts' means. Infinite
     * where there are fewer than two layouts.
     */
    static double halfWidth(Comparison comparison) {
        double[] means = comparison.logRatios().values().stream().mapToDouble(StatUtils::mean).toArray();
        if (means.length < 2) {
            return Double.POSITIVE_INFINITY;
        }
        double t = new TDistribution(null, means.length - 1).inverseCumulativeProbability(0.5 + 0.5 * HierarchicalBootstrap.LEVEL);
        return 100 * t * Math.sqrt(StatUtils.variance(means) / means.length);
    }
}
