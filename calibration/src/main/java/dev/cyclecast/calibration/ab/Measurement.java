package dev.cyclecast.calibration.ab;

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
        Map<String, Comparison> comparisons = new LinkedHashMap<>();
        pairs.forEach(p -> comparisons.computeIfAbsent(p.comparison(), Comparison::new));
        HierarchicalBootstrap bootstrap = new HierarchicalBootstrap(DRAWS_FOR_PRECISION, seed);
        RandomAdaptor random = new RandomAdaptor(new Well19937c(seed));
        Set<String> open = new TreeSet<>(comparisons.keySet());
        for (int round = 0; !open.isEmpty(); round++) {
            List<LayoutPair> order = new ArrayList<>(pairs);
            order.removeIf(p -> !open.contains(p.comparison()));
            Collections.shuffle(order, random);
            if (round == 0) {
                // So that a budget too short for a round leaves every comparison with the same layouts.
                order.sort(Comparator.comparingInt(LayoutPair::layout));
            }
            for (LayoutPair pair : order) {
                Comparison comparison = comparisons.get(pair.comparison());
                if (!comparison.isEmpty() && !clock.instant().isBefore(deadline)) {
                    return comparisons;
                }
                comparison.add(pair.layout(), runner.run(pair, comparison.blocks(pair.layout())));
            }
            if (round + 1 >= LEAST_ROUNDS) {
                open.removeIf(name -> rules.get(name).satisfiedBy(comparisons.get(name).estimate(bootstrap)));
            }
            progress.accept("round " + (round + 1) + ": " + (comparisons.size() - open.size()) + " of "
                    + comparisons.size() + " comparisons precise");
        }
        return comparisons;
    }
}
