package dev.cyclecast.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The traces that come with the project. */
final class ShippedTraces {
    private ShippedTraces() {
    }

    /** All of them, the plain workload first: names grow with what is added to it. */
    static List<Path> list() throws IOException {
        Path folder = Path.of(System.getProperty("cyclecast.home"), "traces", "recorded");
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> traces = Files.newDirectoryStream(folder, "*.cct")) {
                traces.forEach(found::add);
            }
        }
        if (found.isEmpty()) {
            throw new InputException(folder + ": holds no traces; name one that you recorded");
        }
        found.sort(Comparator.comparing((Path p) -> name(p).length()).thenComparing(ShippedTraces::name));
        return found;
    }

    /** A trace's name: that of its file, without the ending. */
    static String name(Path file) {
        return file.getFileName().toString().replaceFirst("\\.cct$", "");
    }
}
