package dev.cyclecast.calibration.validate;

import java.util.List;

/**
 * The scorecard's bottom line.
 *
 * @param methods           the forecast, the replayed variant and the author's stated gain (the middle of its range)
 * @param verdictRows       rows on which both forecast and measurement have a verdict
 * @param verdictAgreement  rows of these on which the two are the same
 * @param intervalRows      rows with a forecast and a measurement
 * @param intervalsCovering rows of these whose forecast interval contains the measured gain
 * @param nominalCoverage   the share of rows that should; null without forecasts
 */
public record Summary(List<MethodScore> methods, int verdictRows, int verdictAgreement, int intervalRows,
                      int intervalsCovering, Double nominalCoverage) {
    public Summary {
        methods = List.copyOf(methods);
    }

    /** Of a scorecard's rows. */
    static Summary of(List<ScoreRow> rows) {
        List<MethodScore> methods = List.of(
                MethodScore.of("forecast", rows,
                        r -> r.predicted() == null ? null : r.predicted().gainPercent()),
                MethodScore.of("replayed variant", rows, r -> r.replayedVariant().gainPercent()),
                MethodScore.of("stated gain", rows, Summary::middleOfStated));
        List<ScoreRow> both = rows.stream().filter(r -> r.predicted() != null).toList();
        List<ScoreRow> judged = both.stream().filter(r -> r.measured().verdict() != null).toList();
        return new Summary(methods, judged.size(),
                (int) judged.stream().filter(r -> r.predicted().verdict() == r.measured().verdict()).count(),
                both.size(), (int) both.stream().filter(Summary::covers).count(),
                both.isEmpty() ? null : both.getFirst().predicted().level());
    }

    private static Double middleOfStated(ScoreRow row) {
        return row.statedGain().isEmpty() ? null : 0.5 * (row.statedGain().getFirst() + row.statedGain().getLast());
    }

    private static boolean covers(ScoreRow row) {
        double gain = row.measured().gainPercent();
        return row.predicted().low() <= gain && gain <= row.predicted().high();
    }
}
