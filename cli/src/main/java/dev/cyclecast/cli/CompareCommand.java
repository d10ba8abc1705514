package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.model.Cause;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Replay;
import dev.cyclecast.model.ReplayReport;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compare}: why one program takes other cycles than another. */
@Command(name = "compare", mixinStandardHelpOptions = true,
        description = "Replays two traces of the same work on a core and splits the difference by cause, function and instruction.")
final class CompareCommand implements Callable<Integer> {
    private static final double LEAST_SHOWN = 0.005;
    private static final int CAUSES_SHOWN = 3;

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "A", description = "A .cct file.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "Another one, of the same work.")
    private Path second;

    @Mixin
    private CoreOption core;

    @Option(names = "--top", paramLabel = "N", defaultValue = "20",
            description = "Functions and instructions to show (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--cold", description = "Accept traces without warm-up.")
    private boolean cold;

    @Mixin
    private Output output;

    CompareCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A quantity in both programs, per operation; of cycles with the change by {@link Cause#ordinal()} where that is known. */
    private record Change(String name, double a, double b, double[] byCause) {
        Change(String name, double a, double b) {
            this(name, a, b, new double[Cause.values().length]);
        }

        double change() {
            return b - a;
        }
    }

    @Override
    public Integer call() {
        CoreProfile profile = core.load();
        try (TraceReader a = TraceReader.open(first); TraceReader b = TraceReader.open(second)) {
            terminal.progress("replaying " + first + " and " + second + " on " + profile.name() + " ...");
            ReplayReport before = Replay.run(a, profile, new Replay.Options(cold));
            ReplayReport after = Replay.run(b, profile, new Replay.Options(cold));
            if (before.operations() != after.operations()) {
                throw new InputException(second + ": counts %,d operations and %s %,d; record the same work twice"
                        .formatted(after.operations(), first, before.operations()));
            }
            double per = Math.max(1, before.operations());
            List<Change> causes = causes(before, after, per);
            List<Change> operations = operations(before, after, per);
            List<Change> functions = functions(a.image(), before, b.image(), after, per);
            List<Map<String, Object>> lines = lines(functions, a.image(), before, b.image(), after, per);
            output.print(() -> text(profile, before, after, causes, operations, functions, lines),
                    () -> csv(lines),
                    () -> object("a", first.toString(), "b", second.toString(), "core", profile.name(),
                            "operations", before.operations(), "cyclesA", before.cycles() / per, "cyclesB", after.cycles() / per,
                            "gainPercent", gain(before, after), "causes", json(causes), "operationKinds", json(operations),
                            "functions", json(functions),
                            "instructions", lines));
        }
        return Main.DONE;
    }

    private static double gain(ReplayReport before, ReplayReport after) {
        return after.cycles() == 0 ? 0 : 100.0 * ((double) before.cycles() / after.cycles() - 1);
    }

    private static List<Change> causes(ReplayReport before, ReplayReport after, double per) {
        List<Change> causes = new ArrayList<>();
        for (Cause cause : Cause.values()) {
            causes.add(new Change(cause.key(), before.causes().get(cause) / per, after.causes().get(cause) / per));
        }
        return causes;
    }

    /** Cycles by kind of operation and size class, each spread over all operations so that they sum to the whole. */
    private static List<Change> operations(ReplayReport before, ReplayReport after, double per) {
        Map<String, double[]> cycles = new LinkedHashMap<>();
        before.byOperation().forEach(o -> cycles.computeIfAbsent(name(o), n -> new double[2])[0] += o.sum("cycles") / per);
        after.byOperation().forEach(o -> cycles.computeIfAbsent(name(o), n -> new double[2])[1] += o.sum("cycles") / per);
        return cycles.entrySet().stream().map(e -> new Change(e.getKey(), e.getValue()[0], e.getValue()[1])).toList();
    }

    private static String name(ReplayReport.OperationCost operation) {
        return operation.operation().isEmpty() ? "(program)"
                : operation.operation() + (operation.sizeClass() < 0 ? "" : " C" + operation.sizeClass());
    }

    /** Cycles by function, the largest change first. */
    private static List<Change> functions(ProgramImage imageA, ReplayReport before, ProgramImage imageB, ReplayReport after,
            double per) {
        Map<String, double[][]> cycles = new LinkedHashMap<>();
        sum(imageA, before, per, 0, cycles);
        sum(imageB, after, per, 1, cycles);
        List<Change> functions = new ArrayList<>();
        cycles.forEach((name, c) -> functions.add(new Change(name, Arrays.stream(c[0]).sum(), Arrays.stream(c[1]).sum(),
                difference(c[0], c[1]))));
        functions.sort(Comparator.comparingDouble((Change c) -> -Math.abs(c.change())).thenComparing(Change::name));
        return functions;
    }

    private static void sum(ProgramImage image, ReplayReport report, double per, int program, Map<String, double[][]> cycles) {
        for (ReplayReport.SiteCost site : report.sites()) {
            double[] sums = cycles.computeIfAbsent(image.functionName(site.number()), n -> new double[2][Cause.values().length])[program];
            Arrays.setAll(sums, c -> sums[c] + site.byCause().get(c) / per);
        }
    }

    private static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, c -> b[c] - a[c]);
        return difference;
    }

    private static double[] byCause(ReplayReport.SiteCost site, double per) {
        return site == null ? new double[Cause.values().length] : site.byCause().stream().mapToDouble(c -> c / per).toArray();
    }

    /** Instructions that cost another number of cycles, or that only one program executes; the largest change first. */
    private static List<Map<String, Object>> lines(List<Change> functions, ProgramImage imageA, ReplayReport before,
            ProgramImage imageB, ReplayReport after, double per) {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (Change function : functions) {
            for (CodeDifference.Line line : CodeDifference.of(function.name(), imageA, before, imageB, after)) {
                double a = line.before() == null ? 0 : line.before().cycles() / per;
                double b = line.after() == null ? 0 : line.after().cycles() / per;
                boolean both = line.before() != null && line.after() != null;
                if (!both || a != b) {
                    double[] byCause = difference(byCause(line.before(), per), byCause(line.after(), per));
                    lines.add(object("function", function.name(), "in", both ? "both" : line.before() == null ? "B" : "A",
                            "executionsA", line.before() == null ? 0 : line.before().executions() / per,
                            "executionsB", line.after() == null ? 0 : line.after().executions() / per,
                            "cyclesA", a, "cyclesB", b, "change", b - a, "instruction", line.text(),
                            "placeA", line.before() == null ? null : Sites.place(imageA, line.before().number()),
                            "placeB", line.after() == null ? null : Sites.place(imageB, line.after().number()),
                            "causes", Sites.byCause(byCause), "largestCauses", Sites.largest(byCause, CAUSES_SHOWN, "%+.2f")));
                }
            }
        }
        lines.sort(Comparator.comparingDouble(line -> -Math.abs((double) line.get("change"))));
        return lines;
    }

    private static List<Map<String, Object>> json(List<Change> changes) {
        return changes.stream().map(c -> object("name", c.name(), "a", c.a(), "b", c.b(), "change", c.change(), "causes",
                Sites.byCause(c.byCause()))).toList();
    }

    private String text(CoreProfile profile, ReplayReport before, ReplayReport after, List<Change> causes,
            List<Change> operations, List<Change> functions, List<Map<String, Object>> lines) {
        List<Change> rates = new ArrayList<>();
        double per = Math.max(1, before.operations());
        rates.add(new Change("cycles", before.cycles() / per, after.cycles() / per));
        before.rates().forEach((name, rate) -> rates.add(new Change(name, rate, after.rates().get(name))));
        return terminal.paint(Colour.BOLD, "A " + first + "  B " + second + " on " + profile.name())
                + "  gain of B %+.2f %%; per operation:\n\n".formatted(gain(before, after))
                + table("event", rates, rates.size()).text(terminal, "  ") + "\n"
                + table("cycles by cause", causes, causes.size()).text(terminal, "  ") + "\n"
                + table("cycles by operation and class", operations, operations.size()).text(terminal, "  ") + "\n"
                + table("cycles by function", functions, top).text(terminal, "  ") + "\n"
                + table(lines, top).text(terminal, "  ");
    }

    private static Table table(String heading, List<Change> changes, int most) {
        boolean causes = changes.stream().anyMatch(c -> Arrays.stream(c.byCause()).anyMatch(x -> x != 0));
        List<Table.Column> columns = new ArrayList<>(List.of(Table.Column.numbers("a", "A", "%.3f"),
                Table.Column.numbers("b", "B", "%.3f"),
                Table.Column.numbers("change", "B - A", "%+.3f").coloured(CompareCommand::colour)));
        if (causes) {
            columns.add(Table.Column.words("causes", "by cause"));
        }
        columns.add(Table.Column.words("name", heading));
        Table table = new Table(columns.toArray(Table.Column[]::new));
        changes.stream().filter(c -> Math.max(Math.abs(c.a()), Math.abs(c.b())) >= LEAST_SHOWN).limit(most).forEach(c -> {
            List<Object> row = new ArrayList<>(List.of(c.a(), c.b(), c.change()));
            if (causes) {
                row.add(Sites.largest(c.byCause(), CAUSES_SHOWN, "%+.2f"));
            }
            row.add(c.name());
            table.row(row.toArray());
        });
        return table;
    }

    private static Table table(List<Map<String, Object>> lines, int most) {
        Table table = new Table(Table.Column.words("in", "in"), Table.Column.numbers("executionsA", "execs A", "%.3f"),
                Table.Column.numbers("executionsB", "execs B", "%.3f"), Table.Column.numbers("cyclesA", "cycles A", "%.3f"),
                Table.Column.numbers("cyclesB", "cycles B", "%.3f"),
                Table.Column.numbers("change", "B - A", "%+.3f").coloured(CompareCommand::colour),
                Table.Column.words("causes", "by cause"), Table.Column.words("place", "place in B, else in A"),
                Table.Column.words("instruction", "instruction"));
        lines.stream().limit(most).forEach(l -> table.row(l.get("in"), l.get("executionsA"), l.get("executionsB"),
                l.get("cyclesA"), l.get("cyclesB"), l.get("change"), l.get("largestCauses"),
                l.get("placeB") == null ? l.get("placeA") : l.get("placeB"), l.get("instruction")));
        return table;
    }

    private static Table csv(List<Map<String, Object>> lines) {
        List<String> fields = List.of("in", "executionsA", "executionsB", "cyclesA", "cyclesB", "change", "function", "instruction",
                "placeA", "placeB", "largestCauses");
        Table table = new Table(fields.stream().map(f -> Table.Column.words(f, f)).toArray(Table.Column[]::new));
        lines.forEach(l -> table.row(fields.stream().map(l::get).toArray()));
        return table;
    }

    private static Colour colour(Object change) {
        return (double) change >= 0.05 ? Colour.BAD : (double) change <= -0.05 ? Colour.GOOD : Colour.PLAIN;
    }
}
