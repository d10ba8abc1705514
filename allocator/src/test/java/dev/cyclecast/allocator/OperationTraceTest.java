package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.allocator.OperationCounts.Call;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operation traces: what is wrong with a file is said with its line, and what a real program did can be replayed. */
class OperationTraceTest {
    private static final String FINE = "1: malloc 0x10 8\n1: malloc 0x20 8\n";

    /** Each is put in line 3, behind two fine lines. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1: mallocate 0x30 5              | unknown operation 'mallocate'; known are malloc, calloc, memalign, realloc, free, thread_done
            1: MALLOC 0x30 5                 | unknown operation 'MALLOC'
            1:                               | the operation is missing
            malloc 0x30 5                    | 'malloc' is no thread number and colon
            1 malloc 0x30 5                  | '1' is no thread number and colon
            : malloc 0x30 5                  | ':' is no thread number and colon
            -1: malloc 0x30 5                | '-1:' is no thread number and colon
            99999999999: malloc 0x30 5       | '99999999999:' is no thread number and colon
            1: malloc                        | the address is missing; the line must be 'TID: malloc ADDRESS SIZE'
            1: malloc 0x30                   | the size is missing; the line must be 'TID: malloc ADDRESS SIZE'
            1: malloc 0x0 5                  | malloc that returned 0x0; remove the line
            1: malloc zero 5                 | the address 'zero' is no hexadecimal number
            1: malloc 0x 5                   | the address '0x' is no hexadecimal number
            1: malloc 0x11112222333344445 5  | the address '0x11112222333344445' is no hexadecimal number
            1: malloc 0x30 -5                | the size '-5' is no decimal number
            1: malloc 0x30 0x5               | the size '0x5' is no decimal number
            1: malloc 0x30 5.5               | the size '5.5' is no decimal number
            1: malloc 0x30 1099511627777     | the size '1099511627777' is no decimal number up to 1099511627776
            1: malloc 0x30 99999999999999999999999 | the size '99999999999999999999999' is no decimal number
            1: malloc 0x10 5                 | malloc returned 0x10, which is allocated since line 1; the free between is missing
            1: malloc 0x30 5 100             | the end time is missing; give both times or none
            1: malloc 0x30 5 100 99          | '99' at the end is no time in nanoseconds, or before the start
            1: malloc 0x30 5 100 later       | 'later' at the end is no time
            1: malloc 0x30 5 100 200 300     | unexpected '300' at the end; the line must be 'TID: malloc ADDRESS SIZE'
            1: calloc 0x30 5                 | the size is missing; the line must be 'TID: calloc ADDRESS COUNT SIZE'
            1: calloc 0x30 many 5            | the count 'many' is no decimal number
            1: calloc 0x30 1099511627776 1099511627776 | calloc of 1099511627776 times 1099511627776 bytes is more than
            1: calloc 0x20 1 1               | calloc returned 0x20, which is allocated since line 2
            1: memalign 0x30 64              | the size is missing
            1: memalign 0x30 48 5            | the alignment 48 is no power of two
            1: memalign 0x30 0 5             | the alignment 0 is no power of two
            1: memalign 0x30 1099511627776 5 | the alignment '1099511627776' is no decimal number up to 1073741824
            1: realloc 0x30 0x10             | the size is missing; the line must be 'TID: realloc NEW_ADDRESS OLD_ADDRESS SIZE'
            1: realloc 0x30 0x40 5           | realloc of 0x40, which is not allocated here; record the program from its start
            1: realloc 0x20 0x10 5           | realloc returned 0x20, which is allocated since line 2
            1: realloc 0x0 0x10 5            | realloc that returned 0x0; remove the line
            1: free                          | the address is missing; the line must be 'TID: free ADDRESS'
            1: free 0x30                     | free of 0x30, which is not allocated here; record the program from its start
            1: free 0x10 5                   | the end time is missing
            1: free 0x10 5 6 7               | unexpected '7' at the end
            1: thread_done                   | the address is missing
            1: thread_done 0x0 1 2           | unexpected '2' at the end
            1: free 0x10 \u001b[31mred       | '?[31mred' at the end is no time
            """)
    void aMistakeIsOneLineThatNamesFileAndLine(String line, String message, @TempDir Path folder) throws Exception {
        Path trace = Files.writeString(folder.resolve("bad.txt"), FINE + line + "\n1: free 0x10\n");
        Execution run = replay(Gcc.build().driverOnSystemAllocator(Workload.REPLAY), trace, 100);
        assertEquals(1, run.status(), run.toString());
        assertEquals("", run.output());
        assertEquals(1, run.errors().lines().count(), run.errors());
        assertTrue(run.errors().startsWith(trace + ":3: " + message), run.errors());
    }

    @Test
    void filesWithoutOperationsAreRefused(@TempDir Path folder) throws Exception {
        Path driver = Gcc.build().driverOnSystemAllocator(Workload.REPLAY);
        for (String text : List.of("", "\n\n", "1: thread_done 0x0\n")) {
            Path trace = Files.writeString(folder.resolve("empty.txt"), text);
            Execution run = replay(driver, trace, 100);
            assertEquals(1, run.status(), text);
            assertEquals(trace + ": holds no operations; record one first\n", run.errors());
        }
        for (Path unreadable : List.of(folder, folder.resolve("none.txt"))) {
            Execution run = replay(driver, unreadable, 100);
            assertEquals(1, run.status());
            assertTrue(run.errors().startsWith(unreadable + ": cannot read the operation trace: "), run.errors());
            assertEquals(1, run.errors().lines().count());
        }
    }

    /** Other line ends, times, a last line without its end, an address that is used again, a realloc in place. */
    @Test
    void whatTheFormatAllowsIsAccepted(@TempDir Path folder) throws Exception {
        Path trace = Files.writeString(folder.resolve("fine.txt"),
                "1: malloc 0x10 8 5 6\r\n\r\n2:  free\t0x10 7 7\n1: malloc 10 9\n"
                + "1: realloc 0x10 0x10 20\n1: thread_done 0x0 8\n1: realloc 0xFFFFFFFFFFFFFFFF 0x0 3\n1: memalign 0x30 1 0");
        DriverResult result = DriverResult.parse(replay(Gcc.build().driverOnSystemAllocator(Workload.REPLAY), trace, 9).output());
        assertEquals(List.of(2L, 4L, 2L, 1L), List.of(result.mallocs(), result.frees(), result.reallocs(), result.memaligns()));
    }

    @Test
    void whatRealProgramsDoIsRecordedAndReplayed(@TempDir Path folder) throws Exception {
        AllocatorBuild build = Gcc.build();
        for (String command : List.of("ls -lR /usr/lib/gcc", "sort -k2 /etc/passwd", "gcc --version")) {
            Path trace = folder.resolve("real.txt");
            Execution plain = Execution.of(List.of(command.split(" ")), Map.of());
            assertEquals(plain, record(trace, Map.of(), command.split(" ")));
            assertTrue(OperationCounts.of(trace).count(Call.MALLOC) > 100, command);
            DriverResult expected = null;
            for (Path driver : List.of(build.driverOnSystemAllocator(Workload.REPLAY),
                    build.driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT, Workload.REPLAY),
                    build.driver(Variant.ALL, Shape.FREE, Layout.DEFAULT, Workload.REPLAY))) {
                Execution run = replay(driver, trace, 20_000);
                assertEquals(0, run.status(), command + ": " + run.errors());
                DriverResult result = DriverResult.parse(run.output());
                assertEquals(expected == null ? result.checksum() : expected.checksum(), result.checksum(), command);
                expected = result;
            }
        }
    }

    /** The file holds each call of a driver, with its size, whatever else the C library allocates. */
    @Test
    void sizesAreRecorded(@TempDir Path folder) throws Exception {
        Path trace = folder.resolve("hot.txt");
        Path driver = Gcc.build().driverOnSystemAllocator(Workload.TINY_HOT);
        record(trace, Map.of(), driver.toString(), "1000", "100", "1", "--warmup", "0", "--size", "7777");
        assertEquals(500, Files.readAllLines(trace).stream().filter(line -> line.matches("\\d+: malloc 0x[0-9a-f]+ 7777")).count());

        driver = Gcc.build().driverOnSystemAllocator(Workload.REPLAY);
        Path source = Files.writeString(folder.resolve("source.txt"), """
                1: calloc 0x10 31 7
                1: memalign 0x20 512 4444
                1: realloc 0x30 0x10 5555
                """);
        record(trace, Map.of(), driver.toString(), "6", "1", "1", "--warmup", "0", "--trace", source.toString());
        String text = Files.readString(trace);
        assertTrue(text.contains(" 31 7\n") && text.contains(" 512 4444\n") && text.contains(" 5555\n"), text);
    }

    /** Threads hand blocks over: an address that is used again stands behind its free, or the replay would refuse it. */
    @Test
    void threadsAreRecordedInOneOrder(@TempDir Path folder) throws Exception {
        Path trace = folder.resolve("threads.txt");
        Path driver = Gcc.build().driverOnSystemAllocator(Workload.LARSON);
        record(trace, Map.of(), driver.toString(), "20000", "50", "1", "--warmup", "0", "--threads", "4", "--rounds", "10");
        OperationCounts counts = OperationCounts.of(trace);
        // Four chains of 5,000 operations, of which a thread does 1,000; and no threads for those that are skipped.
        long ended = Files.readAllLines(trace).stream().filter(line -> line.endsWith(": thread_done 0x0")).count();
        assertTrue(ended >= 4 * 5, ended + " threads ended");
        assertTrue(counts.threads() >= 4 * 5, counts.threads() + " threads called");
        Path replayer = Gcc.build().driver(Variant.BASELINE, Shape.REFERENCE, Layout.DEFAULT, Workload.REPLAY);
        Execution run = replay(replayer, trace, 50_000);
        assertEquals(0, run.status(), run.errors());
    }

    /** A forked child records nothing; a program that it executes records into a file of its own. */
    @Test
    void processesThatAreStartedHaveFilesOfTheirOwn(@TempDir Path folder) throws Exception {
        Path trace = folder.resolve("shell.txt");
        Execution run = record(trace, Map.of(), "sh", "-c", "(:; :) & ls / | sort -r; wait");
        assertEquals(0, run.status(), run.errors());
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.sorted().toList();
        }
        assertEquals(3, files.size(), files.toString());
        Path driver = Gcc.build().driverOnSystemAllocator(Workload.REPLAY);
        for (Path file : files) {
            assertTrue(file.getFileName().toString().matches("shell\\.txt(\\.\\d+)?"), file.toString());
            assertEquals(0, replay(driver, file, 1000).status(), file.toString());
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsOneLineAndTheProgramGoesOn(@TempDir Path folder) throws Exception {
        Path trace = folder.resolve("none").resolve("out.txt");
        Execution plain = Execution.of(List.of("ls", "/"), Map.of());
        Execution run = record(trace, Map.of(), "ls", "/");
        assertEquals(0, run.status());
        assertEquals(plain.output(), run.output());
        assertEquals("record_allocs: cannot write " + trace + ": No such file or directory; the program goes on unrecorded\n",
                run.errors());
    }

    /** The file is the first from number 500 on. */
    @Test
    void aProgramThatClosesTheFileGoesOn(@TempDir Path folder) throws Exception {
        Path trace = folder.resolve("out.txt");
        Execution run = record(trace, Map.of(), "bash", "-c", "exec 500>&-; echo hello");
        assertEquals(0, run.status());
        assertEquals("hello\n", run.output());
        assertEquals("record_allocs: cannot write " + trace + ": Bad file descriptor; the program goes on unrecorded\n",
                run.errors());
    }

    @Test
    void programsOnTheAllocatorUnderStudyAreRecordedToo(@TempDir Path folder) throws Exception {
        Path trace = folder.resolve("under.txt");
        String preload = Gcc.build().recordAllocs() + ":" + Gcc.build().preload(Variant.BASELINE, Shape.REFERENCE);
        Path driver = Gcc.build().driverOnSystemAllocator(Workload.REALLOC);
        Execution run = record(trace, Map.of("LD_PRELOAD", preload), driver.toString(), "5000", "50", "1", "--warmup", "0");
        assertEquals(0, run.status(), run.errors());
        DriverResult result = DriverResult.parse(run.output());
        assertTrue(OperationCounts.of(trace).count(Call.REALLOC) >= result.reallocs(), run.output());
        assertEquals(0, replay(Gcc.build().driverOnSystemAllocator(Workload.REPLAY), trace, 20_000).status());
    }

    @Test
    void countsAreByClass(@TempDir Path folder) throws Exception {
        Path trace = Files.writeString(folder.resolve("t.txt"), """
                1: malloc 0x10 256
                2: calloc 0x20 4 4
                1: realloc 0x30 0x10 5000
                1: memalign 0x40 64 10
                1: free 0x20
                1: free 0x0
                1: free 0x30
                2: thread_done 0x0
                """);
        OperationCounts counts = OperationCounts.of(trace);
        assertEquals(1, counts.count(6, Call.MALLOC));
        assertEquals(1, counts.count(2, Call.CALLOC));
        assertEquals(1, counts.count(8, Call.REALLOC));
        assertEquals(1, counts.count(8, Call.MEMALIGN));
        for (int row : List.of(2, 8, 9)) {
            assertEquals(1, counts.count(row, Call.FREE), OperationCounts.rowName(row));
        }
        assertEquals(7, counts.total());
        assertEquals(2, counts.threads());
        for (String line : List.of("1: malloc 0x10", "1: mall 0x10 5", "1: malloc 0x10 five", "1:",
                "1: calloc 0x1 9999999999 9999999999")) {
            Path bad = Files.writeString(folder.resolve("bad.txt"), "1: malloc 0x50 5\n" + line + "\n");
            var refused = assertThrows(AllocatorException.class, () -> OperationCounts.of(bad), line);
            assertTrue(refused.getMessage().startsWith(bad + ":2: "), refused.getMessage());
        }
    }

    /** Runs a replay driver without warm-up. */
    static Execution replay(Path driver, Path trace, long operations) throws Exception {
        return Execution.of(driver, Long.toString(operations), "1", "1", "--warmup", "0", "--trace", trace.toString());
    }

    private static Execution record(Path trace, Map<String, String> environment, String... command) throws Exception {
        var all = new HashMap<String, String>();
        all.put("LD_PRELOAD", Gcc.build().recordAllocs().toString());
        all.put("CYCLECAST_ALLOCS_FILE", trace.toString());
        all.putAll(environment);
        return Execution.of(List.of(command), all);
    }
}
