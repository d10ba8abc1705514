package dev.cyclecast.calibration.host;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.SessionFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Small programs of our own in C, for what Java cannot ask of a machine. */
public final class OwnTool {
    private static final int HASH_DIGITS = 16;

    private OwnTool() {
    }

    /** The program of a name, compiled from the sources of the repository at home, once for each version of them. */
    public static Path build(Path home, String name) {
        Path source = home.resolve("calibration/src/main/c").resolve(name + ".c");
        Path folder = home.resolve("build/calibration");
        Path result = folder.resolve(name + "-" + SessionFolder.sha256(source).substring(0, HASH_DIGITS));
        if (!Files.isExecutable(result)) {
            compile(source, folder, result);
        }
        return result;
    }

    private static void compile(Path source, Path folder, Path result) {
        try {
            Files.createDirectories(folder);
            Path aside = Files.createTempFile(folder, "tool", ".partial");
            try {
                Process gcc = new ProcessBuilder("gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o",
                        aside.toString(), source.toString()).redirectErrorStream(true).start();
                String output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (gcc.waitFor() != 0) {
                    throw new CalibrationException(source + ": gcc cannot compile it into " + folder + ": " + output.strip());
                }
                Files.move(aside, result, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw new CalibrationException(source + ": cannot be compiled (" + e.getMessage() + "); it takes gcc and a writable "
                    + folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while " + source + " was compiled", e);
        }
    }
}
