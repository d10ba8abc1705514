package dev.cyclecast.calibration.validate;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The programs that forecasts may be made from: asking for a variant that no proposal starts from ends the session. */
final class BasesOnly implements Programs {
    private final Programs programs;
    private final Set<String> bases;
    private final Set<Path> built = ConcurrentHashMap.newKeySet();

    BasesOnly(Programs programs, Collection<String> bases) {
        this.programs = programs;
        this.bases = new HashSet<>(bases);
    }

    @Override
    public Path build(String variant, Shape shape, Load load, int layout, Path folder) {
        if (!bases.contains(variant)) {
            throw new IllegalStateException("a forecast may not open the variant " + variant);
        }
        Path program = programs.build(variant, shape, load, layout, folder);
        built.add(program);
        return program;
    }

    @Override
    public int paddingBytes(int layout) {
        return programs.paddingBytes(layout);
    }

    @Override
    public void record(Path program, Load load, long operations, Path trace) {
        if (!built.contains(program)) {
            throw new IllegalStateException("a forecast may not record " + program + ", which is nothing that a proposal starts from");
        }
        programs.record(program, load, operations, trace);
    }

    @Override
    public List<String> arguments(Load load, long operations) {
        return programs.arguments(load, operations);
    }

    @Override
    public Map<String, String> inputs() {
        return programs.inputs();
    }

    @Override
    public String compiler() {
        return programs.compiler();
    }
}
