package dev.cyclecast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;

/** A program that a test runs, with an environment of its own and both outputs captured. */
final class ChildProcess {
    /**
     * How it ended.
     *
     * @param exit its exit code
     * @param out  what it printed
     * @param err  what it complained about
     */
    record Result(int exit, String out, String err) {
    }

    private final Process process;
    private final CompletableFuture<String> out;
    private final CompletableFuture<String> err;

    private ChildProcess(Process process) {
        this.process = process;
        this.out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
        this.err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
    }

    /** Skips a test of a signal that programs which it starts would ignore, as this one does: a shell has what it runs in the background ignore SIGINT. */
    static void assumeHeard(String signal) throws IOException {
        int number = Map.of("INT", 2, "KILL", 9, "TERM", 15).get(signal);
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("SigIgn:")).findFirst().orElseThrow();
        long mask = Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16);
        Assumptions.assumeTrue((mask >>> number - 1 & 1) == 0, "this runs where SIG" + signal + " is ignored");
    }

    /** Starts a command in a folder. */
    static ChildProcess start(Path folder, Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return new ChildProcess(process);
    }

    /** Waits for its end. */
    Result await() throws InterruptedException {
        int exit = process.waitFor();
        return new Result(exit, out.join(), err.join());
    }

    private static String text(InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
