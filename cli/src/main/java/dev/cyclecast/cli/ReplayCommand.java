package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.model.Cause;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.CycleBound;
import dev.cyclecast.model.Replay;
import dev.cyclecast.model.ReplayReport;
import dev.cyclecast.trace.TraceReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code replay}: what a trace costs on a core, by cause and by function. */
@Command(name = "replay", mixinStandardHelpOptions = true,
        description = "Replays a trace on a core: cycles per operation, event rates, the CPI stack, and the functions.")
final class ReplayCommand implements Callable<Integer> {
    private static final int BAR = 40;

    private final Terminal terminal;

    @Mixin
    private TraceOnCore input;

    @Option(names = "--cold", description = "Accept a trace without warm-up.")
    private boolean cold;

    @Option(names = "--top", paramLabel = "N", defaultValue = "24",
            description = "Functions to show in the table (default: ${DEFAULT-VALUE}).")
    private int top;

    @Mixin
    private Output output;

    ReplayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CoreProfile profile = input.core();
        try (TraceReader trace = TraceReader.open(input.file())) {
            terminal.progress("replaying " + input.file() + " on " + profile.name() + " ...");
            // Another thread's work: it takes a fraction of the replay's time.
            CompletableFuture<CycleBound.Limit> chain = CompletableFuture.supplyAsync(() -> Replay.chain(trace, profile));
            ReplayReport report;
            try {
                report = Replay.run(trace, profile, new Replay.Options(cold));
            } finally {
                // The trace is closed behind this.
                chain.handle((limit, failed) -> limit).join();
            }
            CycleBound bound = report.bound().with(chain.join()).hold(report.cycles(), input.file().toString());
            output.print(() -> text(trace, profile, report, bound), () -> functions(report, Integer.MAX_VALUE),
                    () -> json(report, bound));
        }
        return Main.DONE;
    }

    private Object json(ReplayReport r, CycleBound bound) {
        return object("trace", input.file().toString(), "core", r.core(), "cycles", r.cycles(), "instructions", r.instructions(),
                "operations", r.operations(), "cyclesPerOperation", r.operations() > 0 ? r.cyclesPerOperation() : null,
                "bound", json(bound), "ipc", r.ipc(), "instructionsPerSecond", r.instructionsPerSecond(),
                "ratesPer", r.operations() > 0 ? "operation" : "1000 instructions", "rates", r.rates(),
                "causes", causes(r), "operationsByClass", r.byOperation().stream().map(ReplayCommand::json).toList(),
                "functions", r.functions(), "defaulted", r.defaulted(), "unknownForms", r.unknownForms());
    }

    private static Map<String, Object> json(ReplayReport.OperationCost cost) {
        Map<String, Object> json = object("operation", cost.operation().isEmpty() ? null : cost.operation(),
                "sizeClass", cost.sizeClass() < 0 ? null : cost.sizeClass(), "count", cost.count());
        ReplayReport.OperationCost.COUNTERS.forEach(counter -> json.put(counter, cost.sum(counter)));
        return json;
    }

    private static Map<String, Object> json(CycleBound bound) {
        Map<String, Object> limits = object();
        bound.limits().forEach(limit -> limits.put(limit.key(), Math.max(0, limit.cycles() - bound.lead())));
        return object("cycles", bound.cycles(), "bottleneck", bound.bottleneck().key(), "meaning",
                bound.bottleneck().meaning(), "limits", limits);
    }

    private static Map<String, Long> causes(ReplayReport report) {
        Map<String, Long> causes = new LinkedHashMap<>();
        report.causes().forEach((cause, cycles) -> causes.put(cause.key(), cycles));
        return causes;
    }

    private String text(TraceReader trace, CoreProfile profile, ReplayReport r, CycleBound bound) {
        StringBuilder text = new StringBuilder()
                .append(terminal.paint(Colour.BOLD, input.file().getFileName() + " on " + profile.name()))
                .append("  ").append(trace.header().program()).append(' ').append(String.join(" ", trace.header().arguments()))
                .append("\n\n");
        if (r.operations() > 0) {
            text.append("  %,15.2f  cycles per operation%n".formatted(r.cyclesPerOperation()))
                    .append("  %,15d  operations%n".formatted(r.operations()));
        }
        text.append("  %,15d  cycles%n".formatted(r.cycles()))
                .append("  %,15d  of them at least, by %s%s%n".formatted(bound.cycles(), bound.bottleneck().meaning(),
                        r.operations() > 0 ? ": %,.2f per operation".formatted(bound.cycles() / per(r)) : ""))
                .append("  %,15d  instructions, %.2f per cycle%n".formatted(r.instructions(), r.ipc()))
                .append('\n').append(rates(r)).append('\n').append(stack(r)).append('\n')
                .append(operations(r))
                .append(functions(r, top).text(terminal, "  "));
        int hidden = r.functions().size() - top;
        if (hidden > 0) {
            text.append("  ... and ").append(hidden).append(" more; --top N shows more\n");
        }
        text.append("\n  Replayed at %.1f million instructions/s.".formatted(r.instructionsPerSecond() / 1e6));
        if (!r.unknownForms().isEmpty()) {
            text.append(" %.2f %% of the instructions have a form without timings of its own: %s."
                    .formatted(100 * r.defaulted(), String.join("; ", r.unknownForms())));
        }
        return text.append('\n').toString();
    }

    /** The event rates, in two columns. */
    private String rates(ReplayReport r) {
        String unit = r.operations() > 0 ? "per operation" : "per 1000 instructions";
        Table table = new Table(Table.Column.numbers("rate", unit, "%,.3f"), Table.Column.words("event", ""),
                Table.Column.numbers("rate", unit, "%,.3f"), Table.Column.words("event", ""));
        List<Map.Entry<String, Double>> rates = List.copyOf(r.rates().entrySet());
        int half = (rates.size() + 1) / 2;
        for (int i = 0; i < half; i++) {
            Map.Entry<String, Double> left = rates.get(i);
            Map.Entry<String, Double> right = half + i < rates.size() ? rates.get(half + i) : null;
            table.row(left.getValue(), label(left, r), right == null ? null : right.getValue(), right == null ? null : label(right, r));
        }
        return table.text(terminal, "  ");
    }

    private static String label(Map.Entry<String, Double> rate, ReplayReport r) {
        double branches = r.rates().getOrDefault("conditionalBranches", 0.0);
        return words(rate.getKey()) + (rate.getKey().equals("mispredicts") && branches > 0
                ? " (%.2f %% of conditional branches)".formatted(100 * rate.getValue() / branches) : "");
    }

    private String stack(ReplayReport r) {
        double most = r.causes().values().stream().mapToLong(c -> c).max().orElse(1);
        Table table = new Table(Table.Column.words("cause", "CPI stack"),
                Table.Column.numbers("cycles", r.operations() > 0 ? "cycles/op" : "cycles/1000", "%,.2f"),
                Table.Column.numbers("percent", "%", "%.1f"),
                Table.Column.words("bar", "").coloured(bar -> Colour.GOOD), Table.Column.words("meaning", ""));
        for (Map.Entry<Cause, Long> entry : r.causes().entrySet()) {
            double cycles = entry.getValue();
            if (cycles > 0) {
                table.row(entry.getKey().key(), cycles / per(r), 100 * cycles / r.cycles(),
                        terminal.bar(cycles / most, BAR / 2), entry.getKey().meaning());
            }
        }
        return table.text(terminal, "  ");
    }

    /** What each kind of operation costs by size class, per operation of that kind. */
    private String operations(ReplayReport r) {
        if (r.operations() == 0) {
            return "";
        }
        List<Table.Column> columns = new java.util.ArrayList<>(List.of(Table.Column.words("operation", "each"),
                Table.Column.numbers("percent", "% of ops", "%.2f")));
        ReplayReport.OperationCost.COUNTERS.forEach(counter -> columns.add(
                Table.Column.numbers(counter, words(counter), counter.equals("cycles") ? "%.1f" : "%.2f")));
        Table table = new Table(columns.toArray(Table.Column[]::new));
        for (ReplayReport.OperationCost cost : r.byOperation()) {
            boolean program = cost.operation().isEmpty();
            double count = program ? r.operations() : cost.count();
            List<Object> row = new java.util.ArrayList<>();
            row.add(program ? "program, per operation" : cost.operation() + (cost.sizeClass() < 0 ? "" : " C" + cost.sizeClass()));
            row.add(program ? null : 100 * count / r.operations());
            cost.counters().forEach(sum -> row.add(sum / count));
            table.row(row.toArray());
        }
        return table.text(terminal, "  ") + "\n";
    }

    private Table functions(ReplayReport r, int count) {
        String per = r.operations() > 0 ? "/op" : "/1000";
        Table table = new Table(
                Table.Column.numbers("selfPercent", "self %", "%.2f").coloured(p -> (double) p >= 5 ? Colour.HOT : Colour.PLAIN),
                Table.Column.numbers("cycles", "cycles" + per, "%s").shown(c -> "%,.2f".formatted((long) c / per(r))),
                Table.Column.numbers("instructions", "instr" + per, "%s").shown(i -> "%,.2f".formatted((long) i / per(r))),
                Table.Column.numbers("mispredicts", "mispredicts" + per, "%s").shown(m -> "%,.4f".formatted((long) m / per(r))),
                Table.Column.words("function", "function"));
        List<ReplayReport.FunctionCost> shown = r.functions().subList(0, Math.min(count, r.functions().size()));
        shown.forEach(f -> table.row(f.selfPercent(), f.cycles(), f.instructions(), f.mispredicts(), f.name()));
        return table;
    }

    /** What counts are divided by: the operations, or thousands of instructions where there are none. */
    private static double per(ReplayReport r) {
        return r.operations() > 0 ? r.operations() : Math.max(1, r.instructions()) / 1000.0;
    }

    /** A name such as {@code l1dMisses} as words. */
    private static String words(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(java.util.Locale.ROOT);
    }
}
