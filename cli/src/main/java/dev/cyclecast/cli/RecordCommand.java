package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.Layout;
import dev.cyclecast.allocator.Shape;
import dev.cyclecast.allocator.Variant;
import dev.cyclecast.trace.record.RecordRequest;
import dev.cyclecast.trace.record.RecordSummary;
import dev.cyclecast.trace.record.Recorder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code record}: runs a program under the recorder. */
@Command(name = "record", mixinStandardHelpOptions = true,
        customSynopsis = {"cyclecast record [-o FILE] [--from SYMBOL] [--to SYMBOL] [--preload LIBRARY] [--env NAME=VALUE]... "
                + "-- PROGRAM [ARGUMENT]...",
            "cyclecast record [-o FILE] --variant VARIANT --workload NAME [--shape SHAPE] [--operations N] [-- DRIVER_OPTION...]"},
        description = "Runs an unmodified program under emulation and stores what it executed as a trace. The file appears when it is"
                + " complete.")
final class RecordCommand implements Callable<Integer> {
    /** Not recorded: until the allocator's own caches are in their steady state. */
    private static final String SKIPPED = "200000";
    /** Recorded but not counted, to warm modelled caches and predictors up. */
    private static final String WARM_UP = "5000";

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "The trace (default: the program's name with .cct).")
    private Path file;

    @Option(names = "--from", paramLabel = "SYMBOL",
            description = "Record from here (default: cyclecast_record_begin where the program has it, else main).")
    private String from;

    @Option(names = "--to", paramLabel = "SYMBOL",
            description = "Record up to here (default: cyclecast_record_end where the program has it, else the program's end).")
    private String to;

    @Option(names = "--preload", paramLabel = "LIBRARY", description = "A library to load first, such as an allocator.")
    private Path preload;

    @Option(names = "--env", paramLabel = "NAME=VALUE", description = "Sets a variable of the program's environment.")
    private Map<String, String> environment = new LinkedHashMap<>();

    @Option(names = "--variant", paramLabel = "VARIANT",
            description = "Build this variant of the allocator under study and record its driver (default: baseline).")
    private String variant;

    @Mixin
    private DriverOptions driver;

    @Option(names = "--operations", paramLabel = "N",
            description = "Operations of the workload that count (default: 20000), after 200,000 that are left out and 5,000 to warm up.")
    private Long operations;

    @Parameters(arity = "0..*", paramLabel = "PROGRAM",
            description = "The program and its arguments; or the driver's own options, such as --pressure 48.")
    private List<String> words = List.of();

    @Mixin
    private Output output;

    RecordCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<String> command = ofVariant() ? driver() : program();
        Path trace = file != null ? file : Path.of((ofVariant() ? name() : Path.of(command.getFirst()).getFileName()) + ".cct");
        terminal.progress("recording " + String.join(" ", command) + " ...");
        // What the program prints must not stand between JSON or CSV.
        RecordSummary summary = new Recorder(output.isForPeople() ? terminal.out() : terminal.err(), terminal.err())
                .record(new RecordRequest(trace, command, from, to, preload, environment));
        terminal.out().flush();
        Table table = new Table(Table.Column.words("output", "trace"),
                Table.Column.numbers("instructions", "instructions", "%,d"), Table.Column.numbers("operations", "operations", "%,d"),
                Table.Column.numbers("bytes", "bytes", "%,d"), Table.Column.numbers("bitsPerInstruction", "bits/instr", "%.3f"),
                Table.Column.numbers("seconds", "seconds", "%.2f"),
                Table.Column.numbers("instructionsPerSecond", "M instr/s", "%.1f").shown(v -> "%.1f".formatted((double) v / 1e6)),
                Table.Column.numbers("exitStatus", "exit", "%d"))
                .row(summary.output(), summary.instructions(), summary.operations(), summary.fileBytes(),
                        summary.bitsPerInstruction(), summary.seconds(), summary.instructions() / summary.seconds(),
                        summary.exitStatus());
        output.print(() -> table.text(terminal, ""), () -> table, () -> object("output", summary.output().toString(),
                "instructions", summary.instructions(), "operations", summary.operations(), "bytes", summary.fileBytes(),
                "bitsPerInstruction", summary.bitsPerInstruction(), "seconds", summary.seconds(),
                "instructionsPerSecond", summary.instructions() / summary.seconds(), "exitStatus", summary.exitStatus()));
        return Main.DONE;
    }

    private boolean ofVariant() {
        return variant != null || driver.given() || operations != null;
    }

    private List<String> program() {
        if (words.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "nothing to record; give a program behind --, or --variant and --workload");
        }
        return words;
    }

    /** The driver of the variant, with its arguments. */
    private List<String> driver() {
        if (!words.isEmpty() && !words.getFirst().startsWith("--")) {
            throw new ParameterException(spec.commandLine(), words.getFirst() + ": --variant and --workload record their own driver; give either them or a"
                    + " program");
        }
        if (operations != null && operations < 1) {
            throw new ParameterException(spec.commandLine(), "--operations must be at least 1, not " + operations);
        }
        Path path = AllocatorBuild.atHome().driver(variant(), driver.shape(), Layout.DEFAULT, driver.workload());
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(driver.workload().arguments(operations == null ? 20_000 : operations));
        command.addAll(List.of("--skip", SKIPPED, "--warmup", WARM_UP));
        command.addAll(words);
        return command;
    }

    private String name() {
        return variant().id() + "-" + driver.workload().id() + (driver.shape() == Shape.FREE ? "-free" : "");
    }

    private Variant variant() {
        return variant == null ? Variant.BASELINE : Variant.parse(variant);
    }
}
