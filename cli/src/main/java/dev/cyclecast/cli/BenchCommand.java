package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.cli.bench.TraceBenchmark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench}: how fast traces are read and replayed here. */
@Command(name = "bench", mixinStandardHelpOptions = true,
        description = "Measures with JMH how many instructions a second are read and replayed on this machine, on one thread.")
final class BenchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "TRACE", description = "A trace (default: the first in traces/recorded/).")
    private Path file;

    @Option(names = "--short", description = "A few seconds for each figure instead of half a minute.")
    private boolean quick;

    @Mixin
    private Output output;

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Path trace = file != null ? file : ShippedTraces.list().getFirst();
        ChainedOptionsBuilder options = new OptionsBuilder().include(TraceBenchmark.class.getName()).param("trace", trace.toString())
                .forks(quick ? 1 : 3).warmupIterations(3).warmupTime(TimeValue.seconds(quick ? 1 : 2))
                .measurementIterations(quick ? 3 : 5).measurementTime(TimeValue.seconds(quick ? 1 : 2)).shouldFailOnError(true)
                .jvmArgs("-Xmx1g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow").verbosity(VerboseMode.SILENT).addProfiler(GCProfiler.class);
        terminal.progress("measuring ...");
        Table table = new Table(Table.Column.words("benchmark", "benchmark"), Table.Column.words("core", "core"),
                Table.Column.numbers("instructionsPerSecond", "M instr/s", "%.1f").shown(v -> "%.1f".formatted((double) v / 1e6)),
                Table.Column.numbers("error", "+-", "%.1f").shown(v -> "%.1f".formatted((double) v / 1e6)),
                Table.Column.numbers("allocatedBytesPerInstruction", "B/instr", "%.2f"));
        List<Map<String, Object>> results = new ArrayList<>();
        try {
            for (RunResult run : new Runner(options.build()).run()) {
                String name = run.getPrimaryResult().getLabel();
                String core = name.equals("replay") ? run.getParams().getParam("core") : null;
                Result<?> rate = run.getSecondaryResults().get("instructions");
                double allocated = allocated(run, rate.getScore());
                table.row(name, core, rate.getScore(), rate.getScoreError(), allocated);
                results.add(object("benchmark", name, "core", core, "instructionsPerSecond", rate.getScore(),
                        "error", rate.getScoreError(), "allocatedBytesPerInstruction", allocated));
            }
        } catch (RunnerException e) {
            throw new InputException(trace + ": the benchmark failed (" + e.getMessage() + "); see whether `cyclecast replay "
                    + trace + "` runs");
        }
        output.print(() -> "Instructions a second on one thread, " + trace + "\n\n" + table.text(terminal, "  "), () -> table,
                () -> object("trace", trace.toString(), "results", results));
        return Main.DONE;
    }

    /** Bytes allocated for each instruction: what a pass over the trace allocates for code, core and report, spread over it. */
    private static double allocated(RunResult run, double instructionsPerSecond) {
        double passesPerSecond = run.getPrimaryResult().getScore();
        return run.getSecondaryResults().get("gc.alloc.rate.norm").getScore() * passesPerSecond / instructionsPerSecond;
    }
}
