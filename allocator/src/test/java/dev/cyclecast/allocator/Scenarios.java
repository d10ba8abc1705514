package dev.cyclecast.allocator;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Random scenarios. */
final class Scenarios {
    private static final int MOST_ACTIONS = 50;
    private static final int TINY = 2047;
    private static final int FLOOD = 200;
    private static final Arbitrary<Integer> PICK = Arbitraries.integers().between(0, 1000)
            .withDistribution(RandomDistribution.uniform());
    /** The most that blocks of each class hold. */
    private static final Arbitrary<Integer> ROOMS = Arbitraries.of(7, 15, 31, 63, 127, 255, 511, TINY);
    private static final Arbitrary<Long> ABSURD =
            Arbitraries.of(Operation.ABSURD_SIZE, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE, -1L, -4096L);

    private Scenarios() {}

    /** Everything that the allocator under study promises something about. */
    static Arbitrary<Scenario> ofOurs() {
        Arbitrary<Long> alignment = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.integers().between(0, 12).map(shift -> 1L << shift)),
                Tuple.of(1, Arbitraries.of(0L, 3L, 24L)));
        var actions = common(alignment, sizes(0));
        actions.add(Tuple.of(1, Arbitraries.just(new Action.Statistics())));
        return scenarios(actions, Arbitraries.of(false, false, true));
    }

    /** What every malloc promises something about: no alignment that is none, no realloc to 0 bytes, no call that is not there. */
    static Arbitrary<Scenario> ofAnyMalloc(Library library) {
        Arbitrary<Long> alignment = Arbitraries.integers().between(4, 16).map(shift -> 1L << shift);
        return scenarios(common(alignment, sizes(1)), Arbitraries.just(false)).map(scenario -> without(library, scenario));
    }

    private static Scenario without(Library library, Scenario scenario) {
        return new Scenario(scenario.threads(), false, scenario.actions().stream()
                .filter(action -> !(action instanceof Action.AllocateAligned aligned)
                        || library.has((aligned.posix() ? Call.POSIX_MEMALIGN : Call.ALIGNED_ALLOC).id()))
                .toList());
    }

    private static Arbitrary<Scenario> scenarios(List<Tuple2<Integer, Arbitrary<Action>>> actions, Arbitrary<Boolean> counting) {
        Arbitrary<List<Action>> lists = Arbitraries.frequencyOf(actions).list().ofMinSize(1).ofMaxSize(MOST_ACTIONS)
                .withSizeDistribution(RandomDistribution.uniform());
        Arbitrary<Integer> threads = Arbitraries.frequency(Tuple.of(6, 1), Tuple.of(1, 2), Tuple.of(1, Sequence.THREADS));
        return Combinators.combine(threads, counting, lists).as(Scenario::new);
    }

    private static List<Tuple2<Integer, Arbitrary<Action>>> common(Arbitrary<Long> alignment, Arbitrary<Long> resizes) {
        Arbitrary<Long> size = sizes(0);
        Arbitrary<Integer> many = Arbitraries.integers().between(1, FLOOD).withDistribution(RandomDistribution.uniform());
        var actions = new ArrayList<Tuple2<Integer, Arbitrary<Action>>>();
        actions.add(Tuple.of(40, size.map(Action.Allocate::new)));
        actions.add(Tuple.of(35, PICK.map(Action.Release::new)));
        actions.add(Tuple.of(14, Combinators.combine(PICK, resizes).as(Action.Resize::new)));
        actions.add(Tuple.of(6, Combinators.combine(Arbitraries.longs().between(0, 9), size).as(Action.AllocateZeroed::new)));
        actions.add(Tuple.of(6, Combinators.combine(Arbitraries.of(true, false), alignment, size)
                .as(Action.AllocateAligned::new)));
        actions.add(Tuple.of(4, Combinators.combine(PICK, Arbitraries.of(true, false)).as(Action.Look::new)));
        actions.add(Tuple.of(12, Arbitraries.integers().between(0, Sequence.THREADS - 1).map(Action.Switch::new)));
        actions.add(Tuple.of(3, Arbitraries.just(new Action.Exit())));
        actions.add(Tuple.of(1, Combinators.combine(ROOMS, many).as(Action.Flood::new)));
        actions.add(Tuple.of(1, Combinators.combine(many, Arbitraries.of(true, false)).as(Action.Drain::new)));
        actions.add(Tuple.of(1, Combinators.combine(ROOMS, many, Arbitraries.of(true, false)).as(Action.Tide::new)));
        return actions;
    }

    /** Mostly tiny; often where a class ends; some middle, a few large ones, a few that no memory holds. */
    private static Arbitrary<Long> sizes(long smallest) {
        return Arbitraries.frequencyOf(
                Tuple.of(30, between(smallest, 255)),
                Tuple.of(30, between(smallest, TINY)),
                Tuple.of(30, ROOMS.map(room -> (long) room)),
                Tuple.of(15, ROOMS.map(room -> room + 1L)),
                Tuple.of(10, between(smallest, 15)),
                Tuple.of(6, between(TINY, 20_000)),
                Tuple.of(1, ABSURD),
                Tuple.of(1, Arbitraries.frequency(Tuple.of(9, 70_000L), Tuple.of(1, 1_100_000L))));
    }

    private static Arbitrary<Long> between(long smallest, long largest) {
        return Arbitraries.longs().between(smallest, largest).withDistribution(RandomDistribution.uniform());
    }
}
