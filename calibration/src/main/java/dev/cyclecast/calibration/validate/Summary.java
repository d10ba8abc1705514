package dev.cyclecast.calibration.validate;

import dev.cyclecast.model.predict.Verdict;
import java.util.List;

/**
 * The bottom line of some rows.
 *
 * @param rows             how many rows there are
 * @param measuredRows     how many of them were measured
 * @param methods          the forecast, the replayed variant, the author's stated gain (the middle of its range), and others
 * @param verdictRows      rows on which both forecast and measurement have a verdict
 * @param verdictAgreement rows of these on which the two are the same
 * @param verdictOpposite  rows of these on which one says GO and the other NO-GO
 * @param intervals        the forecasts' intervals
 * @param errors           the forecasts' error, split
 */
public record Summary(int rows, int measuredRows, List<MethodScore> methods, int verdictRows, int verdictAgreement,
                      int verdictOpposite, IntervalScore intervals, ErrorSplit errors) {
    public Summary {
        methods = List.copyOf(methods);
    }

    /** Of a scorecard's rows. */
    static Summary of(List<ScoreRow> rows) {
        List<ScoreRow> judged = rows.stream().filter(r -> r.predicted() != null && r.predicted().verdict() != null)
                .filter(r -> r.measured() != null && r.measured().verdict() != null).toList();
        return new Summary(rows.size(), (int) rows.stream().filter(r -> r.measured() != null).count(), MethodScore.all(rows),
                judged.size(), (int) judged.stream().filter(r -> r.predicted().verdict() == r.measured().verdict()).count(),
                (int) judged.stream().filter(Summary::opposite).count(), IntervalScore.of(rows), ErrorSplit.of(rows));
    }

    private static boolean opposite(ScoreRow row) {
        return switch (row.predicted().verdict()) {
            case GO -> row.measured().verdict() == Verdict.NO_GO;
            case NO_GO -> row.measured().verdict() == Verdict.GO;
            default -> false;
        };
    }
}
