package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.allocator.OperationCounts.Call;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Operation traces of random programs. */
class RandomOperationsTest {
    /** Replaying whole rounds of a random program's operations calls what the file says, and frees the rest. */
    @Property(tries = 15)
    void aRoundIsTheFileAndTheFreesOfWhatItLeaves(@ForAll Random random) throws Exception {
        var lines = new ArrayList<String>();
        long live = writeOperations(random, lines, 1 + random.nextInt(400));
        Path trace = Files.createTempFile("operations-", ".txt");
        try {
            Files.write(trace, lines);
            OperationCounts counts = OperationCounts.of(trace);
            long round = counts.total() + live;
            DriverResult result = null;
            for (Path driver : List.of(Gcc.build().driverOnSystemAllocator(Workload.REPLAY),
                    Gcc.build().driver(Variant.BASELINE, Shape.FREE, Layout.DEFAULT, Workload.REPLAY))) {
                Execution run = OperationTraceTest.replay(driver, trace, 3 * round);
                assertEquals(0, run.status(), run.errors());
                DriverResult now = DriverResult.parse(run.output());
                assertEquals(3 * counts.count(Call.MALLOC), now.mallocs());
                assertEquals(3 * counts.count(Call.CALLOC), now.callocs());
                assertEquals(3 * counts.count(Call.MEMALIGN), now.memaligns());
                assertEquals(3 * counts.count(Call.REALLOC), now.reallocs());
                assertEquals(3 * (counts.count(Call.FREE) + live), now.frees());
                assertEquals(result == null ? now.checksum() : result.checksum(), now.checksum());
                result = now;
            }
        } finally {
            Files.delete(trace);
        }
    }

    /** A damaged file is replayed or refused in one line; nothing else happens. */
    @Property(tries = 60)
    void damagedFilesAreRefusedInOneLine(@ForAll Random random) throws Exception {
        var lines = new ArrayList<String>();
        writeOperations(random, lines, 30);
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        for (int i = random.nextInt(4); i >= 0; i--) {
            byte likely = (byte) " \n:x019".charAt(random.nextInt(7));
            bytes[random.nextInt(bytes.length)] = random.nextBoolean() ? (byte) random.nextInt(256) : likely;
        }
        Path trace = Files.createTempFile("operations-", ".txt");
        try {
            Files.write(trace, bytes);
            Execution run = OperationTraceTest.replay(Gcc.build().driverOnSystemAllocator(Workload.REPLAY), trace, 100);
            assertTrue(run.status() == 0 || run.status() == 1, run.toString());
            assertEquals(run.status(), run.errors().lines().count(), run.errors());
        } finally {
            Files.delete(trace);
        }
    }

    /** Appends operations that a program could have done; returns how many blocks they leave. */
    private static long writeOperations(Random random, List<String> lines, int count) {
        var live = new ArrayList<Long>();
        var free = Stream.iterate(0x1000L, a -> a + 16).limit(count + 1).collect(Collectors.toCollection(ArrayList::new));
        for (int i = 0; i < count; i++) {
            int thread = 1 + random.nextInt(3);
            long size = 1 + random.nextInt(random.nextInt(10) == 0 ? 100_000 : 1200);
            int kind = random.nextInt(6);
            if (kind < 2 && !live.isEmpty()) {
                long address = live.remove(random.nextInt(live.size()));
                free.add(address);
                lines.add("%d: free 0x%x".formatted(thread, address));
                continue;
            }
            long address = free.remove(random.nextInt(free.size()));
            lines.add(switch (kind) {
                case 2 -> "%d: calloc 0x%x %d %d".formatted(thread, address, 1 + size % 5, size);
                case 3 -> "%d: memalign 0x%x %d %d".formatted(thread, address, 1 << random.nextInt(10), size);
                case 4 -> {
                    long old = live.isEmpty() || random.nextInt(8) == 0 ? 0 : live.remove(random.nextInt(live.size()));
                    if (old != 0) {
                        free.add(old);
                    }
                    yield "%d: realloc 0x%x 0x%x %d".formatted(thread, address, old, size);
                }
                default -> "%d: malloc 0x%x %d".formatted(thread, address, size);
            });
            live.add(address);
        }
        return live.size();
    }
}
