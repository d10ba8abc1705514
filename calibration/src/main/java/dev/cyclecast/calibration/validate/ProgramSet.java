package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.SideBySide;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

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
        List<Path> made = SideBySide.make(wanted.stream().map(k -> (Supplier<Path>) () -> build(k)).toList());
        for (int i = 0; i < wanted.size(); i++) {
            built.put(wanted.get(i), made.get(i));
        }
    }

    private Path build(Key key) {
        return programs.build(key.variant(), key.shape(), key.layout(), folder.folder("programs"));
    }
}
