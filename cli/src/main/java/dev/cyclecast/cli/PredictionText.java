package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.model.Cause;
import dev.cyclecast.model.predict.Prediction;
import dev.cyclecast.model.predict.Source;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Forecasts as text, CSV and JSON. */
final class PredictionText {
    private static final int CAUSES_SHOWN = 2;
    /** Cycles per operation below which a cause is not worth a word. */
    private static final double LEAST_SHOWN = 0.005;

    private final Terminal terminal;
    private final List<Prediction> predictions;
    private final long seed;

    PredictionText(Terminal terminal, List<Prediction> predictions, long seed) {
        this.terminal = terminal;
        this.predictions = List.copyOf(predictions);
        this.seed = seed;
    }

    /** For people: a table for each trace and core. */
    String text(boolean width) {
        StringBuilder text = new StringBuilder();
        groups().forEach((name, group) -> {
            text.append(terminal.paint(Colour.BOLD, name)).append("  %.1f cycles per operation as recorded%n%n"
                    .formatted(group.getFirst().baseCyclesPerOperation()));
            text.append(table(group).text(terminal, "  ")).append('\n');
            if (width) {
                text.append(shares(group).text(terminal, "  ")).append('\n');
            }
        });
        return text.append(legend()).toString();
    }

    private Map<String, List<Prediction>> groups() {
        return predictions.stream().collect(Collectors.groupingBy(p -> p.trace() + " on " + p.core(), LinkedHashMap::new,
                Collectors.toList()));
    }

    private static Table table(List<Prediction> group) {
        Table table = new Table(Table.Column.words("proposal", "proposal").coloured(p -> Colour.BOLD),
                Table.Column.words("stated", "stated %"), Table.Column.numbers("gain", "gain %", "%+.2f"),
                Table.Column.words("interval", "90 % interval"), Table.Column.words("inOneLayout", "in one layout"),
                Table.Column.words("verdict", "verdict").coloured(v -> Colour.ofVerdict(v.toString())),
                Table.Column.numbers("saved", "saves cyc/op", "%+.2f"), Table.Column.words("causes", "most of it on"),
                Table.Column.words("days", "days"), Table.Column.numbers("return", "%/day", "%+.2f"),
                Table.Column.words("risk", "risk"));
        for (Prediction p : group) {
            table.row(p.proposal(), range(p.statedGain(), "%+.1f"), p.gainPercent(),
                    Double.isNaN(p.low()) ? null : "[%+.2f, %+.2f]".formatted(p.low(), p.high()),
                    Double.isNaN(p.lowInOneLayout()) ? null : "%+.1f..%+.1f".formatted(p.lowInOneLayout(), p.highInOneLayout()),
                    p.verdict(), p.baseCyclesPerOperation() - p.editedCyclesPerOperation(), causes(p), days(p.effortDays()),
                    finite(p.returnPerDay()), p.risk());
        }
        return table;
    }

    /** The causes on which most cycles are saved or lost. */
    private static String causes(Prediction p) {
        return p.byCause().entrySet().stream()
                .filter(e -> Math.abs(e.getValue()) >= LEAST_SHOWN)
                .sorted(Comparator.comparingDouble((Map.Entry<Cause, Double> e) -> -Math.abs(e.getValue())))
                .limit(CAUSES_SHOWN)
                .map(e -> "%s %+.2f".formatted(e.getKey().key(), e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private Table shares(List<Prediction> group) {
        List<Table.Column> columns = new ArrayList<>(List.of(Table.Column.words("proposal", "width of")));
        for (Source source : Source.values()) {
            columns.add(Table.Column.numbers(source.key(), source.key() + " %", "%.0f"));
        }
        Table table = new Table(columns.toArray(Table.Column[]::new));
        for (Prediction p : group) {
            List<Object> row = new ArrayList<>(List.of(p.proposal()));
            for (Source source : Source.values()) {
                Double share = p.shares().get(source);
                row.add(share == null ? null : 100 * share);
            }
            table.row(row.toArray());
        }
        return table;
    }

    private String legend() {
        StringBuilder text = new StringBuilder();
        Set<String> proposals = new LinkedHashSet<>();
        predictions.forEach(p -> proposals.add("  " + terminal.paint(Colour.BOLD, p.proposal()) + "  " + p.title() + "\n"));
        proposals.forEach(text::append);
        int draws = predictions.getFirst().draws();
        if (draws == 1) {
            return text.append("\n  A single draw, so no interval and no verdict; without --draws 1 there are 64.\n").toString();
        }
        return text.append("\n  Stated: the author's guess. Gain: averaged over code layouts, page colours and windows of the trace, from ")
                .append(draws).append(" joint draws\n  of these and the core's constants, with the interval of that average.")
                .append(" In one layout: where a single build may lie.\n  GO: the interval is above +1 %; NO-GO: below -1 %;")
                .append(" NEUTRAL: within both; else UNDECIDED. %/day: low end of the gain\n  for each of the most days that the author")
                .append(" allows.\n").toString();
    }

    /** For other programs: one row for each forecast. */
    Table csv() {
        List<Table.Column> columns = new ArrayList<>();
        for (String field : List.of("proposal", "title", "core", "trace", "gainPercent", "low", "high", "lowInOneLayout",
                "highInOneLayout", "level", "draws", "verdict", "effortDaysLow", "effortDaysHigh", "returnPerDay", "risk", "statedLow", "statedHigh", "baseCyclesPerOperation",
                "editedCyclesPerOperation", "sites")) {
            columns.add(Table.Column.words(field, field));
        }
        for (Cause cause : Cause.values()) {
            columns.add(Table.Column.words("saved." + cause.key(), cause.key()));
        }
        for (Source source : Source.values()) {
            columns.add(Table.Column.words("width." + source.key(), source.key()));
        }
        Table table = new Table(columns.toArray(Table.Column[]::new));
        for (Prediction p : predictions) {
            List<Object> row = new ArrayList<>(java.util.Arrays.asList(p.proposal(), p.title(), p.core(), p.trace(), p.gainPercent(),
                    p.low(), p.high(), p.lowInOneLayout(), p.highInOneLayout(), p.level(), p.draws(), p.verdict(), end(p.effortDays(), 0), end(p.effortDays(), 1),
                    p.returnPerDay(), p.risk(), end(p.statedGain(), 0), end(p.statedGain(), 1), p.baseCyclesPerOperation(),
                    p.editedCyclesPerOperation(), p.sites()));
            for (Cause cause : Cause.values()) {
                row.add(p.byCause().get(cause));
            }
            for (Source source : Source.values()) {
                row.add(p.shares().get(source));
            }
            table.row(row.toArray());
        }
        return table;
    }

    /** For other programs, with everything that is known. */
    Object json(List<String> traces, List<String> cores) {
        return object("traces", traces, "cores", cores, "seed", seed,
                "predictions", predictions.stream().map(PredictionText::json).toList());
    }

    private static Object json(Prediction p) {
        Map<String, Double> byCause = new LinkedHashMap<>();
        p.byCause().forEach((cause, cycles) -> byCause.put(cause.key(), cycles));
        Map<String, Double> shares = new LinkedHashMap<>();
        p.shares().forEach((source, share) -> shares.put(source.key(), share));
        return object("proposal", p.proposal(), "title", p.title(), "core", p.core(), "trace", p.trace(),
                "gainPercent", p.gainPercent(), "low", p.low(), "high", p.high(), "lowInOneLayout", p.lowInOneLayout(),
                "highInOneLayout", p.highInOneLayout(), "level", p.level(), "draws", p.draws(),
                "verdict", p.verdict() == null ? null : p.verdict().toString(), "effortDays", orNull(p.effortDays()),
                "risk", p.risk(), "statedGain", orNull(p.statedGain()), "returnPerDay", p.returnPerDay(),
                "baseCyclesPerOperation", p.baseCyclesPerOperation(), "editedCyclesPerOperation", p.editedCyclesPerOperation(),
                "byCause", byCause, "widthShares", shares, "sites", p.sites());
    }

    private static List<Double> orNull(List<Double> range) {
        return range.isEmpty() ? null : range;
    }

    private static Double end(List<Double> range, int index) {
        return range.isEmpty() ? null : range.get(index);
    }

    private static Double finite(double number) {
        return Double.isFinite(number) ? number : null;
    }

    private static String days(List<Double> range) {
        DecimalFormat format = new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT));
        return range.isEmpty() ? null : format.format(range.getFirst()) + ".." + format.format(range.getLast());
    }

    private static String range(List<Double> range, String format) {
        return range.isEmpty() ? null : format.formatted(range.getFirst()) + ".." + format.formatted(range.getLast());
    }
}
