package dev.cyclecast.calibration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole, or as they were before. */
public final class WholeFile {
    private WholeFile() {
    }

    /** Writes aside, then gives what was written its name; what could not be written to its end leaves nothing. */
    public static void write(Path file, byte[] content) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(aside, content);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
