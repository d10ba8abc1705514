package dev.cyclecast.calibration.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The shipped kernels, by group. */
final class Kernels {
    private Kernels() {
    }

    /** Names of the groups. */
    static List<String> groups() {
        return text("groups.txt").lines().toList();
    }

    /** All kernels, group by group. */
    static List<Kernel> all() {
        List<Kernel> kernels = new ArrayList<>();
        for (String group : groups()) {
            kernels.addAll(KernelParser.parse(group, text(group + ".txt")));
        }
        return List.copyOf(kernels);
    }

    /** A shipped file. */
    static String text(String name) {
        try (InputStream in = Kernels.class.getResourceAsStream("/kernels/" + name)) {
            if (in == null) {
                throw new IllegalStateException("/kernels/" + name + " is not among the resources");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
