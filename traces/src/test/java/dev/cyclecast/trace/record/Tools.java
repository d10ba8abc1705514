package dev.cyclecast.trace.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cyclecast.trace.MemoryTrace;
import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.TraceReader;
import dev.cyclecast.trace.decode.InstructionDecoder;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
        List<String> command = new ArrayList<>(List.of("-O2", "-Wall", "-Wextra", "-Werror", "-pthread"));
        command.addAll(List.of(flags));
        return compile(folder.resolve(name + String.join("", flags).replaceAll("[^a-z0-9]", "")), command,
                List.of(home().resolve("traces/src/test/c/" + name + ".c")));
    }

    /** Compiles the allocator's driver, as a program of some size; skips the test where it is not there. */
    static Path compileDriver(Path folder) throws Exception {
        Path sources = home().resolve("allocator/src/main/c");
        List<Path> files = Stream.of("hakmem.c", "random_mixed.c", "driver.c", "pressure.c").map(sources::resolve).toList();
        assumeTrue(files.stream().allMatch(Files::exists), "the allocator's driver is missing");
        return compile(folder.resolve("random_mixed"), List.of("-O2", "-march=x86-64-v3", "-fno-builtin", "-pthread",
                "-fno-tree-loop-distribute-patterns"), files);
    }

    private static Path home() {
        return Path.of(System.getProperty("cyclecast.home"));
    }

    private static Path compile(Path program, List<String> flags, List<Path> sources) throws Exception {
        List<String> command = new ArrayList<>(List.of("gcc", "-std=gnu17"));
        command.addAll(flags);
        command.addAll(List.of("-o", program.toString()));
        sources.forEach(s -> command.add(s.toString()));
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
