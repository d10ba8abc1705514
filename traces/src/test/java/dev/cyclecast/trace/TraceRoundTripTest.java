package dev.cyclecast.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceRoundTripTest {
    @TempDir
    Path folder;

    private static void assertSame(MemoryTrace expected, TraceSource actual, int capacity) {
        assertEquals(expected.header(), actual.header());
        ProgramImage e = expected.image();
        ProgramImage a = actual.image();
        assertEquals(e.modules(), a.modules());
        assertEquals(e.functions(), a.functions());
        assertEquals(e.variables(), a.variables());
        assertEquals(e.instructions(), a.instructions());
        assertArrayEquals(e.bytes(), a.bytes());
        EventBatch events = expected.events();
        EventBatch batch = new EventBatch(capacity);
        int at = 0;
        int mark = 0;
        try (TraceSource.Cursor cursor = actual.cursor()) {
            while (cursor.read(batch)) {
                assertTrue(batch.size <= capacity);
                assertArrayEquals(Arrays.copyOfRange(events.instruction, at, at + batch.size),
                        Arrays.copyOf(batch.instruction, batch.size));
                assertArrayEquals(Arrays.copyOfRange(events.address0, at, at + batch.size),
                        Arrays.copyOf(batch.address0, batch.size));
                assertArrayEquals(Arrays.copyOfRange(events.address1, at, at + batch.size),
                        Arrays.copyOf(batch.address1, batch.size));
                assertArrayEquals(Arrays.copyOfRange(events.value, at, at + batch.size),
                        Arrays.copyOf(batch.value, batch.size));
                for (int m = 0; m < batch.marks; m++, mark++) {
                    assertEquals(events.markAt[mark], at + batch.markAt[m]);
                    assertEquals(events.markKind[mark], batch.markKind[m]);
                    assertEquals(events.markValue[mark], batch.markValue[m]);
                }
                at += batch.size;
            }
            assertFalse(cursor.read(batch), "there is nothing behind the end");
        }
        assertEquals(events.size, at);
        assertEquals(events.marks, mark);
    }

    @Property(tries = 150)
    void whatIsWrittenIsRead(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int instructions,
                             @ForAll @IntRange(min = 0, max = 5000) int events,
                             @ForAll @IntRange(min = 1, max = 6000) int capacity) throws IOException {
        MemoryTrace trace = RandomTraces.make(seed, instructions, events);
        assertSame(trace, trace, capacity);
        Path file = Files.createTempDirectory("cyclecast-test").resolve("t.cct");
        try {
            TraceWriter.write(file, trace);
            try (TraceReader reader = TraceReader.open(file)) {
                assertSame(trace, reader, capacity);
                assertSame(MemoryTrace.of(reader), trace, capacity);
                assertEquals(events, reader.events());
                assertEquals(Files.size(file), reader.fileBytes());
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(file.getParent());
        }
    }

    @Test
    void longTracesHaveSeveralChunks() {
        MemoryTrace part = RandomTraces.make(1, 2000, 50_000);
        int rounds = 100;
        EventBatch events = new EventBatch(rounds * part.events().size);
        for (int i = 0; i < rounds; i++) {
            for (int e = 0; e < part.events().size; e++) {
                events.add(part.events().instruction[e], part.events().address0[e], part.events().address1[e],
                        part.events().value[e]);
            }
            events.mark(EventBatch.BEGIN, (byte) i);
        }
        MemoryTrace trace = new MemoryTrace(part.header(), part.image(), events);
        Path file = folder.resolve("long.cct");
        TraceWriter.write(file, trace);
        try (TraceReader reader = TraceReader.open(file)) {
            assertSame(trace, reader, 10_000);
        }
    }

    @Test
    void twoCursorsDoNotDisturbEachOther() {
        MemoryTrace trace = RandomTraces.make(2, 50, 3000);
        Path file = folder.resolve("two.cct");
        TraceWriter.write(file, trace);
        EventBatch one = new EventBatch(7);
        EventBatch other = new EventBatch(7);
        try (TraceReader reader = TraceReader.open(file); var a = reader.cursor(); var b = reader.cursor()) {
            assertTrue(a.read(one));
            while (a.read(one)) {
                assertTrue(b.read(other));
            }
            assertTrue(b.read(other));
        }
    }

    @Test
    void eventsThatTheirInstructionCannotHaveAreRefused() throws IOException {
        Instruction nop = new Instruction(16, 1, "nop", "nop", Flow.NEXT, 0, 0, 0, List.of(), List.of(), null, 0, false,
                false, -1);
        ProgramImage image = new ProgramImage(List.of(), List.of(), List.of(), List.of(nop), new byte[1]);
        EventBatch events = new EventBatch(1);
        events.add(0, 4096, 0, 0);
        MemoryTrace trace = new MemoryTrace(new TraceHeader(1, "p", List.of(), List.of(), 0, Map.of()), image, events);
        Path file = folder.resolve("wrong.cct");
        assertThrows(IllegalArgumentException.class, () -> TraceWriter.write(file, trace));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void theSameTraceGivesTheSameBytes() throws IOException {
        TraceWriter.write(folder.resolve("a.cct"), RandomTraces.make(3, 100, 2000));
        TraceWriter.write(folder.resolve("b.cct"), RandomTraces.make(3, 100, 2000));
        assertEquals(-1, Files.mismatch(folder.resolve("a.cct"), folder.resolve("b.cct")));
    }
}
