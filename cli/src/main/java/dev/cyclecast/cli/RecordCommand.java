package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.trace.record.RecordRequest;
import dev.cyclecast.trace.record.RecordSummary;
import dev.cyclecast.trace.record.Recorder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code record}: runs a program under the recorder. */
@Command(name = "record", mixinStandardHelpOptions = true,
        customSynopsis = "cyclecast record [-o FILE] [--from SYMBOL] [--to SYMBOL] [--preload LIBRARY] [--env NAME=VALUE]... "
                + "-- PROGRAM [ARGUMENT]...",
        description = "Runs an unmodified program under emulation and stores what it executed as a trace. The file appears when it is"
                + " complete.")
final class RecordCommand implements Callable<Integer> {
    private final Terminal terminal;

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

    @Parameters(arity = "1..*", paramLabel = "PROGRAM", description = "The program and its arguments.")
    private List<String> command;

    @Mixin
    private Output output;

    RecordCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Path trace = file != null ? file : Path.of(Path.of(command.getFirst()).getFileName() + ".cct");
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
}
