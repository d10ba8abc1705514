package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.SideBySide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** The traces of a validation, one of each variant, shape and load in the default layout; each recorded once. */
final class Traces {
    private final SessionFolder folder;
    private final Programs programs;
    private final ProgramSet set;
    private final List<Load> loads;
    private final long operations;

    Traces(SessionFolder folder, Programs programs, ProgramSet set, List<Load> loads, long operations) {
        this.folder = folder;
        this.programs = programs;
        this.set = set;
        this.loads = loads;
        this.operations = operations;
    }

    /** Records variants in both shapes under all loads, what was not recorded before. */
    void record(Collection<String> variants) {
        folder.folder("traces");
        List<Supplier<Path>> missing = new ArrayList<>();
        for (String variant : variants) {
            for (Shape shape : Shape.values()) {
                for (Load load : loads) {
                    if (!Files.exists(of(variant, shape, load))) {
                        missing.add(() -> record(variant, shape, load));
                    }
                }
            }
        }
        SideBySide.make(missing);
    }

    /** Where a trace is. */
    Path of(String variant, Shape shape, Load load) {
        return folder.file("traces/" + new ProgramSet.Key(variant, shape, load, 0).label() + ".cct");
    }

    private Path record(String variant, Shape shape, Load load) {
        Path trace = of(variant, shape, load);
        Path aside = trace.resolveSibling(trace.getFileName() + ".part");
        programs.record(set.program(variant, shape, load, 0), load, operations, aside);
        try {
            return Files.move(aside, trace, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CalibrationException(trace + ": cannot be written (" + e.getMessage() + "); see owner, mode and free space", e);
        }
    }

    /** SHA-256 of a trace, which must be what it was before. */
    static String requireUnchanged(Path trace, String before) {
        if (!SessionFolder.sha256(trace).equals(before)) {
            throw new CalibrationException(trace + ": changed since it was replayed; start another session");
        }
        return before;
    }
}
