package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The specification obeys the laws, and says what the published classes say. */
class RoutingSpecTest {
    private static final int LARGEST = 2047;

    private final RoutingRules spec = new RoutingSpec();

    @Property
    void everySizeHasOneClass(@ForAll @IntRange(max = LARGEST) int size) {
        RoutingLaws.totalAndUnique(spec, size);
    }

    @Property
    void classesRiseWithSize(@ForAll @IntRange(max = LARGEST) int size, @ForAll @IntRange(max = LARGEST) int other) {
        RoutingLaws.monotone(spec, size, other);
    }

    @Property
    void theSmallestSufficientClassIsTaken(@ForAll @IntRange(max = LARGEST) int size) {
        RoutingLaws.fits(spec, size);
    }

    @Property
    void classesAreConsistent(@ForAll @IntRange(max = RoutingSpec.CLASSES - 1) int sizeClass) {
        RoutingLaws.blocksTile(spec, sizeClass);
        RoutingLaws.headerNamesClass(spec, sizeClass);
        RoutingLaws.freeReturnsByTheRouteOfMalloc(spec, sizeClass);
    }

    @Property
    void sizesBeyondTheTinyOnesHaveNoClass(@ForAll @IntRange(min = LARGEST + 1) int size) {
        assertThrows(IllegalArgumentException.class, () -> spec.classOf(size));
    }

    @Example
    void boundariesLieWhereHeaderAndSizeFillTheStride() {
        int[] largest = {7, 15, 31, 63, 127, 255, 511, LARGEST};
        for (int sizeClass = 0; sizeClass < largest.length; sizeClass++) {
            assertEquals(sizeClass, spec.classOf(largest[sizeClass]));
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
        int[] published = {0, 0, 16, 32, 64, 128, 256, 528};
        for (int sizeClass = 0; sizeClass < counts.length; sizeClass++) {
            assertEquals(published[sizeClass], counts[sizeClass], "class " + sizeClass);
        }
    }

    /** A class table that forgets the header byte breaks a law. */
    @Example
    void aForgottenHeaderByteIsNoticed() {
        RoutingRules forgetful = new ForgetfulRules();
        RoutingLaws.totalAndUnique(forgetful, 16);
        assertThrows(AssertionError.class, () -> {
            for (int size = 0; size <= LARGEST; size++) {
                RoutingLaws.fits(forgetful, size);
            }
        });
    }

    private static final class ForgetfulRules implements RoutingRules {
        private final RoutingRules spec = new RoutingSpec();

        @Override
        public int largestTinySize() {
            return spec.largestTinySize();
        }

        @Override
        public int classOf(int size) {
            return spec.classOf(Math.max(0, size - 1));
        }

        @Override
        public int strideBytes(int sizeClass) {
            return spec.strideBytes(sizeClass);
        }

        @Override
        public int usableBytes(int sizeClass) {
            return spec.usableBytes(sizeClass);
        }

        @Override
        public int alignmentBytes(int sizeClass) {
            return spec.alignmentBytes(sizeClass);
        }

        @Override
        public int headerByte(int sizeClass) {
            return spec.headerByte(sizeClass);
        }

        @Override
        public Route routeAtMalloc(int sizeClass) {
            return spec.routeAtMalloc(sizeClass);
        }

        @Override
        public Route routeAtFree(int sizeClass) {
            return spec.routeAtFree(sizeClass);
        }

        @Override
        public int cachedBlocks(int sizeClass) {
            return spec.cachedBlocks(sizeClass);
        }
    }
}
