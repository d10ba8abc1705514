package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Other people's libraries: sound ones obey the laws of every malloc, broken ones do not. */
class LibraryTest {
    private static final int SEQUENCES = 1500;
    private static final int GENERATION_SIZE = 1000;

    /** Bugs that break a promise of every malloc. */
    private enum Bug { ALIGNMENT, OVERLAP, CALLOC, CALLOC_OVERFLOW, REALLOC, REALLOC_DIES, NEIGHBOUR, THREAD_EXIT }

    @Example
    void theCLibraryObeysTheLawsOfEveryMalloc() {
        check(Path.of("/lib/x86_64-linux-gnu/libc.so.6"));
    }

    @Example
    void everyShapeOfOursDoes() {
        check(Gcc.build().preload(Variant.ALL, Shape.FREE));
    }

    @Property
    void aBrokenLibraryIsNoticed(@ForAll Bug bug) {
        Path broken = Gcc.build().preload(Variant.BASELINE, Shape.REFERENCE, List.of("-DHAK_PLANTED_BUG=HAK_BUG_" + bug));
        var violation = assertThrows(Violation.class, () -> check(broken));
        assertTrue(Law.OF_ANY_MALLOC.contains(violation.law()), violation::getMessage);
        assertTrue(violation.getMessage().contains("LD_PRELOAD=" + broken), violation::getMessage);
    }

    private static void check(Path file) {
        AllocatorBuild build = Gcc.build();
        Library library = Library.open(file, build);
        var generator = Scenarios.ofAnyMalloc(library).generator(GENERATION_SIZE, false);
        var random = new Random(1);
        try (var allocator = CompiledAllocator.on(library, build.libraryPipe())) {
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                CounterExample.check(allocator, generator.next(random).value().sequence(), Law.OF_ANY_MALLOC);
            }
        }
    }
}
