package dev.cyclecast.cli;

import dev.cyclecast.calibration.validate.AbsoluteRow;
import dev.cyclecast.calibration.validate.IntervalScore;
import dev.cyclecast.calibration.validate.Phase4Outcome;
import dev.cyclecast.calibration.validate.ScoreRow;
import dev.cyclecast.calibration.validate.Scorecard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A scorecard for the terminal. */
final class ScorecardText {
    private static final int ROWS_NAMED = 6;

    private ScorecardText() {
    }

    /** For people. */
    static String text(Terminal terminal, Scorecard card) {
        StringBuilder text = new StringBuilder()
                .append(terminal.paint(Colour.BOLD, "Forecast and measurement on " + card.host().cpu().modelName()))
                .append("\n\n  ").append(card.host().core().reason()).append('\n')
                .append("  A/A control: ").append(interval(card.aa().gainPercent(), card.aa().low(), card.aa().high()))
                .append(" over %d layouts, %d pairs".formatted(card.aa().layouts(), card.aa().pairs()))
                .append(card.aa().clean() || card.aa().low() == null ? "" : terminal.paint(Colour.BAD,
                        "; it does not cover zero: trust no figure below that is not far larger"))
                .append('\n');
        card.warnings().forEach(w -> text.append("  ").append(terminal.paint(Colour.DOUBT, w)).append('\n'));
        text.append('\n').append(rows(card).text(terminal, "  "));
        String mark = ScorecardTables.mark(card.rows());
        text.append(mark.isEmpty() ? "" : "  " + mark + "\n");
        remarks(card).forEach((note, rows) -> text.append("  ").append(names(rows, card.rows().size())).append(": ").append(note)
                .append('\n'));
        text.append('\n').append(ScorecardTables.methods(card.summary()).text(terminal, "  "));
        if (card.groups().size() > 1) {
            text.append('\n').append(ScorecardTables.groups(card).text(terminal, "  "));
        }
        text.append('\n').append(bottomLine(card));
        if (!card.phase4().isEmpty()) {
            text.append('\n').append(ScorecardTables.phase4(card).text(terminal, "  ")).append("  ").append(Phase4Outcome.LIMIT)
                    .append('\n');
        }
        return text.append("\n  %.0f s of %.0f s; forecasts' SHA-256 %s, written before any variant was compiled; all runs in %s%n"
                .formatted(card.elapsedSeconds(), card.budgetSeconds(), card.forecastsSha256(), card.folder())).toString();
    }

    /** For CSV and for the table. */
    static Table rows(Scorecard card) {
        return ScorecardTables.rows(card.rows());
    }

    /** The figures that stand for the whole, line by line. */
    private static String bottomLine(Scorecard card) {
        StringBuilder text = new StringBuilder("  Same verdict: %s, opposite: %d.\n".formatted(
                ScorecardTables.of(card.summary().verdictAgreement(), card.summary().verdictRows()), card.summary().verdictOpposite()));
        IntervalScore i = card.summary().intervals();
        if (i.nominalCoverage() != null) {
            text.append(String.format(Locale.ROOT, "  Forecast intervals, widened by the measurement's error, cover the measured gain on %s rows"
                            + " (%.0f..%.0f %%; %.0f %% should); as they are on %d.\n  Mean width %.2f points, interval score %.2f.\n",
                    ScorecardTables.of(i.widened().held(), i.widened().rows()), 100 * i.widened().low(), 100 * i.widened().high(),
                    100 * i.nominalCoverage(), i.plain().held(), i.meanWidthPercent(), i.meanScorePercent()));
        }
        AbsoluteRow worst = card.cycles().worst();
        if (worst != null) {
            text.append(String.format(Locale.ROOT, "  Cycles per operation: mean error %.1f %% over %d programs, worst %+.1f %% (%s %s %s: %.1f"
                            + " modelled, %.1f measured).\n", card.cycles().meanAbsoluteErrorPercent(), card.cycles().rows().size(),
                    worst.errorPercent(), worst.variant(), worst.shape().label(), worst.workload(), worst.modelledCycles(),
                    worst.measuredCycles()));
        }
        return text.toString();
    }

    /** What is to be said of measurements, with the rows that it is said of. */
    private static Map<String, List<String>> remarks(Scorecard card) {
        return card.rows().stream().filter(r -> r.measured() != null && r.measured().note() != null)
                .collect(Collectors.groupingBy(r -> r.measured().note(), LinkedHashMap::new,
                        Collectors.mapping(ScoreRow::name, Collectors.toList())));
    }

    private static String names(List<String> rows, int all) {
        return rows.size() == all ? "all rows" : rows.size() <= ROWS_NAMED ? String.join(", ", rows) : rows.size() + " rows";
    }

    static String interval(double gain, Double low, Double high) {
        return low == null ? "%+.2f %%".formatted(gain) : "%+.2f %% [%+.2f, %+.2f]".formatted(gain, low, high);
    }
}
