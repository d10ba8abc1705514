package dev.cyclecast.trace.record;

import dev.cyclecast.trace.TraceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The emulator's plug-in, compiled from its source on first use and kept under {@code build/recorder}. */
final class RecorderPlugin {
    private static final String SOURCE = "recorder_plugin.c";
    private static final List<String> FLAGS = List.of("-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
            "-fvisibility=hidden");

    private RecorderPlugin() {
    }

    /** The compiled plug-in. */
    static Path get() {
        String home = System.getProperty("cyclecast.home");
        if (home == null) {
            throw new TraceException("system property cyclecast.home is not set; it names the folder that holds build/");
        }
        byte[] source = source();
        Path folder = Path.of(home, "build", "recorder", hash(source).substring(0, 16));
        Path library = folder.resolve("recorder_plugin.so");
        if (!Files.exists(library)) {
            compile(source, folder, library);
        }
        return library;
    }

    private static byte[] source() {
        try (InputStream in = RecorderPlugin.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IllegalStateException(SOURCE + " is not in this program");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hash(byte[] source) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(String.join(" ", FLAGS).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void compile(byte[] source, Path folder, Path library) {
        Path gcc = Programs.find("gcc");
        if (gcc == null) {
            throw new TraceException("gcc is missing, which compiles the recorder; install it with `apt-get install gcc"
                    + " libc6-dev`");
        }
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve(SOURCE);
            Files.write(file, source);
            Path made = Files.createTempFile(folder, "recorder", ".so");
            List<String> command = new java.util.ArrayList<>(List.of(gcc.toString()));
            command.addAll(FLAGS);
            command.addAll(List.of("-o", made.toString(), file.toString()));
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                Files.deleteIfExists(made);
                throw new TraceException(file + ": gcc cannot compile it: " + output.lines().findFirst().orElse("no message"));
            }
            Files.move(made, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new TraceException(folder + ": cannot be written (" + e + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TraceException("interrupted while gcc compiled the recorder", e);
        }
    }
}
