package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The compiled baseline, in a process of its own, does what the specification says. */
class CompiledAllocatorTest {
    private static final int TINY = 2047;

    private final RoutingRules spec = new RoutingSpec();

    @Example
    void theCompiledClassTableIsTheSpecification() {
        try (var allocator = new AllocatorProcess(baseline())) {
            for (int size = 0; size <= spec.largestTinySize(); size++) {
                int sizeClass = spec.classOf(size);
                assertEquals(new AllocatorProcess.SizeClass(sizeClass, spec.strideBytes(sizeClass)), allocator.classOf(size));
            }
        }
    }

    @Property(tries = 40)
    void anySequenceOfCallsKeepsBlocksApartAndIntact(@ForAll("sequences") List<AllocatorAction> actions) {
        try (var allocator = new AllocatorProcess(baseline())) {
            new AllocatorModel(spec, allocator).run(actions);
        }
    }

    @Property(tries = 15)
    void allOptimisationsInTheFreeShapeToo(@ForAll("sequences") List<AllocatorAction> actions) {
        Path program = Gcc.build().pipe(Variant.ALL, Shape.FREE, List.of());
        try (var allocator = new AllocatorProcess(program)) {
            new AllocatorModel(spec, allocator).run(actions);
        }
    }

    /** A refill fills a ring and takes one block; so one block more than the ring holds leaves room for exactly one. */
    @Example
    void ringsHoldWhatTheSpecificationSays() {
        for (int sizeClass = 0; sizeClass < RoutingSpec.CLASSES; sizeClass++) {
            if (spec.routeAtFree(sizeClass) == Route.LEGACY) {
                try (var allocator = new AllocatorProcess(baseline())) {
                    int cached = spec.cachedBlocks(sizeClass);
                    for (int block = 0; block <= cached; block++) {
                        allocator.malloc(block, spec.usableBytes(sizeClass));
                    }
                    assertEquals(Route.LEGACY, allocator.free(0), "class " + sizeClass);
                    assertEquals(Route.SLAB, allocator.free(1), "class " + sizeClass + " has a full ring");
                }
            }
        }
    }

    /** The stack of C7 empties its upper part into the slabs when it is full, and never refuses a block. */
    @Example
    void manyC7BlocksComeBackByTheStack() {
        try (var allocator = new AllocatorProcess(baseline())) {
            int blocks = 8 * spec.cachedBlocks(7);
            for (int block = 0; block < blocks; block++) {
                assertEquals(Route.ULTRA, allocator.malloc(block, TINY).route());
            }
            for (int block = 0; block < blocks; block++) {
                assertTrue(allocator.isIntact(block));
                assertEquals(Route.ULTRA, allocator.free(block));
            }
        }
    }

    /** The hot path leaves a block at the start of a page to the cold one, which must know it for tiny all the same. */
    @Example
    void blocksAtTheStartOfAPageAreFreedToo() {
        try (var allocator = new AllocatorProcess(baseline())) {
            for (int size : new int[] {7, 15}) {
                int atPageStart = 0;
                for (int block = 0; block < 1200; block++) {
                    var made = allocator.malloc(block, size);
                    assertEquals(spec.headerByte(spec.classOf(size)), made.header());
                    atPageStart += made.address() % 4096 == 0 ? 1 : 0;
                }
                assertTrue(atPageStart > 0, size + " byte blocks reach the start of a page");
                for (int block = 0; block < 1200; block++) {
                    assertTrue(allocator.isIntact(block));
                    assertTrue(allocator.free(block) != Route.POOL);
                }
            }
        }
    }

    @Example
    void impossibleRequestsGiveNull() {
        try (var allocator = new AllocatorProcess(baseline())) {
            for (long size : new long[] {Long.MAX_VALUE, -1L >>> 1, 1L << 60}) {
                assertThrows(AllocatorException.class, () -> allocator.malloc(1, size));
                assertThrows(AllocatorException.class, () -> allocator.calloc(1, size, 16));
                assertThrows(AllocatorException.class, () -> allocator.alignedAlloc(1, 64, size));
            }
            allocator.malloc(1, 10);
            assertTrue(allocator.isIntact(1), "the allocator still works");
        }
    }

    @Example
    void aClassTableOneTooSmallIsNoticed() {
        assertNoticed("-DHAK_BUG_CLASS_TOO_SMALL=1");
    }

    @Example
    void overlappingBlocksAreNoticed() {
        assertNoticed("-DHAK_BUG_OVERLAP=1");
    }

    @Example
    void aWrongClassAtFreeIsNoticed() {
        assertNoticed("-DHAK_BUG_FREE_CLASS=1");
    }

    @Example
    void aSecondFreeOfALargeBlockIsOneLine() {
        assertDies(baseline(), "free already", allocator -> {
            allocator.malloc(1, 5000);
            allocator.freeTwice(1);
        });
    }

    @Example
    void aSecondFreeOfATinyBlockIsOneLineWhereFreeMarksIt() {
        Path marking = Gcc.build().pipe(Variant.of(Change.FREEMARKS), Shape.REFERENCE, List.of());
        assertDies(marking, "free already", allocator -> {
            allocator.malloc(1, 100);
            allocator.freeTwice(1);
        });
    }

    @Example
    void aForeignAddressIsOneLine() {
        assertDies(baseline(), "not a block of this allocator", allocator -> allocator.freeAddress(4096));
        assertDies(baseline(), "not a block of this allocator", allocator -> {
            long inside = allocator.malloc(1, 5000).address() + 64;
            allocator.freeAddress(inside);
        });
    }

    @Provide
    Arbitrary<List<AllocatorAction>> sequences() {
        Arbitrary<Integer> tiny = Arbitraries.integers().between(0, TINY);
        Arbitrary<Integer> size = Arbitraries.frequencyOf(
                Tuple.of(8, tiny),
                Tuple.of(2, Arbitraries.integers().between(0, 20)),
                Tuple.of(1, Arbitraries.integers().between(TINY, 1 << 16)),
                Tuple.of(1, Arbitraries.integers().between(1 << 20, 3 << 20)));
        Arbitrary<Integer> pick = Arbitraries.integers().between(0, 1000);
        Arbitrary<AllocatorAction> malloc = size.map(AllocatorAction.Malloc::new);
        Arbitrary<AllocatorAction> free = pick.map(AllocatorAction.Free::new);
        Arbitrary<AllocatorAction> realloc = Combinators.combine(pick, size).as(AllocatorAction.Realloc::new);
        Arbitrary<AllocatorAction> calloc = Combinators.combine(Arbitraries.integers().between(0, 9), tiny)
                .as(AllocatorAction.Calloc::new);
        Arbitrary<AllocatorAction> aligned = Combinators.combine(Arbitraries.integers().between(0, 16), tiny)
                .as(AllocatorAction.AlignedAlloc::new);
        return Arbitraries.frequencyOf(
                Tuple.of(6, malloc), Tuple.of(5, free), Tuple.of(2, realloc),
                Tuple.of(1, calloc), Tuple.of(1, aligned)).list().ofMinSize(1).ofMaxSize(150);
    }

    private static Path baseline() {
        return Gcc.build().pipe(Variant.BASELINE, Shape.REFERENCE, List.of());
    }

    /** The model fails on the faulty build, and passes on the sound one with the very same calls. */
    private void assertNoticed(String fault) {
        List<AllocatorAction> actions = fixedSequence();
        try (var allocator = new AllocatorProcess(baseline())) {
            new AllocatorModel(spec, allocator).run(actions);
        }
        Path faulty = Gcc.build().pipe(Variant.BASELINE, Shape.REFERENCE, List.of(fault));
        try (var allocator = new AllocatorProcess(faulty)) {
            assertThrows(AssertionError.class, () -> new AllocatorModel(spec, allocator).run(actions));
        }
    }

    private static List<AllocatorAction> fixedSequence() {
        var random = new Random(1);
        var actions = new ArrayList<AllocatorAction>();
        for (int size = 0; size <= TINY; size += 1 + size / 8) {
            actions.add(new AllocatorAction.Malloc(size));
            actions.add(new AllocatorAction.Malloc(random.nextInt(TINY)));
            actions.add(new AllocatorAction.Free(random.nextInt(100)));
        }
        return actions;
    }

    private interface Misuse {
        void commit(AllocatorProcess allocator);
    }

    private static void assertDies(Path program, String line, Misuse misuse) {
        try (var allocator = new AllocatorProcess(program)) {
            var death = assertThrows(AllocatorException.class, () -> misuse.commit(allocator));
            assertTrue(death.getMessage().contains(line), death.getMessage());
            assertEquals(1, death.getMessage().lines().count());
        }
    }
}
