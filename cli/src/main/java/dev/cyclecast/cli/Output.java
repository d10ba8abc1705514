package dev.cyclecast.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The option of every command that prints results, and the printing: a table for people, JSON, or CSV. */
final class Output {
    /** How results are printed. */
    enum Format { TABLE, JSON, CSV }

    private final Terminal terminal;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "table",
            description = "table, json or csv (default: ${DEFAULT-VALUE}).")
    private Format format = Format.TABLE;

    Output(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Whether the result is for people, who can tell it from other output. */
    boolean isForPeople() {
        return format == Format.TABLE;
    }

    /** Prints a result in the format chosen. */
    void print(Supplier<String> text, Supplier<Table> csv, Supplier<Object> json) {
        terminal.clearProgress();
        terminal.out().print(switch (format) {
            case TABLE -> text.get();
            case CSV -> csv.get().csv();
            case JSON -> Json.text(json.get());
        });
        terminal.out().flush();
    }
}
