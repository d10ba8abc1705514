package dev.cyclecast.cli;

import dev.cyclecast.calibration.validate.AbsoluteRow;
import dev.cyclecast.calibration.validate.Coverage;
import dev.cyclecast.calibration.validate.ErrorSplit;
import dev.cyclecast.calibration.validate.Forecast;
import dev.cyclecast.calibration.validate.GroupSummary;
import dev.cyclecast.calibration.validate.IntervalScore;
import dev.cyclecast.calibration.validate.Measured;
import dev.cyclecast.calibration.validate.MethodScore;
import dev.cyclecast.calibration.validate.Phase4Outcome;
import dev.cyclecast.calibration.validate.Replayed;
import dev.cyclecast.calibration.validate.ScoreRow;
import dev.cyclecast.calibration.validate.Scorecard;
import dev.cyclecast.calibration.validate.Summary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables of a scorecard, for the terminal, for CSV and for its page. */
final class ScorecardTables {
    private static final String MARK = "*";

    /**
     * A forecast's gain as a cell: for people with a mark where it was transferred, in CSV the number alone.
     *
     * @param gainPercent the gain
     * @param transferred whether it is marked
     */
    private record Said(double gainPercent, boolean transferred) {
        @Override
        public String toString() {
            return Double.toString(gainPercent);
        }
    }

    private ScorecardTables() {
    }

    /** What the mark of some forecasts means, in one line; empty where none of the rows has it. */
    static String mark(List<ScoreRow> rows) {
        return rows.stream().map(ScoreRow::transfer).filter(Objects::nonNull).findFirst()
                .map(t -> String.format(Locale.ROOT, "Forecasts marked %s are the reference shape's times %.2f, the mean share that %d"
                        + " forecasts in both shapes keep: nothing is left to edit in the free shape's own trace.", MARK, t.share(), t.pairs()))
                .orElse("");
    }

    /** A column of forecasts, for {@link #forecast}. */
    static Table.Column forecasts(String field) {
        Table.Column plain = gain(field, "forecast %");
        return plain.shown(cell -> {
            Said said = (Said) cell;
            return plain.text().apply(said.gainPercent()) + (said.transferred() ? MARK : "");
        });
    }

    /** The cell of a row in a column of forecasts. */
    static Object forecast(ScoreRow row) {
        return row.predicted() == null ? null : new Said(row.predicted().gainPercent(), row.transfer() != null);
    }

    /** All rows: what was said beside what was found. */
    static Table rows(List<ScoreRow> rows) {
        Set<String> others = rows.stream().flatMap(r -> r.others().keySet().stream()).collect(Collectors.toCollection(LinkedHashSet::new));
        List<Table.Column> columns = new ArrayList<>(List.of(Table.Column.words("workload", "workload"),
                Table.Column.words("proposal", "proposal"), Table.Column.words("shape", "shape"),
                Table.Column.words("statedGain", "stated %"),
                forecasts("predictedGainPercent"), bound("predictedLow", "low"), bound("predictedHigh", "high"),
                verdict("predictedVerdict"),
                gain("replayedGainPercent", "replayed %"), bound("replayedLow", "low"), bound("replayedHigh", "high"),
                gain("measuredGainPercent", "measured %"), bound("measuredLow", "low"), bound("measuredHigh", "high"),
                verdict("measuredVerdict"), Table.Column.numbers("layouts", "layouts", "%d"), Table.Column.numbers("pairs", "pairs", "%d")));
        others.forEach(name -> columns.add(gain(field(name), name + " %")));
        Table table = new Table(columns.toArray(Table.Column[]::new));
        for (ScoreRow row : rows) {
            Forecast f = row.predicted();
            Replayed r = row.replayedVariant();
            Measured m = row.measured();
            List<Object> cells = new ArrayList<>(Arrays.asList(row.workload().id(), row.proposal(), row.shape().label(), range(row.statedGain()),
                    forecast(row), f == null ? null : f.low(), f == null ? null : f.high(), f == null ? null : f.verdict(),
                    r == null ? null : r.gainPercent(), r == null ? null : r.low(), r == null ? null : r.high(),
                    m == null ? null : m.gainPercent(), m == null ? null : m.low(), m == null ? null : m.high(),
                    m == null ? null : m.verdict(), m == null ? null : m.layouts(), m == null ? null : m.pairs()));
            others.forEach(name -> cells.add(row.gainBy(name)));
            table.row(cells.toArray());
        }
        return table;
    }

    private static String field(String method) {
        String words = method.replaceAll("[^A-Za-z0-9]+", " ").strip();
        StringBuilder name = new StringBuilder();
        for (String word : words.split(" ")) {
            name.append(name.isEmpty() ? word.toLowerCase(Locale.ROOT) : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name + "Percent";
    }

    /** Every way of guessing beside the others. */
    static Table methods(Summary summary) {
        Table table = new Table(Table.Column.words("method", "method"), Table.Column.numbers("rows", "rows", "%d"),
                Table.Column.words("sign", "same sign"), Table.Column.words("decided", "where the measured interval leaves zero out"),
                Table.Column.words("large", "and the gain is 1 % or more"), Table.Column.numbers("error", "mean error, points", "%.2f"),
                Table.Column.numbers("bias", "bias, points", "%+.2f"));
        for (MethodScore s : summary.methods()) {
            table.row(s.method(), s.rows(), of(s.signAgreement(), s.rows()), of(s.signAgreementWhereDecided(), s.signDecided()),
                    of(s.signAgreementWhereLarge(), s.signLarge()), s.meanAbsoluteErrorPercent(), s.meanErrorPercent());
        }
        return table;
    }

    /** The bottom line by load and shape, and of all. */
    static Table groups(Scorecard card) {
        Table table = new Table(Table.Column.words("workload", "workload"), Table.Column.words("shape", "shape"),
                Table.Column.words("rows", "rows measured"), Table.Column.words("verdicts", "same verdict"),
                Table.Column.words("sign", "right sign where 1 % or more"),
                Table.Column.numbers("error", "mean error, points", "%.2f"), Table.Column.numbers("model", "the model's", "%.2f"),
                Table.Column.numbers("proposal", "the proposal's", "%.2f"), Table.Column.numbers("noise", "measured ±", "%.2f"),
                Table.Column.words("covered", "covered"), Table.Column.numbers("width", "mean width", "%.2f"),
                Table.Column.numbers("score", "interval score", "%.2f"));
        for (GroupSummary g : card.groups()) {
            row(table, g.workload().id(), g.shape().label(), g.summary());
        }
        row(table, "all", "", card.summary());
        return table;
    }

    private static void row(Table table, String load, String shape, Summary s) {
        MethodScore forecast = s.methods().getFirst();
        ErrorSplit e = s.errors();
        IntervalScore i = s.intervals();
        table.row(load, shape, of(s.measuredRows(), s.rows()), of(s.verdictAgreement(), s.verdictRows()),
                of(forecast.signAgreementWhereLarge(), forecast.signLarge()), forecast.meanAbsoluteErrorPercent(), e.modelErrorPercent(),
                e.proposalErrorPercent(), e.meanMeasuredHalfWidth(), of(i.widened().held(), i.widened().rows()), i.meanWidthPercent(),
                i.meanScorePercent());
    }

    /** The ways of counting coverage. */
    static Table coverage(IntervalScore i) {
        Table table = new Table(Table.Column.words("count", "counted as covered"), Table.Column.words("rows", "rows"),
                Table.Column.numbers("share", "share %", "%.0f"), Table.Column.words("interval", "95 % interval"));
        row(table, "measured gain in the forecast interval widened by the measurement's error", i.widened());
        row(table, "measured gain in the forecast interval as it is", i.plain());
        row(table, "forecast and measured interval overlap", i.overlapping());
        return table;
    }

    private static void row(Table table, String what, Coverage c) {
        table.row(what, of(c.held(), c.rows()), c.rows() == 0 ? null : 100.0 * c.held() / c.rows(),
                c.rows() == 0 ? null : "%.0f..%.0f".formatted(100 * c.low(), 100 * c.high()));
    }

    /** Absolute cycles per operation, program by program. */
    static Table cycles(List<AbsoluteRow> rows) {
        Table table = new Table(Table.Column.words("workload", "workload"), Table.Column.words("variant", "variant"),
                Table.Column.words("shape", "shape"), Table.Column.numbers("modelledCycles", "modelled cycles/op", "%.1f"),
                Table.Column.numbers("measuredCycles", "measured", "%.1f"), Table.Column.numbers("errorPercent", "error %", "%+.1f"),
                Table.Column.numbers("layouts", "layouts", "%d"));
        rows.forEach(r -> table.row(r.workload().id(), r.variant(), r.shape().label(), r.modelledCycles(), r.measuredCycles(),
                r.errorPercent(), r.layouts()));
        return table;
    }

    /** The founding document's protocol beside our verdict. */
    static Table phase4(Scorecard card) {
        Table table = new Table(Table.Column.words("proposal", "proposal"), Table.Column.words("shape", "shape"),
                gain("mixedPercent", "mixed, 10 runs %"), gain("c6HeavyPercent", "c6-heavy, 5 runs %"), Table.Column.words("health", "health"),
                Table.Column.words("decision", "phase4 decides"), gain("measuredGainPercent", "over layouts %"), bound("low", "low"),
                bound("high", "high"), verdict("verdict"));
        for (Phase4Outcome p : card.phase4()) {
            Measured m = card.rows().stream().filter(r -> r.proposal().equals(p.proposal()) && r.shape() == p.shape())
                    .filter(r -> r.workload().id().equals("mixed")).map(ScoreRow::measured).findFirst().orElse(null);
            table.row(p.proposal(), p.shape().label(), p.mixedPercent(), p.c6HeavyPercent(), p.broken() == null ? "works" : p.broken(),
                    p.decision(), m == null ? null : m.gainPercent(), m == null ? null : m.low(), m == null ? null : m.high(),
                    m == null ? null : m.verdict());
        }
        return table;
    }

    static String of(int part, int whole) {
        return part + " of " + whole;
    }

    private static Table.Column gain(String field, String heading) {
        return Table.Column.numbers(field, heading, "%+.2f");
    }

    private static Table.Column bound(String field, String heading) {
        return Table.Column.numbers(field, heading, "%+.2f").coloured(v -> Colour.FAINT);
    }

    private static Table.Column verdict(String field) {
        return Table.Column.words(field, "verdict").coloured(v -> Colour.ofVerdict(v.toString()));
    }

    private static String range(List<Double> range) {
        return range.isEmpty() ? null : "%+.1f..%+.1f".formatted(range.getFirst(), range.getLast());
    }
}
