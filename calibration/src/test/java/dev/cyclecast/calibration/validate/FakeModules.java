package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A compiler, recorder and model with planted answers: programs are shell scripts that print planted times, traces are
 * notes of what was recorded, forecasts are given.
 */
final class FakeModules implements Programs, Forecasts {
    /** What happened, in order. */
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    /**
     * True gain of each proposal and shape, in percent; each layout adds its own bias, which averages out over eight.
     */
    final Map<String, Double> gains;
    final Map<Shape, List<Forecast>> planted;
    /** The proposal whose program does other work, or null. */
    String cheat;
    /** Called before each build. */
    Runnable onBuild = () -> { };

    FakeModules(Map<String, Double> gains, Map<Shape, List<Forecast>> planted) {
        this.gains = gains;
        this.planted = planted;
    }

    @Override
    public Path build(String variant, Shape shape, int layout, Path folder) {
        onBuild.run();
        events.add("build " + variant + " " + shape.label() + " " + layout);
        String proposal = variant.equals("baseline") ? null : variant.toUpperCase(Locale.ROOT);
        double bias = proposal == null ? 0 : 0.1 * ((layout % 8) - 3.5);
        double gain = proposal == null ? 0 : gains.get(proposal + "/" + shape.label());
        long femtoseconds = Math.round(40e6 / Math.exp(Math.log1p(gain / 100) + bias / 100));
        String script = """
                #!/bin/sh
                echo "ops: $1"
                echo "seconds: $(($1 * %d))e-15"
                echo 'tsc_cycles_per_op: 1'
                echo 'checksum: %s'
                echo 'mallocs: 3'
                echo 'frees: 2'
                """.formatted(femtoseconds, proposal != null && proposal.equals(cheat) ? "bad" : "f00d");
        try {
            Path file = Files.writeString(folder.resolve(variant + "-" + shape.label() + "-" + layout), script);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void record(Path program, long operations, Path trace) {
        events.add("record " + program.getFileName());
        try {
            Files.writeString(trace, program.getFileName() + " " + operations);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int paddingBytes(int layout) {
        return 16 * layout;
    }

    @Override
    public List<String> arguments(long operations) {
        return List.of(Long.toString(operations));
    }

    @Override
    public List<Candidate> candidates() {
        return planted.get(Shape.REFERENCE).stream()
                .map(f -> new Candidate(f.proposal(), "baseline", f.proposal().toLowerCase(Locale.ROOT))).toList();
    }

    @Override
    public List<Forecast> forecast(String base, Path baseTrace, Shape shape, String core) {
        events.add("forecast " + baseTrace.getFileName());
        return planted.get(shape);
    }

    @Override
    public double replayedGainPercent(Path baseTrace, Path variantTrace, String core) {
        events.add("replay " + variantTrace.getFileName());
        if (!baseTrace.getFileName().toString().startsWith("baseline-")) {
            throw new CalibrationException("not a baseline: " + baseTrace);
        }
        return 1.5;
    }
}
