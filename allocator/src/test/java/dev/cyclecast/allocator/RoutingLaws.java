package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What must hold of any routing rules, each law as an assertion. */
final class RoutingLaws {
    private RoutingLaws() {}

    /** Every size has exactly one of the eight classes, and the same one each time. */
    static void totalAndUnique(RoutingRules rules, int size) {
        int sizeClass = rules.classOf(size);
        assertTrue(sizeClass >= 0 && sizeClass < RoutingSpec.CLASSES, () -> size + " bytes have class " + sizeClass);
        assertEquals(sizeClass, rules.classOf(size));
    }

    static void monotone(RoutingRules rules, int size, int other) {
        int smaller = Math.min(size, other);
        int larger = Math.max(size, other);
        assertTrue(rules.classOf(smaller) <= rules.classOf(larger),
                () -> smaller + " bytes have a higher class than " + larger);
    }

    /** The class is large enough, and no smaller class would be. */
    static void fits(RoutingRules rules, int size) {
        int sizeClass = rules.classOf(size);
        assertTrue(rules.usableBytes(sizeClass) >= size, () -> size + " bytes do not fit class " + sizeClass);
        assertTrue(sizeClass == 0 || rules.usableBytes(sizeClass - 1) < size,
                () -> size + " bytes would fit a class below " + sizeClass);
    }

    /** Header and usable bytes fill the stride, and the alignment divides it. */
    static void blocksTile(RoutingRules rules, int sizeClass) {
        assertEquals(rules.strideBytes(sizeClass), rules.usableBytes(sizeClass) + 1);
        assertEquals(0, rules.strideBytes(sizeClass) % rules.alignmentBytes(sizeClass));
    }

    /** The header names the class in its low nibble and the allocator in its high one. */
    static void headerNamesClass(RoutingRules rules, int sizeClass) {
        assertEquals(sizeClass, rules.headerByte(sizeClass) & 0x0F);
        assertEquals(0xA0, rules.headerByte(sizeClass) & 0xF0);
    }

    static void freeReturnsByTheRouteOfMalloc(RoutingRules rules, int sizeClass) {
        assertEquals(rules.routeAtMalloc(sizeClass), rules.routeAtFree(sizeClass));
    }
}
