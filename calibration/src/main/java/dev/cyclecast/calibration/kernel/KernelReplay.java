package dev.cyclecast.calibration.kernel;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.LoopReplay;
import dev.cyclecast.trace.TraceReader;
import dev.cyclecast.trace.record.RecordRequest;
import dev.cyclecast.trace.record.Recorder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A kernel's recordings, made once and kept beside its program, replayed on any profile. */
final class KernelReplay implements AutoCloseable {
    private static final int HUGE_PAGE_KIB = 2048;
    private final Kernel kernel;
    private final List<TraceReader> traces = new ArrayList<>();
    private final List<LoopReplay> replays = new ArrayList<>();

    /** Records what is not recorded yet. */
    KernelReplay(Kernel kernel, Path program) {
        this.kernel = kernel;
        for (int size = 0; size < kernel.sizes().size(); size++) {
            TraceReader trace = TraceReader.open(recorded(program, size));
            traces.add(trace);
            replays.add(new LoopReplay(trace));
        }
    }

    /** Costs by number of the kernel. */
    static KernelCosts all(List<KernelReplay> replays) {
        return new KernelCosts() {
            @Override
            public double cost(int kernel, CoreProfile profile) {
                return replays.get(kernel).cost(profile);
            }

            @Override
            public long events(int kernel) {
                return replays.get(kernel).events();
            }
        };
    }

    /** Cycles per unit on a profile. */
    synchronized double cost(CoreProfile profile) {
        double[] perIteration = new double[replays.size()];
        for (int size = 0; size < perIteration.length; size++) {
            boolean huge = kernel.sizes().get(size).data().huge();
            CoreProfile core = huge ? profile.with(Constant.DATA_PAGE_KIB, HUGE_PAGE_KIB) : profile;
            perIteration[size] = replays.get(size).cyclesPerTurn(core);
        }
        return kernel.cost(perIteration);
    }

    /** Events of all sizes. */
    long events() {
        return traces.stream().mapToLong(TraceReader::events).sum();
    }

    private Path recorded(Path program, int size) {
        Kernel.Size s = kernel.sizes().get(size);
        Path trace = program.resolveSibling(program.getFileName() + "." + Kernel.sizeName(size) + "." + s.warm() + "."
                + s.counted() + ".cct");
        if (Files.exists(trace)) {
            return trace;
        }
        Path aside = program.resolveSibling("." + UUID.randomUUID() + ".partial");
        try {
            OutputStream nowhere = OutputStream.nullOutputStream();
            new Recorder(nowhere, nowhere).record(RecordRequest.of(aside, List.of(program.toString(), "record",
                    Kernel.sizeName(size), Long.toString(s.warm()), Long.toString(s.counted()))));
            Files.move(aside, trace, StandardCopyOption.ATOMIC_MOVE);
            return trace;
        } catch (IOException e) {
            throw new CalibrationException(trace + ": cannot be written (" + e.getMessage() + "); see owner, mode and free space", e);
        } finally {
            try {
                Files.deleteIfExists(aside);
            } catch (IOException e) {
                // What is left over has a name of its own and disturbs nothing.
            }
        }
    }

    @Override
    public void close() {
        traces.forEach(TraceReader::close);
    }
}
