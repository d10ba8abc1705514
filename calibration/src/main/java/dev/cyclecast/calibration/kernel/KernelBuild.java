package dev.cyclecast.calibration.kernel;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * Builds kernels as static programs with gcc, each at most once: a program lies under a name with a hash of its source, the
 * harness, the flags and the compiler, and appears there only when it is complete.
 */
final class KernelBuild {
    private static final List<String> FLAGS = List.of("-std=gnu17", "-O2", "-march=x86-64-v3", "-ffreestanding",
            "-fno-stack-protector", "-fno-pie", "-ftls-model=local-exec", "-fcf-protection=none", "-Wall", "-Wextra", "-Werror");
    private static final int KEY_DIGITS = 16;

    private final Path cache;
    private final String compiler;
    private final String harness = Kernels.text("harness.c");

    /** Builds into a folder. */
    KernelBuild(Path cache) {
        this.cache = cache;
        compiler = run("gcc", "-v") + run("as", "--version").lines().findFirst().orElse("")
                + run("ld", "--version").lines().findFirst().orElse("");
    }

    /** The program of a kernel. */
    Path program(Kernel kernel) {
        String source = KernelSource.of(kernel);
        return make(kernel.name() + "-" + key(source), aside -> {
            Path assembly = Files.writeString(Path.of(aside + ".s"), source);
            Path object = Path.of(aside + ".o");
            try {
                run("as", "-o", object.toString(), assembly.toString());
                run("ld", "-static", "-o", aside.toString(), object.toString(), harness().toString());
            } finally {
                Files.deleteIfExists(assembly);
                Files.deleteIfExists(object);
            }
        });
    }

    private Path harness() {
        return make("harness-" + key("") + ".o", aside -> {
            Path source = Files.writeString(Path.of(aside + ".c"), harness);
            try {
                List<String> command = new ArrayList<>(List.of("gcc"));
                command.addAll(FLAGS);
                command.addAll(List.of("-c", source.toString(), "-o", aside.toString()));
                run(command.toArray(String[]::new));
            } finally {
                Files.deleteIfExists(source);
            }
        });
    }

    private interface Maker {
        void make(Path target) throws IOException;
    }

    private Path make(String name, Maker maker) {
        Path result = cache.resolve(name);
        if (Files.exists(result)) {
            return result;
        }
        try {
            Files.createDirectories(cache);
            Path aside = cache.resolve("." + UUID.randomUUID() + ".partial");
            try {
                maker.make(aside);
                Files.move(aside, result, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
            return result;
        } catch (IOException e) {
            throw new CalibrationException(result + ": cannot be written (" + e.getMessage()
                    + "); see owner, mode and free space of the folder", e);
        }
    }

    private String key(String source) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(source, harness, FLAGS.toString(), compiler)) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, KEY_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static String run(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CalibrationException(command[0] + " failed while kernels were built: " + output.lines()
                        .filter(l -> l.contains("rror")).findFirst().orElse(output.lines().findFirst().orElse("no message")));
            }
            return output;
        } catch (IOException e) {
            throw new CalibrationException(command[0] + " cannot be run (" + e.getMessage()
                    + "); kernels are built with it: apt-get install gcc binutils", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while kernels were built", e);
        }
    }
}
