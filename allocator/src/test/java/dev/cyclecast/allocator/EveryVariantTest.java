package dev.cyclecast.allocator;

import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The specification and every variant in both shapes obey every law, and no variant can be told from the baseline. */
class EveryVariantTest {
    private static Fleet fleet;

    private final RoutingSpec spec = new RoutingSpec();

    @BeforeContainer
    static void start() {
        fleet = Fleet.start(Gcc.build());
    }

    @AfterContainer
    static void stop() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Property(tries = 250, edgeCases = EdgeCasesMode.NONE)
    @AddLifecycleHook(Sequences.class)
    void everySequenceObeysEveryLaw(@ForAll("scenarios") Scenario scenario) {
        fleet.check(scenario.sequence());
    }

    @Example
    void everySizeObeysEveryLaw() {
        fleet.check(Sequence.everySize(spec.largestTinySize() + 1));
    }

    /** More blocks than any cache holds, so that every ring and stack fills and overflows. */
    @Example
    void everyClassInNumbersObeysEveryLaw() {
        IntStream.range(0, RoutingSpec.CLASSES).map(spec::usableBytes).forEach(size -> fleet.check(Sequence.flood(size, 400)));
    }

    @Provide
    Arbitrary<Scenario> scenarios() {
        return Scenarios.ofOurs();
    }
}
