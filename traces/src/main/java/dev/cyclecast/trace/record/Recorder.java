package dev.cyclecast.trace.record;

import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.TraceHeader;
import dev.cyclecast.trace.decode.InstructionDecoder;
import dev.cyclecast.trace.store.TraceFileWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Records what a program executes, by running it unmodified under QEMU's user-mode emulator with our plug-in.
 *
 * <p>The program runs with a fixed environment, fixed random bytes and the emulator's fixed address space, so that the same
 * program with the same arguments yields the same file.
 */
public final class Recorder {
    private static final String EMULATOR = "qemu-x86_64";
    private static final String CPU = "max";

    private final OutputStream out;
    private final OutputStream err;
    private final boolean byInstruction;

    /** A recorder that passes on what the program prints to this process's own output. */
    public Recorder() {
        this(System.out, System.err);
    }

    /** A recorder that passes on what the program prints. */
    public Recorder(OutputStream out, OutputStream err) {
        this(out, err, false);
    }

    /** With a callback per instruction, the slow way that shows whether the fast one is right. */
    Recorder(OutputStream out, OutputStream err, boolean byInstruction) {
        this.out = out;
        this.err = err;
        this.byInstruction = byInstruction;
    }

    /**
     * Runs the program and writes its trace; the file appears only when the recording succeeded.
     *
     * @throws TraceException if a tool is missing, or the program cannot be run or recorded
     */
    public RecordSummary record(RecordRequest request) {
        Path emulator = Programs.find(EMULATOR);
        if (emulator == null) {
            throw new TraceException(EMULATOR + " is missing, under which programs are recorded; install it with"
                    + " `apt-get install qemu-user`");
        }
        Path program = program(request.command().getFirst());
        Path preload = request.preload() == null ? null : existing(request.preload(), "library to preload");
        Path plugin = RecorderPlugin.get();
        try (InstructionDecoder decoder = new InstructionDecoder();
             TraceFileWriter writer = new TraceFileWriter(request.output())) {
            return new Run(request, emulator, program, preload, plugin, decoder, writer).record();
        } catch (IOException e) {
            throw new TraceException(program + ": cannot be recorded (" + e.getMessage() + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TraceException(program + ": recording was interrupted", e);
        }
    }

    private static Path program(String name) {
        Path file = name.contains("/") ? Path.of(name) : Programs.find(name);
        if (file == null) {
            throw new TraceException(name + ": no such program on the PATH; name it with its folder");
        }
        return existing(file, "program");
    }

    private static Path existing(Path file, String what) {
        if (!Files.exists(file)) {
            throw new TraceException(file + ": no such " + what);
        }
        if (!Files.isRegularFile(file) || what.equals("program") && !Files.isExecutable(file)) {
            throw new TraceException(file + ": is not an executable file; build it, or set its mode with chmod +x");
        }
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new TraceException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** One recording. */
    private final class Run {
        private final RecordRequest request;
        private final Path emulator;
        private final Path program;
        private final Path preload;
        private final Path plugin;
        private final TraceFileWriter writer;
        private final LoadedFiles files = new LoadedFiles();
        private final CodeTable code;

        Run(RecordRequest request, Path emulator, Path program, Path preload, Path plugin, InstructionDecoder decoder,
            TraceFileWriter writer) {
            this.request = request;
            this.emulator = emulator;
            this.program = program;
            this.preload = preload;
            this.plugin = plugin;
            this.writer = writer;
            this.code = new CodeTable(decoder, writer);
        }

        RecordSummary record() throws IOException, InterruptedException {
            Window window = new Window(files.image(program), request.from(), request.to());
            long start = System.nanoTime();
            Path folder = Files.createTempDirectory("cyclecast");
            Path socket = folder.resolve("s");
            folder.toFile().deleteOnExit();
            socket.toFile().deleteOnExit();
            Process process = null;
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(socket));
                process = start(socket);
                process.onExit().thenRun(() -> closeQuietly(server));
                ProgramOutput stdout = ProgramOutput.bytes(process.getInputStream(), out);
                ProgramOutput stderr = ProgramOutput.lines(process.getErrorStream(), err);
                RawDecoder decoder;
                try (SocketChannel channel = accept(server, stderr)) {
                    decoder = new RawDecoder(new RawStream(channel), writer, code, files, window);
                    decoder.run();
                }
                int status = process.waitFor();
                stdout.await();
                check(status, decoder, stderr.await());
                window.check(decoder.opened(), decoder.closedBySymbol(), status);
                finish(decoder, window, status);
                return new RecordSummary(request.output(), writer.events(), writer.operations(),
                        Files.size(request.output()), (System.nanoTime() - start) / 1e9, status);
            } finally {
                if (process != null) {
                    process.destroyForcibly();
                }
                Files.deleteIfExists(socket);
                Files.deleteIfExists(folder);
            }
        }

        private Process start(Path socket) throws IOException {
            List<String> command = new ArrayList<>(List.of(emulator.toString(), "-cpu", CPU, "-seed", "1"));
            Map<String, String> environment = new TreeMap<>(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", "LC_ALL", "C"));
            environment.putAll(request.environment());
            if (preload != null) {
                environment.put("LD_PRELOAD", preload.toString());
            }
            Map<String, String> inherited = new TreeMap<>(environment);
            inherited.keySet().removeIf(Run::concernsEmulator);
            for (Map.Entry<String, String> e : environment.entrySet()) {
                if (concernsEmulator(e.getKey())) {
                    if (e.getValue().contains(",")) {
                        throw new TraceException(e.getKey() + "=" + e.getValue() + ": the emulator takes no comma here;"
                                + " use a path without one");
                    }
                    command.addAll(List.of("-E", e.getKey() + "=" + e.getValue()));
                }
            }
            command.addAll(List.of("-plugin", plugin.toString().replace(",", ",,") + ",socket="
                    + socket.toString().replace(",", ",,") + (byInstruction ? ",mode=instruction" : "")));
            command.addAll(List.of("-0", request.command().getFirst(), program.toString()));
            command.addAll(request.command().subList(1, request.command().size()));
            ProcessBuilder builder = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT);
            builder.environment().clear();
            builder.environment().putAll(inherited);
            return builder.start();
        }

        /** Variables that would act on the emulator itself if it had them in its own environment. */
        private static boolean concernsEmulator(String variable) {
            return variable.startsWith("LD_") || variable.startsWith("QEMU_") || variable.startsWith("GLIBC_");
        }

        private SocketChannel accept(ServerSocketChannel server, ProgramOutput stderr)
                throws IOException, InterruptedException {
            try {
                return server.accept();
            } catch (java.nio.channels.ClosedChannelException e) {
                String message = stderr.await();
                throw new TraceException(program + ": the emulator did not run it: "
                        + (message == null ? "no message" : message), e);
            }
        }

        private void check(int status, RawDecoder decoder, String message) {
            if (decoder.exited()) {
                return;
            }
            String said = message == null ? "" : " (" + message + ")";
            if (status == 128 + 4) {
                throw new TraceException(program + ": died of SIGILL: it has instructions that the emulator lacks, as"
                        + " -march=native makes; build it with -march=x86-64-v3");
            }
            throw new TraceException(program + (status > 128 ? ": died of signal " + (status - 128)
                    : ": left the emulator with status " + status + " without ending, or ran another program in its place")
                    + " while it was recorded" + said + "; see whether it runs by itself");
        }

        private void finish(RawDecoder decoder, Window window, int status) throws IOException {
            List<LoadedFile> modules = new ArrayList<>();
            addFile(program, modules);
            if (preload != null) {
                addFile(preload, modules);
            }
            int own = modules.size();
            for (LoadedFile f : files.files()) {
                if (!modules.contains(f) && ran(f)) {
                    modules.add(f);
                }
            }
            ImageBuilder image = new ImageBuilder(code, modules, own);
            if (!decoder.counted()) {
                writer.countFromStart();
            }
            Map<String, String> facts = new LinkedHashMap<>(HostFacts.read(emulator));
            facts.put("recorder", "Cyclecast plug-in " + plugin.getParent().getFileName());
            facts.put("cpu", CPU + " (as emulated)");
            facts.put("from", window.from());
            facts.put("to", decoder.closedBySymbol() ? window.to() : "exit");
            facts.put("count", decoder.counted() ? Landmarks.COUNT : "all: the program has no " + Landmarks.COUNT
                    + " in the recorded part");
            facts.put("exitStatus", Integer.toString(status));
            if (preload != null) {
                facts.put("preload", preload.getFileName().toString());
            }
            TraceHeader header = new TraceHeader(1, program.getFileName().toString(),
                    request.command().subList(1, request.command().size()), Landmarks.OPERATIONS, decoder.threadPointer(),
                    facts);
            writer.finish(header, image.build(), image.numbers());
        }

        private void addFile(Path path, List<LoadedFile> modules) {
            for (LoadedFile f : files.files()) {
                if (f.elf().path().equals(path)) {
                    modules.add(f);
                    return;
                }
            }
        }

        private boolean ran(LoadedFile file) {
            for (int i = 0; i < code.size(); i++) {
                if (file.contains(code.instruction(i).address())) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void closeQuietly(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
