package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.CoreProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What others measured on real cores, beside what a shipped profile makes of the same experiment: a check of the model that
 * needs no such core. Nothing is fitted to it.
 */
public final class PublishedCosts {
    private static final double SHARE_TOLERANCE = 0.1;
    private static final double LEAST_TOLERANCE = 0.05;

    /**
     * One published figure.
     *
     * @param core   name of the core that it was measured on
     * @param kernel name of the kernel that makes the same experiment
     * @param low    least cycles per unit that the source gives
     * @param high   greatest
     * @param source key of the source, as in the profiles
     */
    record Figure(String core, String kernel, double low, double high, String source) {
    }

    /**
     * One published figure and what the model says.
     *
     * @param kernel   name of the kernel
     * @param observes what the kernel shows
     * @param unit     what cycles are given per
     * @param low      least published cycles per unit
     * @param high     greatest
     * @param source   key of the source
     * @param modelled cycles per unit on the shipped profile
     */
    public record Row(String kernel, String observes, String unit, double low, double high, String source, double modelled) {
        /** Cycles by which the model lies outside the published range; negative below it. */
        public double missCycles() {
            return modelled < low ? modelled - low : Math.max(0, modelled - high);
        }

        /** Whether the miss is within a tenth of the figure, or a twentieth of a cycle. */
        public boolean holds() {
            return Math.abs(missCycles()) <= Math.max(LEAST_TOLERANCE, SHARE_TOLERANCE * high);
        }
    }

    private PublishedCosts() {
    }

    /**
     * Every figure that is published of a core; builds and records the kernels that are not there yet.
     *
     * @param home root of the repository, under whose {@code build/} kernels are kept
     */
    public static List<Row> of(CoreProfile core, Path home, Consumer<String> progress) {
        List<Figure> figures = figures().stream().filter(f -> f.core().equals(core.name())).toList();
        Map<String, Kernel> kernels = kernels();
        KernelBuild build = new KernelBuild(home.resolve("build/kernels"));
        AtomicInteger done = new AtomicInteger();
        return figures.stream().parallel().map(f -> {
            progress.accept("replaying kernels: " + done.incrementAndGet() + " of " + figures.size() + " ...");
            Kernel kernel = kernels.get(f.kernel());
            try (KernelReplay replay = new KernelReplay(kernel, build.program(kernel))) {
                return new Row(f.kernel(), kernel.observes(), kernel.unit(), f.low(), f.high(), f.source(), replay.cost(core));
            }
        }).toList();
    }

    /** All figures, in the order of the file. */
    static List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        for (String line : Kernels.text("published.txt").lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                List<String> words = List.of(line.strip().split("\\s+"));
                List<String> cores = words.stream().takeWhile(CoreProfile.names()::contains).toList();
                String kernel = words.get(cores.size());
                double low = Double.parseDouble(words.get(cores.size() + 1));
                double high = Double.parseDouble(words.get(words.size() - 2));
                cores.forEach(core -> figures.add(new Figure(core, kernel, low, high, words.getLast())));
            }
        }
        return List.copyOf(figures);
    }

    private static Map<String, Kernel> kernels() {
        return Kernels.all().stream().collect(Collectors.toMap(Kernel::name, Function.identity()));
    }
}
