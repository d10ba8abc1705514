package dev.cyclecast.calibration.ab;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.commons.math3.random.RandomAdaptor;
import org.apache.commons.math3.random.Well19937c;

/**
 * Several comparisons measured together, in rounds: each round runs one block of every layout of every comparison that
 * is not yet precise enough, in an order shuffled anew, so that slow drift of the machine hits all alike.
 */
public final class Measurement {
    /** Rounds before which nothing is called precise. */
    private static final int LEAST_ROUNDS = 3;
    private static final int DRAWS_FOR_PRECISION = 1_000;

    private final BlockRunner runner;
    private final InstantSource clock;
    private final Consumer<String> progress;
    private final long seed;

    /** With blocks from a runner, an order from a seed, and news of each round for a listener. */
    public Measurement(BlockRunner runner, InstantSource clock, long seed, Consumer<String> progress) {
        this.runner = runner;
        this.clock = clock;
        this.seed = seed;
        this.progress = progress;
    }

    /**
     * Measures until all comparisons are precise enough or the time is up; the first layout of each is always measured
     * once.
     *
     * @param pairs    the layouts of all comparisons
     * @param rules    when each comparison, by name, is precise enough
     * @param deadline when to stop
     * @return the comparisons by name, in the order in which {@code pairs} first names them
     */
    public Map<String, Comparison> run(List<LayoutPair> pairs, Map<String, PrecisionRule> rules, Instant deadline) {
        return run(pairs, rules, deadline, Map.of());
    }

    /** Goes on from what was measured earlier: layouts that are behind come first. */
    public Map<String, Comparison> run(List<LayoutPair> pairs, Map<String, PrecisionRule> rules, Instant deadline,
                                       Map<String, Comparison> earlier) {
        Map<String, Comparison> comparisons = new LinkedHashMap<>(earlier);
        pairs.forEach(p -> comparisons.computeIfAbsent(p.comparison(), Comparison::new));
        HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(DRAWS_FOR_PRECISION, seed);
        RandomAdaptor random = new RandomAdaptor(new Well19937c(seed));
        Set<String> open = new TreeSet<>(comparisons.keySet());
        int earlierRounds = pairs.stream().mapToInt(p -> comparisons.get(p.comparison()).blocks(p.layout())).min().orElse(0);
        for (int round = earlierRounds; !open.isEmpty(); round++) {
            if (round >= LEAST_ROUNDS) {
                open.removeIf(name -> rules.get(name).satisfiedBy(comparisons.get(name).estimate(bootstrap)));
            }
            int before = round;
            Predicate<LayoutPair> behind = p -> comparisons.get(p.comparison()).blocks(p.layout()) <= before;
            List<LayoutPair> order = new ArrayList<>(pairs);
            order.removeIf(p -> !open.contains(p.comparison()));
            if (order.stream().anyMatch(behind)) {
                order.removeIf(behind.negate());
            }
            Collections.shuffle(order, random);
            if (round == 0) {
                // So that a budget too short for a round leaves every comparison with the same layouts.
                order.sort(Comparator.comparingInt(LayoutPair::layout));
            }
            int done = 0;
            for (LayoutPair pair : order) {
                Comparison comparison = comparisons.get(pair.comparison());
                Instant now = clock.instant();
                if (!comparison.isEmpty() && !now.isBefore(deadline)) {
                    return comparisons;
                }
                progress.accept("%s: round %d, block %d of %d, %s left".formatted(pair.comparison(), round + 1, ++done,
                        order.size(), TimeLeft.text(Duration.between(now, deadline))));
                comparison.add(pair.layout(), runner.run(pair, comparison.blocks(pair.layout())));
            }
        }
        return comparisons;
    }
}
