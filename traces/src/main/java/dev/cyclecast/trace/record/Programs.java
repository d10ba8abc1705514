package dev.cyclecast.trace.record;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where programs are found: on the PATH. */
final class Programs {
    private Programs() {
    }

    /** The executable file of this name, or null. */
    static Path find(String name) {
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "/usr/bin:/bin" : path).split(":")) {
            Path file = Path.of(folder.isEmpty() ? "." : folder, name);
            if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                return file.toAbsolutePath();
            }
        }
        return null;
    }
}
