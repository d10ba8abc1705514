package dev.cyclecast.calibration.methods;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the system that a method asks. */
final class Tool {
    private static final long LIMIT_MINUTES = 10;

    /**
     * What a run printed.
     *
     * @param out the result
     * @param err what was said beside it
     */
    record Output(String out, String err) {
    }

    private Tool() {
    }

    /** A program on the path. */
    static Optional<Path> find(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
    }

    /**
     * Runs a program.
     *
     * @throws CalibrationException if it cannot be started, takes too long, or fails
     */
    static Output run(List<String> command, String input) {
        String name = Path.of(command.getFirst()).getFileName().toString();
        try {
            Path folder = Files.createTempDirectory("cyclecast-method-");
            List<Path> files = Stream.of("in", "out", "err").map(folder::resolve).toList();
            try {
                Files.writeString(files.get(0), input);
                ProcessBuilder builder = new ProcessBuilder(command).redirectInput(files.get(0).toFile())
                        .redirectOutput(files.get(1).toFile()).redirectError(files.get(2).toFile());
                // The size of the environment moves the stack, and with it what hits the same cache set.
                builder.environment().keySet().retainAll(List.of("PATH"));
                builder.environment().put("LC_ALL", "C");
                int status = await(builder.start(), name);
                Output output = new Output(Files.readString(files.get(1)), Files.readString(files.get(2)));
                if (status != 0) {
                    throw new CalibrationException(name + " failed with exit code " + status + ": " + firstLine(output.err()));
                }
                return output;
            } finally {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new CalibrationException(name + " cannot be run: " + e.getMessage(), e);
        }
    }

    private static int await(Process process, String name) {
        try {
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                throw new CalibrationException(name + " was ended after " + LIMIT_MINUTES + " minutes");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while " + name + " ran", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The first line that says something. */
    static String firstLine(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("no message");
    }

    /** A command of a program and its arguments. */
    static List<String> command(Path program, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        return List.copyOf(command);
    }
}
