package dev.cyclecast.trace.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryTrace;
import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.TraceReader;
import dev.cyclecast.trace.TraceSummary;
import dev.cyclecast.trace.Variable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecorderTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void tools() {
        Tools.require();
    }

    /** Where glibc 2.36 keeps the thread's number, which differs from run to run. */
    private static final String THREAD_ID = "%fs:0x2d0";

    private static String textAt(MemoryTrace trace, int event) {
        Instruction instruction = trace.image().instructions().get(trace.events().instruction[event]);
        return instruction.text() + instruction.address();
    }

    private static void assertSameEvents(MemoryTrace expected, MemoryTrace actual) {
        EventBatch e = expected.events();
        EventBatch a = actual.events();
        int n = Math.min(e.size, a.size);
        for (int i = 0; i < n; i++) {
            Instruction instruction = expected.image().instructions().get(e.instruction[i]);
            String where = "event " + i + ", " + instruction.text() + " at 0x" + Long.toHexString(instruction.address());
            assertEquals(instruction.text() + instruction.address(), textAt(actual, i), where);
            assertEquals(e.address0[i], a.address0[i], where);
            assertEquals(e.address1[i], a.address1[i], where);
            if (!instruction.text().contains(THREAD_ID)) {
                assertEquals(e.value[i], a.value[i], where);
            }
        }
        assertEquals(e.size, a.size);
        assertArrayEquals(Arrays.copyOf(e.markAt, e.marks), Arrays.copyOf(a.markAt, a.marks));
        assertArrayEquals(Arrays.copyOf(e.markKind, e.marks), Arrays.copyOf(a.markKind, a.marks));
        assertArrayEquals(Arrays.copyOf(e.markValue, e.marks), Arrays.copyOf(a.markValue, a.marks));
    }

    @ParameterizedTest
    @CsvSource({"corners,-static,", "corners,-g,", "marks,-fno-builtin,", "variables,-g,exit"})
    void recordingByBlocksEqualsRecordingByInstructions(String name, String flag, String to) throws Exception {
        Path program = Tools.compile(folder, name, flag);
        RecordRequest request = Tools.request(folder.resolve(name + flag + ".cct"), program, null, to);
        assertSameEvents(Tools.trace(request, true), Tools.trace(request, false));
    }

    @Test
    void theDriverUnderPressureEqualsRecordingByInstructions() throws Exception {
        Path program = Tools.compileDriver(folder);
        RecordRequest request = Tools.request(folder.resolve("driver.cct"), program, null, null, "2000", "400", "1",
                "--skip", "3000", "--warmup", "100", "--pressure", "48");
        assertSameEvents(Tools.trace(request, true), Tools.trace(request, false));
    }

    @Test
    void wholeRunOfADynamicProgramEqualsRecordingByInstructions() throws Exception {
        Path program = Tools.compile(folder, "corners", "-g");
        RecordRequest request = Tools.request(folder.resolve("whole.cct"), program, "_start", "cyclecast_record_end");
        assertSameEvents(Tools.trace(request, true), Tools.trace(request, false));
    }

    @Test
    void stringInstructionsAreOneEventWithTheirIterations() throws Exception {
        Path program = Tools.compile(folder, "corners", "-static");
        MemoryTrace trace = Tools.trace(Tools.request(folder.resolve("rep.cct"), program, null, null), false);
        assertEquals(List.of(0, 3, 6, 9), valuesOf(trace, "movsb"));
        assertEquals(4, valuesOf(trace, "scasb").size());
        EventBatch events = trace.events();
        for (int i = 0; i < events.size; i++) {
            Instruction instruction = trace.image().instructions().get(events.instruction[i]);
            if (instruction.mnemonic().equals("cmpsb")) {
                assertEquals(globalAddress(trace, "source"), events.address0[i]);
                assertEquals(globalAddress(trace, "target"), events.address1[i]);
            } else if (instruction.mnemonic().equals("movsb") && events.value[i] > 0) {
                assertEquals(globalAddress(trace, "source"), events.address0[i]);
                assertEquals(globalAddress(trace, "target"), events.address1[i]);
            } else if (instruction.mnemonic().startsWith("vmovdqu")) {
                assertEquals(instruction.loads() ? globalAddress(trace, "source") : globalAddress(trace, "target"),
                        events.address0[i]);
            }
        }
    }

    @Test
    void instructionsAcrossPagesAreExecutedOnce() throws Exception {
        Path program = Tools.compile(folder, "corners", "-static");
        MemoryTrace trace = Tools.trace(Tools.request(folder.resolve("pages.cct"), program, null, null), false);
        long across = trace.image().instructions().stream()
                .filter(i -> i.address() >>> 12 != i.end() - 1 >>> 12).count();
        assertTrue(across > 0, "no instruction lies across a page end");
        int calls = 4;
        int iterations = 5;
        assertEquals(calls * iterations, valuesOf(trace, "lea", "across_pages").size());
        assertEquals(calls * iterations, valuesOf(trace, "add", "across_pages").size() / 2);
    }

    private static List<Integer> valuesOf(MemoryTrace trace, String mnemonic) {
        return valuesOf(trace, mnemonic, null);
    }

    private static List<Integer> valuesOf(MemoryTrace trace, String mnemonic, String function) {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < trace.events().size; i++) {
            int number = trace.events().instruction[i];
            if (trace.image().instructions().get(number).mnemonic().equals(mnemonic)
                    && (function == null || trace.image().functionName(number).equals(function))) {
                values.add(trace.events().value[i]);
            }
        }
        return values;
    }

    private static long globalAddress(MemoryTrace trace, String name) {
        return trace.image().variables().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow().address();
    }

    @Test
    void theSameProgramYieldsTheSameBytes() throws Exception {
        Path program = Tools.compile(folder, "variables", "-g");
        Path first = folder.resolve("first.cct");
        Path second = folder.resolve("second.cct");
        Tools.record(Tools.request(first, program, "_start", "exit"), false);
        Tools.record(Tools.request(second, program, "_start", "exit"), false);
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void operationsAreTheOutermostCalls() throws Exception {
        Path program = Tools.compile(folder, "marks", "-fno-builtin");
        MemoryTrace trace = Tools.trace(Tools.request(folder.resolve("marks.cct"), program, null, null), false);
        List<String> seen = new ArrayList<>();
        EventBatch events = trace.events();
        int open = -1;
        for (int m = 0; m < events.marks; m++) {
            String name = trace.header().operations().get(events.markValue[m]);
            switch (events.markKind[m]) {
                case EventBatch.BEGIN -> {
                    assertEquals(-1, open, "begins inside another operation");
                    open = events.markValue[m];
                    seen.add(name);
                    assertEquals(name, trace.image().functionName(events.instruction[events.markAt[m]]));
                }
                case EventBatch.END -> {
                    assertEquals(open, events.markValue[m]);
                    open = -1;
                    String back = trace.image().functionName(events.instruction[events.markAt[m]]);
                    assertTrue(List.of("main", "_setjmp", "longjmp").contains(back) || back.startsWith("["), back);
                }
                default -> seen.add("COUNT");
            }
        }
        assertEquals(-1, open);
        assertEquals(List.of("malloc", "free", "COUNT", "calloc", "free", "aligned_alloc", "free", "malloc", "free", "malloc",
                "realloc", "free", "malloc", "malloc", "free"), seen);
    }

    @Test
    void variablesAndSmallValues() throws Exception {
        Path program = Tools.compile(folder, "variables", "-g");
        MemoryTrace trace = Tools.trace(Tools.request(folder.resolve("variables.cct"), program, null, null), false);
        assertEquals(List.of(-1, 0), valuesOfVariable(trace, "unset"));
        assertEquals(List.of(41, 42), valuesOfVariable(trace, "counter"));
        Variable unset = trace.image().variables().stream().filter(v -> v.name().equals("unset")).findFirst().orElseThrow();
        assertEquals(Variable.Storage.THREAD_LOCAL, unset.storage());
        assertTrue(unset.address() < 0 && unset.size() == 4);
        assertTrue(trace.header().threadPointer() != 0);
        for (int i = 0; i < trace.events().size; i++) {
            Instruction instruction = trace.image().instructions().get(trace.events().instruction[i]);
            if (!instruction.memory().isEmpty() && instruction.memory().getFirst().variable() >= 0 && trace.image()
                    .variables().get(instruction.memory().getFirst().variable()).equals(unset)) {
                assertEquals(trace.header().threadPointer() + unset.address(), trace.events().address0[i]);
            }
        }
    }

    private static List<Integer> valuesOfVariable(MemoryTrace trace, String name) {
        return IntStream.range(0, trace.events().size).filter(i -> {
            Instruction instruction = trace.image().instructions().get(trace.events().instruction[i]);
            return instruction.loads() && instruction.memory().getFirst().variable() >= 0 && trace.image().variables()
                    .get(instruction.memory().getFirst().variable()).name().equals(name);
        }).mapToObj(i -> trace.events().value[i]).toList();
    }

    @Test
    void countsFromTheStartWithoutACountMark() throws Exception {
        Path program = Tools.compile(folder, "variables", "-g");
        Path output = folder.resolve("count.cct");
        RecordSummary recorded = Tools.record(Tools.request(output, program, null, null), false);
        try (TraceReader reader = TraceReader.open(output)) {
            TraceSummary summary = TraceSummary.of(reader);
            assertEquals(summary.instructions(), summary.countedInstructions());
            assertEquals(recorded.instructions(), summary.instructions());
            assertTrue(summary.facts().get("count").startsWith("all"));
            assertEquals("variables", summary.program().substring(0, 9));
            assertTrue(summary.top().stream().anyMatch(f -> f.name().equals("look")));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "thread  | starts a second thread",
        "illegal | died of SIGILL: it has instructions that the emulator lacks, as -march=native makes; build it with -march=x86-64-v3",
        "fault   | died of signal 11",
        "rewrite | changed while the program ran",
        "exec    | ran another program in its place"})
    void programsThatCannotBeRecordedAreRefusedInOneLine(String how, String message) throws Exception {
        Path program = Tools.compile(folder, "trouble", "-g");
        Path output = Files.createDirectory(folder.resolve(how)).resolve("out.cct");
        TraceException e = assertThrows(TraceException.class,
                () -> Tools.record(Tools.request(output, program, null, null, how), false));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertNothingLeft(output);
    }

    private static void assertNothingLeft(Path output) throws Exception {
        try (var files = Files.list(output.getParent())) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void childProcessesAreLeftOut() throws Exception {
        Path program = Tools.compile(folder, "trouble", "-g");
        RecordSummary summary = Tools.record(Tools.request(folder.resolve("fork.cct"), program, null, null, "fork"), false);
        assertEquals(0, summary.operations());
        assertEquals(7, summary.exitStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no_such_function", "never_called"})
    void absentWindowSymbols(String symbol) throws Exception {
        Path program = Tools.compile(folder, "trouble", "-g");
        Path output = Files.createDirectory(folder.resolve(symbol)).resolve("out.cct");
        assertTrue(assertThrows(TraceException.class, () -> Tools.record(Tools.request(output, program, symbol, null), false))
                .getMessage().contains(symbol));
        assertTrue(assertThrows(TraceException.class, () -> Tools.record(Tools.request(output, program, null, symbol), false))
                .getMessage().contains(symbol));
        assertNothingLeft(output);
    }

    @Test
    void badPrograms() throws Exception {
        Path output = Files.createDirectory(folder.resolve("bad")).resolve("out.cct");
        Path text = Files.writeString(folder.resolve("text"), "hello");
        Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\n");
        assertTrue(script.toFile().setExecutable(true));
        for (Map.Entry<String, String> bad : Map.of("/no/such/program", "no such program", "no-such-program-anywhere",
                "no such program on the PATH", text.toString(), "is not an executable file", script.toString(),
                "not an ELF program").entrySet()) {
            TraceException e = assertThrows(TraceException.class,
                    () -> Tools.record(RecordRequest.of(output, List.of(bad.getKey())), false));
            assertTrue(e.getMessage().contains(bad.getValue()), e.getMessage());
        }
        assertNothingLeft(output);
        Path program = Tools.compile(folder, "variables", "-g");
        assertThrows(TraceException.class, () -> Tools.record(RecordRequest.of(Path.of("/no/such/folder/out.cct"),
                List.of(program.toString())), false));
    }
}
