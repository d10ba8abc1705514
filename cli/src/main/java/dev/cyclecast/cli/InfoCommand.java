package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.trace.Module;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceReader;
import dev.cyclecast.trace.TraceSummary;
import dev.cyclecast.trace.Variable;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code info}: what is in a trace. */
@Command(name = "info", mixinStandardHelpOptions = true,
        description = "Says what is in a trace: the program, its files and symbols, instructions, operations, and how it was recorded.")
final class InfoCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "TRACE", description = "A .cct file.")
    private Path file;

    @Mixin
    private Output output;

    InfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (TraceReader trace = TraceReader.open(file)) {
            terminal.progress("reading " + file + " ...");
            TraceSummary summary = TraceSummary.of(trace);
            Map<String, Object> facts = facts(trace, summary);
            output.print(() -> text(facts, summary), () -> flat(facts), () -> {
                facts.put("top", summary.top());
                return facts;
            });
        }
        return Main.DONE;
    }

    private Map<String, Object> facts(TraceReader trace, TraceSummary summary) {
        ProgramImage image = trace.image();
        long threadLocals = image.variables().stream().filter(v -> v.storage() == Variable.Storage.THREAD_LOCAL).count();
        return object("file", file.toString(), "formatVersion", trace.header().version(), "bytes", summary.fileBytes(),
                "bitsPerInstruction", summary.instructions() == 0 ? null : summary.bitsPerInstruction(),
                "program", summary.program(), "arguments", summary.arguments(),
                "instructions", summary.instructions(),
                "warmUpInstructions", summary.instructions() - summary.countedInstructions(),
                "operations", sum(summary.operations()) + sum(summary.warmUpOperations()),
                "countedOperations", sum(summary.operations()), "countedOperationsByName", summary.operations(),
                "loads", summary.loads(), "stores", summary.stores(), "dataLines", summary.dataLines(),
                "conditionalBranches", summary.conditionalBranches(),
                "takenConditionalBranches", summary.takenConditionalBranches(),
                "staticInstructions", summary.staticInstructions(), "codeBytes", summary.codeBytes(),
                "executedFunctions", summary.functions(), "functionSymbols", image.functions().size(),
                "globalVariables", image.variables().size() - threadLocals, "threadLocalVariables", threadLocals,
                "modules", image.modules().stream().map(InfoCommand::module).toList(), "facts", summary.facts());
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(n -> n).sum();
    }

    private static Map<String, Object> module(Module module) {
        return object("name", module.name(), "base", "0x" + Long.toHexString(module.base()),
                "start", "0x" + Long.toHexString(module.start()), "end", "0x" + Long.toHexString(module.end()),
                "sha256", module.sha256());
    }

    private String text(Map<String, Object> facts, TraceSummary summary) {
        Table top = new Table(Table.Column.numbers("percent", "instructions %", "%.2f"),
                Table.Column.numbers("instructions", "instructions", "%,d"), Table.Column.words("name", "function"));
        summary.top().forEach(f -> top.row(f.percent(), f.instructions(), f.name()));
        return terminal.paint(Colour.BOLD, file.getFileName().toString()) + "\n\n" + flat(facts).text(terminal, "  ") + "\n"
                + top.text(terminal, "  ");
    }

    /** One row for each fact; nested names are joined by dots. */
    private static Table flat(Map<String, Object> facts) {
        Table table = new Table(Table.Column.words("name", "what"),
                Table.Column.words("value", "value").shown(InfoCommand::shown));
        flatten("", facts, table);
        return table;
    }

    private static void flatten(String prefix, Object value, Table table) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, inner) -> flatten(prefix.isEmpty() ? name.toString() : prefix + "." + name, inner, table));
        } else if (value instanceof java.util.List<?> list && list.stream().allMatch(Map.class::isInstance)) {
            for (int i = 0; i < list.size(); i++) {
                flatten(prefix + "." + i, list.get(i), table);
            }
        } else if (value instanceof java.util.List<?> list) {
            table.row(prefix, String.join(" ", list.stream().map(Object::toString).toList()));
        } else {
            table.row(prefix, value);
        }
    }

    private static String shown(Object value) {
        return switch (value) {
            case Double number -> "%.3f".formatted(number);
            case Long number -> Table.grouped(number);
            case Integer number -> Table.grouped(number);
            default -> value.toString();
        };
    }
}
