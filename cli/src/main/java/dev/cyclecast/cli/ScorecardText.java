package dev.cyclecast.cli;

import dev.cyclecast.calibration.validate.Forecast;
import dev.cyclecast.calibration.validate.Measured;
import dev.cyclecast.calibration.validate.MethodScore;
import dev.cyclecast.calibration.validate.ScoreRow;
import dev.cyclecast.calibration.validate.Scorecard;
import dev.cyclecast.calibration.validate.Summary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A scorecard as text and as CSV. */
final class ScorecardText {
    private ScorecardText() {
    }

    /** For people. */
    static String text(Terminal terminal, Scorecard card) {
        StringBuilder text = new StringBuilder()
                .append(terminal.paint(Colour.BOLD, "Forecast and measurement on " + card.host().cpu().modelName()))
                .append("\n\n  ").append(card.host().core().reason()).append('\n')
                .append("  A/A control: ").append(interval(card.aa().gainPercent(), card.aa().low(), card.aa().high()))
                .append(" over %d layouts, %d pairs".formatted(card.aa().layouts(), card.aa().pairs()))
                .append(card.aa().clean() ? "" : terminal.paint(Colour.BAD,
                        "; it does not cover zero: trust no figure below that is not far larger"))
                .append('\n');
        card.warnings().forEach(w -> text.append("  ").append(terminal.paint(Colour.DOUBT, w)).append('\n'));
        text.append('\n').append(rows(card).text(terminal, "  "));
        remarks(card).forEach((note, rows) -> text.append("  ").append(rows.size() == card.rows().size() ? "all rows"
                : String.join(", ", rows)).append(": ").append(note).append('\n'));
        return text.append('\n').append(summary(terminal, card.summary()))
                .append("\n  %.0f s of %.0f s; forecasts' SHA-256 %s, written before any variant was compiled; all runs in %s%n"
                        .formatted(card.elapsedSeconds(), card.budgetSeconds(), card.forecastsSha256(), card.folder()))
                .toString();
    }

    /** For CSV and for the table. */
    static Table rows(Scorecard card) {
        Table table = new Table(Table.Column.words("proposal", "proposal"), Table.Column.words("shape", "shape"),
                Table.Column.words("statedGain", "stated %"),
                gain("predictedGainPercent", "forecast %"), bound("predictedLow", "low"), bound("predictedHigh", "high"),
                verdict("predictedVerdict"),
                gain("replayedGainPercent", "replayed %"),
                gain("measuredGainPercent", "measured %"), bound("measuredLow", "low"), bound("measuredHigh", "high"),
                verdict("measuredVerdict"),
                Table.Column.numbers("layouts", "layouts", "%d"), Table.Column.numbers("pairs", "pairs", "%d"));
        for (ScoreRow row : card.rows()) {
            Forecast f = row.predicted();
            Measured m = row.measured();
            table.row(row.proposal(), row.shape().label(), range(row.statedGain()),
                    f == null ? null : f.gainPercent(), f == null ? null : f.low(), f == null ? null : f.high(),
                    f == null ? null : f.verdict(),
                    row.replayedVariant() == null ? null : row.replayedVariant().gainPercent(),
                    m == null ? null : m.gainPercent(), m == null ? null : m.low(), m == null ? null : m.high(),
                    m == null ? null : m.verdict(),
                    m == null ? null : m.layouts(), m == null ? null : m.pairs());
        }
        return table;
    }

    /** What is to be said of measurements, with the rows that it is said of. */
    private static Map<String, List<String>> remarks(Scorecard card) {
        return card.rows().stream().filter(r -> remark(r) != null).collect(Collectors.groupingBy(ScorecardText::remark,
                LinkedHashMap::new, Collectors.mapping(r -> r.proposal() + " " + r.shape().label(), Collectors.toList())));
    }

    private static String remark(ScoreRow row) {
        return row.measured() == null ? "not measured, the budget was spent; raise --budget" : row.measured().note();
    }

    private static String summary(Terminal terminal, Summary summary) {
        Table table = new Table(Table.Column.words("method", "method"), Table.Column.numbers("rows", "rows", "%d"),
                Table.Column.words("sign", "same sign"), Table.Column.words("decided", "where measured gain is not zero"),
                Table.Column.numbers("error", "mean error %", "%.2f"));
        for (MethodScore s : summary.methods()) {
            table.row(s.method(), s.rows(), s.signAgreement() + " of " + s.rows(),
                    s.signAgreementWhereDecided() + " of " + s.signDecided(), s.meanAbsoluteErrorPercent());
        }
        return table.text(terminal, "  ") + "\n  Same verdict: %d of %d. Forecast intervals that cover the measured gain: %d of %d%s.%n"
                .formatted(summary.verdictAgreement(), summary.verdictRows(), summary.intervalsCovering(), summary.intervalRows(),
                        summary.nominalCoverage() == null ? "" : String.format(Locale.ROOT, " (%.0f %% should)",
                                100 * summary.nominalCoverage()));
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

    private static String interval(double gain, Double low, Double high) {
        return low == null ? "%+.2f %%".formatted(gain) : "%+.2f %% [%+.2f, %+.2f]".formatted(gain, low, high);
    }
}
