package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.SessionFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The programs of a validation, by variant, shape and code layout; built layout by layout. */
final class ProgramSet {
    private record Key(String variant, Shape shape, int layout) {
        String label() {
            return variant + "-" + shape.label() + "-layout" + layout;
        }
    }

    private final Programs programs;
    private final SessionFolder folder;
    private final Map<Key, Path> built = new LinkedHashMap<>();
    private int layouts;

    ProgramSet(Programs programs, SessionFolder folder) {
        this.programs = programs;
        this.folder = folder;
    }

    /** Builds variants in one layout, in both shapes, those that are not built yet. */
    void build(Collection<String> variants, int layout) {
        buildMissing(variants, layout);
    }

    /** Builds the next layout of all variants, in both shapes. */
    void buildNextLayout(Collection<String> variants) {
        buildMissing(variants, layouts);
        layouts++;
    }

    /** Number of layouts built of all variants. */
    int layouts() {
        return layouts;
    }

    /** The program of a variant as an arm. */
    Arm arm(String variant, Shape shape, int layout) {
        Key key = new Key(variant, shape, layout);
        return new Arm(key.label(), built.get(key), List.of());
    }

    /** Every program built, as arms. */
    List<Arm> arms() {
        return built.keySet().stream().map(k -> arm(k.variant(), k.shape(), k.layout())).toList();
    }

    private void buildMissing(Collection<String> variants, int layout) {
        List<Key> wanted = new ArrayList<>();
        for (Shape shape : Shape.values()) {
            variants.forEach(v -> wanted.add(new Key(v, shape, layout)));
        }
        wanted.removeIf(built::containsKey);
        try (ExecutorService compilers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            Map<Key, Future<Path>> running = new LinkedHashMap<>();
            wanted.forEach(k -> running.put(k, compilers.submit(() -> build(k))));
            running.forEach((k, f) -> built.put(k, await(f)));
        }
    }

    private Path build(Key key) {
        return programs.build(key.variant(), key.shape(), key.layout(), folder.folder("programs"));
    }

    private static Path await(Future<Path> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while programs were built", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
