package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.model.Cause;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Replay;
import dev.cyclecast.model.ReplayReport;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code annotate}: what each instruction of a function costs. */
@Command(name = "annotate", mixinStandardHelpOptions = true,
        description = "Shows a function's executed code as replayed on a core: for each instruction its share of the function's cycles,"
                + " cycles by cause, executions, how often branches are taken and mispredicted, and the code bytes, with the jumps drawn.")
final class AnnotateCommand implements Callable<Integer> {
    private static final int CAUSES_SHOWN = 2;
    private static final int BYTES_SHOWN = 20;

    private final Terminal terminal;

    @Mixin
    private TraceOnCore input;

    @Option(names = "--symbol", paramLabel = "FUNCTION", description = "The function (default: the one with the most cycles).")
    private String symbol;

    @Option(names = "--cold", description = "Accept a trace without warm-up.")
    private boolean cold;

    @Mixin
    private Output output;

    AnnotateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CoreProfile core = input.core();
        try (TraceReader trace = TraceReader.open(input.file())) {
            terminal.progress("replaying " + input.file() + " on " + core.name() + " ...");
            ReplayReport report = Replay.run(trace, core, new Replay.Options(cold));
            Listing listing = new Listing(trace.image(), report, BranchCounts.of(trace), function(report, trace.image()));
            output.print(() -> text(listing, core), () -> table(listing, trace.image(), report),
                    () -> object("trace", input.file().toString(), "core", core.name(), "function", listing.name,
                            "cycles", listing.cycles, "operations", report.operations(),
                            "instructions", listing.sites.stream().map(s -> json(s, listing)).toList()));
        }
        return Main.DONE;
    }

    private String function(ReplayReport report, ProgramImage image) {
        List<String> names = report.functions().stream().map(ReplayReport.FunctionCost::name).toList();
        if (symbol == null && !names.isEmpty()) {
            return names.getFirst();
        }
        if (!names.contains(symbol) && report.sites().stream().noneMatch(s -> image.functionName(s.number()).equals(symbol))) {
            throw new InputException(input.file() + ": executes no function '" + symbol + "'; those with the most cycles are "
                    + String.join(", ", names.subList(0, Math.min(12, names.size()))));
        }
        return symbol;
    }

    /** The executed instructions of a function, with what they cost. */
    private static final class Listing {
        private final ProgramImage image;
        private final ReplayReport report;
        private final BranchCounts branches;
        private final String name;
        private final List<ReplayReport.SiteCost> sites;
        private final long cycles;
        private final int[] offset;

        Listing(ProgramImage image, ReplayReport report, BranchCounts branches, String name) {
            this.image = image;
            this.report = report;
            this.branches = branches;
            this.name = name;
            // What has no function of its own in the replay, such as a library, may have symbols all the same.
            Code code = Code.of(image);
            sites = report.sites().stream().filter(s -> image.functionName(s.number()).equals(name)
                    || code.bodyName(s.number()).equals(name)).toList();
            cycles = sites.stream().mapToLong(ReplayReport.SiteCost::cycles).sum();
            offset = new int[image.instructions().size()];
            for (int i = 1; i < offset.length; i++) {
                offset[i] = offset[i - 1] + image.instructions().get(i - 1).length();
            }
        }

        Instruction instruction(ReplayReport.SiteCost site) {
            return image.instructions().get(site.number());
        }

        String bytes(ReplayReport.SiteCost site) {
            int from = offset[site.number()];
            return HexFormat.of().formatHex(image.bytes(), from, from + instruction(site).length());
        }

        double percent(ReplayReport.SiteCost site) {
            return cycles == 0 ? 0 : 100.0 * site.cycles() / cycles;
        }

        /** Cycles by cause, of the whole function. */
        double[] byCause(double per) {
            double[] cycles = new double[Cause.values().length];
            sites.forEach(s -> Arrays.setAll(cycles, c -> cycles[c] + s.byCause().get(c) / per));
            return cycles;
        }

        /** Jumps within the function between executed instructions. */
        JumpArrows arrows() {
            Map<Long, Integer> line = new HashMap<>();
            IntStream.range(0, sites.size()).forEach(l -> line.put(instruction(sites.get(l)).address(), l));
            List<JumpArrows.Jump> jumps = new ArrayList<>();
            for (int l = 0; l < sites.size(); l++) {
                Instruction i = instruction(sites.get(l));
                Integer to = i.flow() == Flow.CONDITIONAL || i.flow() == Flow.JUMP ? line.get(i.target()) : null;
                if (to != null) {
                    jumps.add(new JumpArrows.Jump(l, to));
                }
            }
            return new JumpArrows(sites.size(), jumps);
        }

        /** What the operands are by name. */
        String comment(ReplayReport.SiteCost site) {
            Instruction i = instruction(site);
            List<String> names = new ArrayList<>();
            for (MemoryOperand m : Sites.operands(i)) {
                if (m.variable() >= 0) {
                    names.add(image.variables().get(m.variable()).name());
                }
            }
            String target = i.flow().isBranch() ? Sites.symbolAt(image, i.target()) : "";
            boolean reached = image.indexOf(i.target()) >= 0;
            if (!target.isEmpty() && !(reached && target.startsWith(name + "+"))) {
                names.add((i.flow() == Flow.CONDITIONAL && !reached ? "never → " : "→ ") + target);
            }
            return String.join(", ", names);
        }
    }

    private String text(Listing listing, CoreProfile core) {
        double per = Math.max(1, listing.report.operations());
        String unit = listing.report.operations() > 0 ? "cycles/op" : "cycles";
        StringBuilder text = new StringBuilder(terminal.paint(Colour.BOLD, listing.name + " on " + core.name()))
                .append("  %.2f %s, %.1f %% of all: %s\n\n".formatted(listing.cycles / per, unit,
                        100.0 * listing.cycles / Math.max(1, listing.report.cycles()),
                        Sites.largest(listing.byCause(per), Cause.values().length, "%.2f")))
                .append(terminal.paint(Colour.FAINT, "       %%  %9s  %9s  %6s  %7s  %-28s         address  bytes\n"
                        .formatted(unit, listing.report.operations() > 0 ? "execs/op" : "execs", "taken", "mispred", "causes")));
        JumpArrows arrows = listing.arrows();
        long end = 0;
        for (int l = 0; l < listing.sites.size(); l++) {
            ReplayReport.SiteCost site = listing.sites.get(l);
            Instruction i = listing.instruction(site);
            if (end != 0 && i.address() != end) {
                text.append(terminal.paint(Colour.FAINT, " ".repeat(76) + "... " + (i.address() - end) + " bytes not executed\n"));
            }
            end = i.end();
            double percent = listing.percent(site);
            String cost = site.cycles() == 0 ? " ".repeat(19) : "%8.2f  %9.3f".formatted(percent, site.cycles() / per);
            double share = listing.branches.takenPercent(site.number());
            String taken = Double.isNaN(share) ? "" : "%.0f %%".formatted(share);
            String wrong = site.mispredicts() == 0 ? "" : "%.1f %%".formatted(100.0 * site.mispredicts() / site.executions());
            text.append(terminal.paint(percent >= 5 ? Colour.HOT : Colour.PLAIN, cost))
                    .append("  %9.3f  %6s  %7s  %-28s ".formatted(site.executions() / per, taken, wrong, causes(site, per)))
                    .append(terminal.paint(Colour.FAINT, arrows.before(l, !terminal.draws('─'))))
                    .append(" %x  ".formatted(i.address()))
                    .append(terminal.paint(Colour.FAINT, ("%-" + BYTES_SHOWN + "s").formatted(listing.bytes(site))))
                    .append("  ").append(i.text());
            String comment = listing.comment(site);
            text.append(comment.isEmpty() ? "" : terminal.paint(Colour.FAINT, "  ; " + comment)).append('\n');
        }
        return text.toString();
    }

    private static String causes(ReplayReport.SiteCost site, double per) {
        return Sites.largest(site.byCause().stream().mapToDouble(c -> c / per).toArray(), CAUSES_SHOWN, "%.2f");
    }

    private static Table table(Listing listing, ProgramImage image, ReplayReport report) {
        List<Table.Column> columns = new ArrayList<>(List.of(Table.Column.words("address", "address"),
                Table.Column.words("bytes", "bytes"), Table.Column.words("text", "text"),
                Table.Column.numbers("executions", "executions", "%d"), Table.Column.numbers("mispredicts", "mispredicts", "%d"),
                Table.Column.numbers("cycles", "cycles", "%d")));
        for (Cause cause : Cause.values()) {
            columns.add(Table.Column.numbers(cause.key(), cause.key(), "%d"));
        }
        Table table = new Table(columns.toArray(Table.Column[]::new));
        for (ReplayReport.SiteCost site : listing.sites) {
            List<Object> row = new ArrayList<>(List.of("0x" + Long.toHexString(listing.instruction(site).address()),
                    listing.bytes(site), listing.instruction(site).text(), site.executions(), site.mispredicts(), site.cycles()));
            row.addAll(site.byCause());
            table.row(row.toArray());
        }
        return table;
    }

    private static Map<String, Object> json(ReplayReport.SiteCost site, Listing listing) {
        Instruction i = listing.instruction(site);
        Map<String, Long> causes = new LinkedHashMap<>();
        for (Cause cause : Cause.values()) {
            if (site.byCause().get(cause.ordinal()) > 0) {
                causes.put(cause.key(), site.byCause().get(cause.ordinal()));
            }
        }
        return object("address", "0x" + Long.toHexString(i.address()), "bytes", listing.bytes(site), "text", i.text(), "comment",
                listing.comment(site), "percent", listing.percent(site), "executions", site.executions(),
                "takenPercent", listing.branches.takenPercent(site.number()), "mispredicts", site.mispredicts(), "cycles", site.cycles(), "causes", causes);
    }
}
