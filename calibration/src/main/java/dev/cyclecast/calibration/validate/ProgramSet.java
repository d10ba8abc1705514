package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.SideBySide;
import dev.cyclecast.calibration.ab.Slices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The programs of a validation, by variant, shape, load and code layout; built layout by layout. */
final class ProgramSet {
    static final String HASHES = "programs.json";

    /** Which program. */
    record Key(String variant, Shape shape, Load load, int layout) {
        String label() {
            return variant + "-" + shape.label() + "-" + load.id() + "-layout" + layout;
        }
    }

    /** SHA-256 of each program built, by label. */
    record Hashes(Map<String, String> sha256) {
    }

    private final Programs programs;
    private final SessionFolder folder;
    private final List<Load> loads;
    private final Map<Key, Path> built = new LinkedHashMap<>();
    private final Map<String, String> hashes;

    ProgramSet(Programs programs, SessionFolder folder, List<Load> loads) {
        this.programs = programs;
        this.folder = folder;
        this.loads = loads;
        hashes = new TreeMap<>(Files.exists(folder.file(HASHES)) ? folder.read(HASHES, Hashes.class).sha256() : Map.of());
    }

    /** Builds variants in one layout, in both shapes, for all loads, those that are not built yet. */
    void build(Collection<String> variants, int layout) {
        List<Key> wanted = new ArrayList<>();
        for (Shape shape : Shape.values()) {
            variants.forEach(v -> wanted.add(new Key(v, shape, loads.getFirst(), layout)));
        }
        wanted.removeIf(built::containsKey);
        // Loads share what is compiled for them, so they are built one after the other.
        List<Map<Key, Path>> made = SideBySide.make(wanted.stream().map(k -> (Supplier<Map<Key, Path>>) () -> build(k)).toList());
        Map<Path, String> known = new LinkedHashMap<>();
        made.forEach(all -> all.forEach((key, program) -> {
            built.put(key, program);
            check(key, program, known.computeIfAbsent(program, SessionFolder::sha256));
        }));
        folder.write(HASHES, new Hashes(hashes));
    }

    private Map<Key, Path> build(Key any) {
        Map<Key, Path> made = new LinkedHashMap<>();
        for (Load load : loads) {
            Key key = new Key(any.variant(), any.shape(), load, any.layout());
            made.put(key, programs.build(key.variant(), key.shape(), load, key.layout(), folder.folder("programs")));
        }
        return made;
    }

    private void check(Key key, Path program, String hash) {
        String before = hashes.putIfAbsent(key.label(), hash);
        if (before != null && !before.equals(hash)) {
            throw new CalibrationException(program + ": " + key.label()
                    + " is not the program that this session built before; start another session");
        }
    }

    /** The executable of a variant. */
    Path program(String variant, Shape shape, Load load, int layout) {
        return built.get(new Key(variant, shape, load, layout));
    }

    /** SHA-256 of the executable of a variant. */
    String hash(String variant, Shape shape, Load load, int layout) {
        return hashes.get(new Key(variant, shape, load, layout).label());
    }

    /** The program of a variant as an arm that does some operations. */
    Arm arm(String variant, Shape shape, Load load, int layout, long operations) {
        Key key = new Key(variant, shape, load, layout);
        List<String> arguments = new ArrayList<>(programs.arguments(load, operations));
        arguments.addAll(Slices.arguments(operations));
        return new Arm(key.label(), built.get(key), arguments);
    }
}
