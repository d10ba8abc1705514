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

    @Example
    void cachesHoldWhatTheSpecificationSays() {
        try (var allocator = new AllocatorProcess(baseline())) {
            for (int sizeClass = 0; sizeClass < RoutingSpec.CLASSES; sizeClass++) {
                int size = spec.usableBytes(sizeClass);
                int cached = spec.cachedBlocks(sizeClass);
                int blocks = 4 * cached;
                for (int block = 0; block < blocks; block++) {
                    allocator.malloc(block, size);
                }
                int taken = 0;
                while (taken < blocks && allocator.free(taken) == spec.routeAtFree(sizeClass)) {
                    taken++;
                }
                assertTrue(taken <= cached || sizeClass == 7, "class " + sizeClass + " cached " + taken);
            }
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
    void aSecondFreeOfATinyBlockIsOneLineWhereFreeMarks() {
        Path marking = Gcc.build().pipe(Variant.BASELINE, Shape.REFERENCE, List.of("-DHAK_FREE_MARKS=1"));
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
