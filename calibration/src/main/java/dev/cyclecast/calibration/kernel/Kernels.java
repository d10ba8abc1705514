package dev.cyclecast.calibration.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The shipped kernels, by group. */
final class Kernels {
    /** Multiples of it, modulo one, spread evenly however many there are. */
    private static final double GOLDEN = 0.6180339887498949;
    /** Kernels that show a setting, beyond which more tell little. */
    private static final int ENOUGH = 4;

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

    /**
     * Those of some kernels that tell most: for each setting, a few that show it, spread over the values of a parameter as
     * they stand in the files.
     */
    static List<Kernel> informative(List<Kernel> kernels) {
        List<Integer> spread = new ArrayList<>(IntStream.range(0, kernels.size()).boxed().toList());
        spread.sort(Comparator.comparingDouble(k -> k * GOLDEN % 1));
        Map<Setting, Integer> shown = new HashMap<>();
        Set<Integer> chosen = new TreeSet<>();
        for (int k : spread) {
            if (kernels.get(k).settings().stream().anyMatch(s -> shown.getOrDefault(s, 0) < ENOUGH)) {
                kernels.get(k).settings().forEach(s -> shown.merge(s, 1, Integer::sum));
                chosen.add(k);
            }
        }
        return chosen.stream().map(kernels::get).toList();
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
