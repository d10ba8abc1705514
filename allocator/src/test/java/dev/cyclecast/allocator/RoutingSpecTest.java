package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The specification says what the published classes say, and obeys every law by itself. */
class RoutingSpecTest {
    private static final int LARGEST = 2047;

    private final RoutingSpec spec = new RoutingSpec();

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everySequenceObeysEveryLaw(@ForAll("scenarios") Scenario scenario) {
        assertLawful(scenario.sequence());
    }

    @Example
    void everySizeObeysEveryLaw() {
        assertLawful(Sequence.everySize(LARGEST + 1));
    }

    @Property
    void sizesBeyondTheTinyOnesHaveNoClass(@ForAll @IntRange(min = LARGEST + 1) int size) {
        assertThrows(IllegalArgumentException.class, () -> spec.classOf(size));
    }

    @Property
    void headersNameClassesAndNothingElse(@ForAll @IntRange(max = 255) int header) {
        int sizeClass = spec.classOfHeader(header);
        assertEquals(header >= 0xA0 && header < 0xA0 + RoutingSpec.CLASSES ? header - 0xA0 : -1, sizeClass);
        assertEquals(sizeClass >= 0, sizeClass >= 0 && spec.headerByte(sizeClass) == header);
    }

    @Example
    void boundariesLieWhereHeaderAndSizeFillTheStride() {
        int[] largest = {7, 15, 31, 63, 127, 255, 511, LARGEST};
        for (int sizeClass = 0; sizeClass < largest.length; sizeClass++) {
            assertEquals(sizeClass, spec.classOf(largest[sizeClass]));
            assertEquals(largest[sizeClass], spec.usableBytes(sizeClass));
            if (sizeClass + 1 < largest.length) {
                assertEquals(sizeClass + 1, spec.classOf(largest[sizeClass] + 1));
            }
        }
    }

    /** Sizes uniform over 16 to 1039, as random mixed draws them. */
    @Example
    void sharesOfTheMixedWorkloadAreThePublishedOnes() {
        int[] counts = new int[RoutingSpec.CLASSES];
        for (int size = 16; size <= 1039; size++) {
            counts[spec.classOf(size)]++;
        }
        assertArrayEquals(new int[] {0, 0, 16, 32, 64, 128, 256, 528}, counts);
    }

    @Provide
    Arbitrary<Scenario> scenarios() {
        return Scenarios.ofOurs();
    }

    private static void assertLawful(Sequence sequence) {
        Outcome outcome = new SpecifiedAllocator().run(sequence);
        assertEquals(Optional.empty(), History.violation("the specification", sequence, outcome, Law.ALL, null));
    }
}
