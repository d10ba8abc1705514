package dev.cyclecast.trace.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cyclecast.trace.MemoryTrace;
import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.TraceReader;
import dev.cyclecast.trace.decode.InstructionDecoder;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What tests of recording share: the tools they need, small C programs, recordings of them. */
final class Tools {
    private Tools() {
    }

    /** Skips the test if a tool is missing, and says which. */
    static void require() {
        for (String tool : List.of("gcc", "qemu-x86_64")) {
            assumeTrue(Programs.find(tool) != null, tool + " is missing");
        }
        String missing = null;
        try (InstructionDecoder decoder = new InstructionDecoder()) {
            assertEquals("nop", decoder.decode(0, new byte[] {(byte) 0x90}, 1).mnemonic());
        } catch (TraceException e) {
            missing = e.getMessage();
        }
        assumeTrue(missing == null, missing);
    }

    /** Compiles one of the programs in {@code src/test/c}. */
    static Path compile(Path folder, String name, String... flags) throws Exception {
        Path source = Path.of(System.getProperty("cyclecast.home"), "traces", "src", "test", "c", name + ".c");
        Path program = folder.resolve(name + String.join("", flags).replaceAll("[^a-z0-9]", ""));
        List<String> command = new ArrayList<>(List.of("gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror"));
        command.addAll(List.of(flags));
        command.addAll(List.of("-o", program.toString(), source.toString(), "-pthread"));
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(gcc.getInputStream().readAllBytes());
        assertEquals(0, gcc.waitFor(), output);
        return program;
    }

    /** Records without showing what the program prints. */
    static RecordSummary record(RecordRequest request, boolean byInstruction) {
        return new Recorder(OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), byInstruction).record(request);
    }

    static RecordRequest request(Path output, Path program, String from, String to, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return new RecordRequest(output, command, from, to, null, Map.of());
    }

    /** Records and reads back. */
    static MemoryTrace trace(RecordRequest request, boolean byInstruction) {
        record(request, byInstruction);
        try (TraceReader reader = TraceReader.open(request.output())) {
            return MemoryTrace.of(reader);
        }
    }
}
