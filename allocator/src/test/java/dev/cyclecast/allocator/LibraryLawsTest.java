package dev.cyclecast.allocator;

import java.nio.file.Path;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The library that the system property {@code cyclecast.library} names, or our own, obeys the laws of every malloc. */
class LibraryLawsTest {
    private static Library library;
    private static CompiledAllocator allocator;

    @BeforeContainer
    static void start() {
        AllocatorBuild build = Gcc.build();
        String named = System.getProperty("cyclecast.library");
        library = Library.open(named == null ? build.preload(Variant.BASELINE, Shape.REFERENCE) : Path.of(named), build);
        allocator = CompiledAllocator.on(library, build.libraryPipe());
    }

    @AfterContainer
    static void stop() {
        if (allocator != null) {
            allocator.close();
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    @AddLifecycleHook(Sequences.class)
    void everySequenceObeysTheLawsOfEveryMalloc(@ForAll("scenarios") Scenario scenario) {
        Sequence sequence = scenario.sequence();
        CounterExample.check(allocator, sequence, Law.OF_ANY_MALLOC);
    }

    @Provide
    Arbitrary<Scenario> scenarios() {
        return Scenarios.ofAnyMalloc(library);
    }
}
