package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Shrinkable;

/** Each law notices the bug that breaks it, and a shrunk sequence shows it by hand. */
class PlantedBugsTest {
    private static final int SEQUENCES = 4000;
    private static final int SHRINKING_RUNS = 10_000;
    private static final int GENERATION_SIZE = 1000;
    /** What a bug takes at most, when shrunk; those of a full cache take the blocks that fill it. */
    private static final int FEW_CALLS = 12;
    private static final int CALLS_TO_OVERFLOW = 300;

    @Property
    void eachLawNoticesTheBugThatBreaksIt(@ForAll PlantedBug bug) throws IOException, InterruptedException {
        Path sound = Gcc.build().pipe(Variant.BASELINE, Shape.REFERENCE, List.of());
        Path faulty = Gcc.build().pipe(Variant.BASELINE, Shape.REFERENCE, List.of("-DHAK_PLANTED_BUG=" + bug.constant()));
        for (Law law : bug.laws()) {
            try (var baseline = new CompiledAllocator("the baseline", sound); var broken = new CompiledAllocator(bug.name(), faulty)) {
                var hunt = new Hunt(law, baseline, broken);
                Sequence shrunk = hunt.shrink(hunt.find()).sequence();
                assertEquals(bug == PlantedBug.THREAD_EXIT, shrunk.operations().stream().anyMatch(call -> call.call() == Call.EXIT),
                        "only the bug of threads needs one to end");
                hunt.assertReproducible(shrunk, bug == PlantedBug.RING_CAPACITY || bug == PlantedBug.STACK_OVERFLOW
                        ? CALLS_TO_OVERFLOW : FEW_CALLS);
            }
        }
    }

    @Example
    void everyLawHasABug() {
        var broken = EnumSet.noneOf(Law.class);
        Stream.of(PlantedBug.values()).forEach(bug -> broken.addAll(bug.laws()));
        assertEquals(Law.ALL, broken);
    }

    @Example
    void everyBugOfTheSourcesIsTried() throws IOException {
        String options = Files.readString(Path.of(System.getProperty("cyclecast.home"), "allocator/src/main/c/options.h"));
        Set<String> planted = Pattern.compile("HAK_BUG_[A-Z_]+[A-Z]\\b").matcher(options).results()
                .map(match -> match.group()).collect(Collectors.toSet());
        planted.remove("HAK_BUG_NONE");
        // A data race breaks no law while one thread runs at a time: StressTest shows it to ThreadSanitizer.
        planted.remove("HAK_BUG_NO_OWNER");
        assertEquals(planted, Arrays.stream(PlantedBug.values()).map(PlantedBug::constant).collect(Collectors.toSet()));
    }

    /** The search for a sequence that breaks one law, all others left aside. */
    private record Hunt(Law law, CompiledAllocator baseline, CompiledAllocator broken) {
        Shrinkable<Scenario> find() {
            var generator = Scenarios.ofOurs().generator(GENERATION_SIZE, false);
            var random = new Random(1);
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                Shrinkable<Scenario> candidate = generator.next(random);
                if (violation(candidate.value().sequence()).isPresent()) {
                    return candidate;
                }
            }
            throw new AssertionError("%s was not broken in %d sequences".formatted(law, SEQUENCES));
        }

        Scenario shrink(Shrinkable<Scenario> found) {
            int[] runs = {0};
            Shrinkable<Scenario> smallest = found;
            Optional<Shrinkable<Scenario>> smaller = Optional.of(found);
            while (smaller.isPresent()) {
                smallest = smaller.get();
                smaller = smallest.shrink().takeWhile(candidate -> runs[0]++ < SHRINKING_RUNS)
                        .filter(candidate -> violation(candidate.value().sequence()).isPresent()).findFirst();
            }
            return smallest.value();
        }

        /** The command that a counter-example prints breaks the law again; a sound allocator obeys every law in it. */
        void assertReproducible(Sequence sequence, int mostCalls) throws IOException, InterruptedException {
            Violation found = CounterExample.of(violation(sequence).orElseThrow(), broken.command(), sequence);
            Execution byHand = Execution.of(List.of("sh", "-c", CounterExample.command(found.getMessage())), Map.of());
            assertEquals(0, byHand.status(), byHand.errors());
            Outcome seen = new AnswerReader(new ByteArrayInputStream(byHand.output().getBytes(StandardCharsets.US_ASCII)), "sh")
                    .outcome();
            assertEquals(law, violation(sequence, seen).orElseThrow(() -> found).law());
            assertEquals(Optional.empty(), History.violation("the baseline", sequence, baseline.run(sequence), Law.ALL, null));
            assertEquals(sequence, Sequence.parse(sequence.text()));
            assertTrue(sequence.operations().size() <= mostCalls, found::getMessage);
        }

        private Optional<Violation> violation(Sequence sequence) {
            return violation(sequence, broken.run(sequence));
        }

        private Optional<Violation> violation(Sequence sequence, Outcome outcome) {
            Outcome reference = law == Law.SAME_AS_REFERENCE ? baseline.run(sequence) : null;
            return History.violation(broken.toString(), sequence, outcome, Set.of(law), reference);
        }
    }
}
