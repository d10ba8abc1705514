package dev.cyclecast.calibration.validate;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.Layout;
import dev.cyclecast.allocator.Variant;
import dev.cyclecast.allocator.Workload;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.trace.record.RecordRequest;
import dev.cyclecast.trace.record.RecordSummary;
import dev.cyclecast.trace.record.Recorder;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The allocator under study with its workloads' drivers: built by its own module, recorded by the recorder. */
public final class AllocatorPrograms implements Programs {
    /** Not recorded: until the allocator's own caches are in their steady state. */
    private static final String RECORDED_SKIP = "200000";
    /** Recorded but not counted, to warm modelled caches and predictors up. */
    private static final String RECORDED_WARM_UP = "5000";

    private final Path home;
    private final Map<Path, AllocatorBuild> builds = new HashMap<>();

    /** From the sources of the repository at home. */
    public AllocatorPrograms(Path home) {
        this.home = home;
    }

    /** A load that can be recorded and timed: one thread, and no file of the user's. */
    public static Load load(String name) {
        Load load = Load.parse(name);
        Workload workload = Workload.parse(load.workload());
        if (workload == Workload.REPLAY || workload == Workload.LARSON) {
            throw new CalibrationException("workload " + name + ": cannot be validated; use mixed, c6-heavy, single, tiny-hot or realloc,"
                    + " each with -pressureN where other code is to run between operations");
        }
        if (load.pressureKib() % 2 != 0 || load.pressureKib() > 256) {
            throw new CalibrationException("workload " + name + ": the pressure is an even number of KiB, up to 256");
        }
        return load;
    }

    @Override
    public Path build(String variant, Shape shape, Load load, int layout, Path folder) {
        return buildIn(folder).driver(Variant.parse(variant), dev.cyclecast.allocator.Shape.valueOf(shape.name()), Layout.of(layout),
                Workload.parse(load.workload()));
    }

    /** One for each folder: making it asks the compiler for its version. */
    private synchronized AllocatorBuild buildIn(Path folder) {
        return builds.computeIfAbsent(folder, f -> new AllocatorBuild(home, f));
    }

    @Override
    public int paddingBytes(int layout) {
        return Layout.of(layout).environmentPaddingBytes();
    }

    @Override
    public void record(Path program, Load load, long operations, Path trace) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments(load, operations));
        command.addAll(List.of("--skip", RECORDED_SKIP, "--warmup", RECORDED_WARM_UP));
        RecordSummary summary = new Recorder(OutputStream.nullOutputStream(), OutputStream.nullOutputStream())
                .record(RecordRequest.of(trace, command));
        if (summary.exitStatus() != 0) {
            throw new CalibrationException(program + ": ended with exit code " + summary.exitStatus()
                    + " while it was recorded; see whether it runs by itself");
        }
    }

    @Override
    public List<String> arguments(Load load, long operations) {
        List<String> arguments = new ArrayList<>(Workload.parse(load.workload()).arguments(operations));
        arguments.addAll(List.of("--pressure", Integer.toString(load.pressureKib())));
        return arguments;
    }

    @Override
    public Map<String, String> inputs() {
        return Map.of("the allocator's sources or the compiler", new AllocatorBuild(home).identity());
    }

    @Override
    public String compiler() {
        return new AllocatorBuild(home).compiler();
    }
}
