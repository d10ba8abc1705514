package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.SampledProfile;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Replay;
import dev.cyclecast.model.ReplayReport;
import dev.cyclecast.trace.TraceReader;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code profile}: self % by function, modelled and sampled. */
@Command(name = "profile", mixinStandardHelpOptions = true,
        customSynopsis = "cyclecast profile [--core CORE] [--top N] TRACE -- PROGRAM [ARGUMENT]...",
        description = "Shows each function's share of the time as modelled from a trace beside its share of perf's samples of a "
                + "program on this machine (user mode, by the CPU clock).")
final class ProfileCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private TraceOnCore input;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PROGRAM",
            description = "The program to sample, with its arguments: some seconds of the work that was recorded.")
    private List<String> program;

    @Option(names = "--top", paramLabel = "N", defaultValue = "24",
            description = "Functions to show in the table (default: ${DEFAULT-VALUE}).")
    private int top;

    @Mixin
    private Output output;

    ProfileCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CoreProfile core = input.core();
        try (TraceReader trace = TraceReader.open(input.file())) {
            terminal.progress("replaying " + input.file() + " on " + core.name() + " ...");
            ReplayReport modelled = Replay.run(trace, core);
            terminal.progress("sampling " + String.join(" ", program) + " ...");
            SampledProfile sampled = SampledProfile.of(program);
            String host = HostCpu.detect().modelName();
            output.print(() -> "Self % by function, modelled on " + core.name() + " and sampled on " + host + " ("
                            + Table.grouped(sampled.total()) + " samples)\n\n" + table(modelled, sampled, top).text(terminal, "  "),
                    () -> table(modelled, sampled, Integer.MAX_VALUE),
                    () -> object("trace", input.file().toString(), "core", core.name(), "host", host,
                            "program", program, "samples", sampled.total(),
                            "functions", modelled.functions().stream().map(f -> object("function", f.name(),
                                    "modelledPercent", f.selfPercent(), "sampledPercent", sampled.percent(f.name()),
                                    "sampledStandardError", sampled.standardError(f.name()),
                                    "instructionPercent", 100.0 * f.instructions() / modelled.instructions())).toList(),
                            "sampledElsewherePercent", elsewhere(modelled, sampled)));
        }
        return Main.DONE;
    }

    private static Table table(ReplayReport modelled, SampledProfile sampled, int top) {
        Table table = new Table(Table.Column.numbers("modelledPercent", "modelled %", "%.2f"),
                Table.Column.numbers("sampledPercent", "sampled %", "%.2f"),
                Table.Column.numbers("sampledStandardError", "std error", "%.2f"),
                Table.Column.numbers("instructionPercent", "instructions %", "%.2f"),
                Table.Column.words("function", "function"));
        modelled.functions().stream().limit(top).forEach(f -> table.row(f.selfPercent(), sampled.percent(f.name()),
                sampled.standardError(f.name()), 100.0 * f.instructions() / modelled.instructions(), f.name()));
        return table.row(0.0, elsewhere(modelled, sampled), null, 0.0, "elsewhere");
    }

    /** Share of the samples in functions that the trace does not have. */
    private static double elsewhere(ReplayReport modelled, SampledProfile sampled) {
        return 100 - modelled.functions().stream().mapToDouble(f -> sampled.percent(f.name())).sum();
    }
}
