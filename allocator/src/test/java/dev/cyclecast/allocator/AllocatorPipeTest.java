package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sequences in child processes: a death costs one of them and is one line; bad input is refused. */
class AllocatorPipeTest {
    @TempDir
    private Path folder;

    @Test
    void aSecondFreeIsOneLineAndCostsOneSequence() {
        assertDies(Variant.BASELINE, "0 malloc 1 5000\n0 free 1\n0 free_again 1\n", "the block is free already");
        assertDies(Variant.of(Change.FREEMARKS), "0 malloc 1 100\n0 free 1\n0 free_again 1\n", "the block is free already");
    }

    @Test
    void aForeignAddressIsOneLine() {
        assertDies(Variant.BASELINE, "0 free_at 1 4096\n", "not a block of this allocator");
        assertDies(Variant.BASELINE, "0 malloc 1 5000\n0 free_at 1 64\n", "not a block of this allocator");
        assertDies(Variant.BASELINE, "0 malloc 1 100\n0 free_at 1 1\n", "not a block of this allocator");
    }

    @Test
    void everySequenceStartsFromTheSameState() {
        try (var allocator = start(Variant.BASELINE)) {
            Sequence sequence = Sequence.parse("0 malloc 0 2047\n1 malloc 1 30\n1 free 0\n1 exit\n1 malloc 2 30\n");
            Outcome first = allocator.run(sequence);
            Outcome second = allocator.run(sequence);
            assertEquals("ok", first.end());
            for (int call = 0; call < sequence.operations().size(); call++) {
                assertEquals(first.answers().get(call).header(), second.answers().get(call).header());
                assertArrayEquals(first.answers().get(call).cached(), second.answers().get(call).cached());
            }
            assertEquals(1, first.answers().get(2).cached()[8], "the thread that frees a block caches it");
        }
    }

    /** The hot path leaves a block at the start of a page to the cold one, which must know it for tiny all the same. */
    @Test
    void blocksAtTheStartOfAPageAreFreedToo() {
        try (var allocator = start(Variant.BASELINE)) {
            for (int size : new int[] {7, 15}) {
                Sequence sequence = Sequence.flood(size, 1200);
                Outcome outcome = allocator.run(sequence);
                assertEquals(Optional.empty(), History.violation("the baseline", sequence, outcome, Law.ALL, null));
                assertTrue(outcome.answers().stream().anyMatch(answer -> answer.address() != 0 && answer.address() % 4096 == 0));
            }
        }
    }

    @Test
    void badInputIsOneLineThatNamesTheLine() throws Exception {
        Path program = Gcc.build().pipe(Variant.BASELINE, Shape.REFERENCE, List.of());
        for (String line : List.of("0 mallox 1 2", "0 malloc", "0 malloc 1", "0 malloc 1 2 3", "4 malloc 1 2", "0 malloc 4096 2",
                "0 malloc 1 -2", "0 malloc 1 99999999999999999999", "0 malloc 1 2x", "malloc", "set NAME", "x".repeat(100_000),
                "0 malloc 0 1\n".repeat(16_385))) {
            Path input = Files.writeString(folder.resolve("input"), "0 malloc 0 1\nrun\n" + line + "\n");
            Execution run = Execution.of(List.of("sh", "-c", "exec \"$0\" < \"$1\"", program.toString(), input.toString()),
                    Map.of());
            assertEquals(1, run.status(), line);
            assertTrue(run.errors().matches("allocator_pipe: line (3|16387): .*\n"), run.errors());
        }
    }

    private static CompiledAllocator start(Variant variant) {
        return new CompiledAllocator(variant.id(), Gcc.build().pipe(variant, Shape.REFERENCE, List.of()));
    }

    private static void assertDies(Variant variant, String misuse, String line) {
        try (var allocator = start(variant)) {
            Outcome outcome = allocator.run(Sequence.parse(misuse));
            assertTrue(outcome.end().matches("signal 6 hakmem: free\\(0x[0-9a-f]{16}\\): .*"), outcome.end());
            assertTrue(outcome.end().contains(line), outcome.end());
            assertEquals(misuse.lines().count() - 1, outcome.answers().size());
            assertEquals("ok", allocator.run(Sequence.parse("0 malloc 0 1\n0 free 0\n")).end());
        }
    }
}
