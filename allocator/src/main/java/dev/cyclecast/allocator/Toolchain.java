package dev.cyclecast.allocator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The C compiler and the linkers of this machine. */
final class Toolchain {
    private final String version;

    private Toolchain(String version) {
        this.version = version;
    }

    /** The installed tool chain; an error that names the Debian package if the compiler is missing. */
    static Toolchain find() {
        require("gcc", "gcc");
        String gcc = run(List.of("gcc", "-v"));
        String assembler = run(List.of("gcc", "-Wa,--version", "-x", "assembler", "-c", "/dev/null", "-o", "/dev/null"));
        return new Toolchain(gcc + assembler.lines().findFirst().orElse(""));
    }

    /** Whether the tool is on the path. */
    static boolean isInstalled(String tool) {
        return locate(tool).isPresent();
    }

    /** Whether the compiler finds a library of that file name. */
    boolean hasLibrary(String name) {
        return Files.exists(Path.of(run(List.of("gcc", "-print-file-name=" + name)).trim()));
    }

    /** What the compiler and the assembler say about themselves; part of the key of everything built. */
    String version() {
        return version;
    }

    /** Runs gcc with these arguments. */
    void gcc(List<String> arguments) {
        var command = new ArrayList<String>();
        command.add("gcc");
        command.addAll(arguments);
        run(command);
    }

    /** The function sections of an object file, in their order. */
    List<String> functionSections(Path object) {
        require("readelf", "binutils");
        return run(List.of("readelf", "-SW", object.toString())).lines()
                .flatMap(line -> Stream.of(line.trim().split("\\s+")).filter(word -> word.startsWith(".text.")))
                .toList();
    }

    /** An error that names the Debian package, if the tool is not on the path. */
    static void require(String tool, String debianPackage) {
        if (!isInstalled(tool)) {
            throw new AllocatorException(tool + " is not installed, and building the allocator needs it: apt-get install "
                    + debianPackage);
        }
    }

    private static Optional<Path> locate(String tool) {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String run(List<String> command) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new AllocatorException(command.getFirst() + " failed with status " + status + ": " + complaint(output));
            }
            return output;
        } catch (IOException e) {
            throw new AllocatorException("cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AllocatorException("interrupted while running " + command.getFirst(), e);
        }
    }

    /** The line of a tool's output that says what is wrong. */
    private static String complaint(String output) {
        return output.lines().filter(line -> line.contains("error")).findFirst()
                .or(() -> output.lines().filter(line -> !line.isBlank()).findFirst())
                .orElse("no message");
    }
}
