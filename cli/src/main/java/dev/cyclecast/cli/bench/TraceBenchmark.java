package dev.cyclecast.cli.bench;

import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Replay;
import dev.cyclecast.model.ReplayReport;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceReader;
import dev.cyclecast.trace.TraceSource;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Reading a stored trace, and replaying it on each core. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
public class TraceBenchmark {
    /** The trace file. */
    @Param("")
    public String trace;

    private TraceReader reader;
    private EventBatch batch;

    /** The core that a replay is on. */
    @State(Scope.Benchmark)
    public static class OnCore {
        /** Its name. */
        @Param({"zen3", "zen4", "zen5"})
        public String core;

        private CoreProfile profile;

        /** Loads its profile. */
        @Setup
        public void load() {
            profile = CoreProfile.load(core);
        }
    }

    /** Opens the trace. */
    @Setup
    public void open() {
        reader = TraceReader.open(Path.of(trace));
        batch = new EventBatch(1 << 14);
    }

    /** Closes the trace. */
    @TearDown
    public void close() {
        reader.close();
    }

    /** Reads all events. */
    @Benchmark
    public void read(Instructions counter, Blackhole hole) {
        try (TraceSource.Cursor cursor = reader.cursor()) {
            while (cursor.read(batch)) {
                counter.instructions += batch.size;
                hole.consume(batch.instruction);
            }
        }
    }

    /** Replays the whole trace with the full model. */
    @Benchmark
    public ReplayReport replay(OnCore on, Instructions counter) {
        ReplayReport report = Replay.run(reader, on.profile, new Replay.Options(true));
        counter.instructions += reader.events();
        return report;
    }
}
