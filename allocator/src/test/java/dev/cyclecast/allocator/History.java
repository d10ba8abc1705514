package dev.cyclecast.allocator;

import dev.cyclecast.allocator.Outcome.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What has happened in a sequence so far: live blocks, the caches of each thread, the class of each size seen, counts. */
final class History {
    private final RoutingSpec spec = new RoutingSpec();
    private final Map<Integer, Block> live = new HashMap<>();
    private final TreeMap<Long, Block> byAddress = new TreeMap<>();
    private final TreeMap<Integer, Integer> classes = new TreeMap<>();
    private final Set<Long> cached = new HashSet<>();
    private final List<ThreadCaches> threads = new ArrayList<>();
    private final long[] taken = new long[RoutingSpec.CLASSES];
    private final long[] given = new long[RoutingSpec.CLASSES];

    private History() {
        for (int thread = 0; thread < Sequence.THREADS; thread++) {
            threads.add(new ThreadCaches(spec, cached));
        }
    }

    /**
     * The first law that a sequence broke.
     *
     * @param reference what another allocator did in the same sequence, or null
     */
    static Optional<Violation> violation(String name, Sequence sequence, Outcome outcome, Set<Law> laws, Outcome reference) {
        var history = new History();
        List<Answer> answers = outcome.answers();
        for (int index = 0; index < answers.size(); index++) {
            Operation operation = sequence.operations().get(index);
            Answer other = reference != null && index < reference.answers().size() ? reference.answers().get(index) : null;
            Step step = Step.of(history, operation, answers.get(index), other);
            for (Law law : laws) {
                String complaint = law.complaint(step);
                if (complaint != null) {
                    return Optional.of(new Violation(law, "%s is broken by %s in call %d, '%s': %s"
                            .formatted(law, name, index + 1, operation.text(), complaint)));
                }
            }
            history.add(step);
        }
        if (outcome.end().equals("ok")) {
            return Optional.empty();
        }
        Law law = outcome.end().startsWith("damaged") ? Law.CONTENTS_SURVIVE : Law.ENDS_WELL;
        return laws.contains(law)
                ? Optional.of(new Violation(law, "%s is broken by %s after %d of %d calls: it ended with '%s'"
                        .formatted(law, name, answers.size(), sequence.operations().size(), outcome.end())))
                : Optional.empty();
    }

    RoutingSpec spec() {
        return spec;
    }

    /** The live block of that number, or null. */
    Block live(int number) {
        return live.get(number);
    }

    /** A live block other than {@code except} that shares bytes with a new one, or null. */
    Block overlapping(Block block, Block except) {
        var below = byAddress.lowerEntry(block.end());
        while (below != null && below.getValue() == except) {
            below = byAddress.lowerEntry(below.getKey());
        }
        return below != null && below.getValue().end() > block.address() ? below.getValue() : null;
    }

    /** Whether a free block of that address lies in some thread's cache. */
    boolean isCached(long address) {
        return cached.contains(address);
    }

    ThreadCaches caches(int thread) {
        return threads.get(thread);
    }

    /** The class that requests of each size have had. */
    TreeMap<Integer, Integer> classes() {
        return classes;
    }

    /** Blocks of the class allocated so far. */
    long taken(int sizeClass) {
        return taken[sizeClass];
    }

    /** Blocks of the class freed so far. */
    long given(int sizeClass) {
        return given[sizeClass];
    }

    private void add(Step step) {
        ThreadCaches caches = threads.get(step.operation().thread());
        if (step.operation().call() == Call.EXIT) {
            caches.clear();
            return;
        }
        if (step.takes() >= 0) {
            caches.take(step.takes(), step.answer().cached()[ThreadCaches.cacheOf(spec, step.takes())]);
            taken[step.takes()]++;
        }
        boolean ends = step.before() != null && (step.made() != null || step.operation().call() == Call.FREE
                || step.operation().call() == Call.REALLOC && step.operation().size() == 0);
        if (ends) {
            live.remove(step.before().number());
            byAddress.remove(step.before().address());
        }
        if (step.gives() >= 0) {
            caches.give(step.gives(), step.before().address());
            given[step.gives()]++;
        }
        if (step.made() != null) {
            live.put(step.made().number(), step.made());
            byAddress.put(step.made().address(), step.made());
        }
        if (step.classedSize() >= 0) {
            classes.put(step.classedSize(), step.madeClass());
        }
    }
}
