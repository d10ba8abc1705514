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

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "A", description = "A .cct file.")
    private Path first;

    @Parameters(index = "1", paramLabel = "B", description = "Another one, of the same work.")
    private Path second;

    @Option(names = "--core", paramLabel = "CORE", defaultValue = "zen4",
            description = "A core's name, or a profile file ending in .json (default: ${DEFAULT-VALUE}).")
    private String core;

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

    /** A quantity in both programs, per operation. */
    private record Change(String name, double a, double b) {
        double change() {
            return b - a;
        }
    }

    @Override
    public Integer call() {
        CoreProfile profile = CoreProfile.load(core);
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
            List<Change> functions = functions(before, after, per);
            List<Map<String, Object>> lines = lines(functions, a.image(), before, b.image(), after, per);
            output.print(() -> text(profile, before, after, causes, functions, lines),
                    () -> table(lines, Integer.MAX_VALUE),
                    () -> object("a", first.toString(), "b", second.toString(), "core", profile.name(),
                            "operations", before.operations(), "cyclesA", before.cycles() / per, "cyclesB", after.cycles() / per,
                            "gainPercent", gain(before, after), "causes", json(causes), "functions", json(functions),
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

    /** Cycles by function, the largest change first. */
    private static List<Change> functions(ReplayReport before, ReplayReport after, double per) {
        Map<String, double[]> cycles = new LinkedHashMap<>();
        before.functions().forEach(f -> cycles.computeIfAbsent(f.name(), n -> new double[2])[0] += f.cycles() / per);
        after.functions().forEach(f -> cycles.computeIfAbsent(f.name(), n -> new double[2])[1] += f.cycles() / per);
        List<Change> functions = new ArrayList<>();
        cycles.forEach((name, c) -> functions.add(new Change(name, c[0], c[1])));
        functions.sort(Comparator.comparingDouble((Change c) -> -Math.abs(c.change())).thenComparing(Change::name));
        return functions;
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
                    lines.add(object("function", function.name(), "in", both ? "both" : line.before() == null ? "B" : "A",
                            "executionsA", line.before() == null ? 0 : line.before().executions() / per,
                            "executionsB", line.after() == null ? 0 : line.after().executions() / per,
                            "cyclesA", a, "cyclesB", b, "change", b - a, "instruction", line.text()));
                }
            }
        }
        lines.sort(Comparator.comparingDouble(line -> -Math.abs((double) line.get("change"))));
        return lines;
    }

    private static List<Map<String, Object>> json(List<Change> changes) {
        return changes.stream().map(c -> object("name", c.name(), "a", c.a(), "b", c.b(), "change", c.change())).toList();
    }

    private String text(CoreProfile profile, ReplayReport before, ReplayReport after, List<Change> causes,
            List<Change> functions, List<Map<String, Object>> lines) {
        List<Change> rates = new ArrayList<>();
        double per = Math.max(1, before.operations());
        rates.add(new Change("cycles", before.cycles() / per, after.cycles() / per));
        before.rates().forEach((name, rate) -> rates.add(new Change(name, rate, after.rates().get(name))));
        return terminal.paint(Colour.BOLD, "A " + first + "  B " + second + " on " + profile.name())
                + "  gain of B %+.2f %%; per operation:\n\n".formatted(gain(before, after))
                + table("event", rates, rates.size()).text(terminal, "  ") + "\n"
                + table("cycles by cause", causes, causes.size()).text(terminal, "  ") + "\n"
                + table("cycles by function", functions, top).text(terminal, "  ") + "\n"
                + table(lines, top).text(terminal, "  ");
    }

    private static Table table(String heading, List<Change> changes, int most) {
        Table table = new Table(Table.Column.numbers("a", "A", "%.3f"), Table.Column.numbers("b", "B", "%.3f"),
                Table.Column.numbers("change", "B - A", "%+.3f").coloured(CompareCommand::colour),
                Table.Column.words("name", heading));
        changes.stream().filter(c -> Math.max(Math.abs(c.a()), Math.abs(c.b())) >= LEAST_SHOWN).limit(most)
                .forEach(c -> table.row(c.a(), c.b(), c.change(), c.name()));
        return table;
    }

    private static Table table(List<Map<String, Object>> lines, int most) {
        Table table = new Table(Table.Column.words("in", "in"), Table.Column.numbers("executionsA", "execs A", "%.3f"),
                Table.Column.numbers("executionsB", "execs B", "%.3f"), Table.Column.numbers("cyclesA", "cycles A", "%.3f"),
                Table.Column.numbers("cyclesB", "cycles B", "%.3f"),
                Table.Column.numbers("change", "B - A", "%+.3f").coloured(CompareCommand::colour),
                Table.Column.words("function", "function"), Table.Column.words("instruction", "instruction"));
        lines.stream().limit(most).forEach(l -> table.row(l.get("in"), l.get("executionsA"), l.get("executionsB"),
                l.get("cyclesA"), l.get("cyclesB"), l.get("change"), l.get("function"), l.get("instruction")));
        return table;
    }

    private static Colour colour(Object change) {
        return (double) change >= 0.05 ? Colour.BAD : (double) change <= -0.05 ? Colour.GOOD : Colour.PLAIN;
    }
}
