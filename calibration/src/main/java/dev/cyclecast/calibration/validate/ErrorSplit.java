package dev.cyclecast.calibration.validate;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Where the forecasts' error comes from, in percentage points. Forecast minus measured gain is the sum of two: forecast minus
 * replayed variant is the proposal's (what the compiler did to the idea), replayed variant minus measured gain the model's.
 *
 * @param rows             rows that have all three
 * @param meanAbsoluteErrorPercent    mean size of forecast minus measured; null without rows
 * @param modelErrorPercent           mean size of the model's part; null without rows
 * @param proposalErrorPercent        mean size of the proposal's part; null without rows
 * @param meanModelErrorPercent       its mean with sign: above zero where the model promises too much; null without rows
 * @param meanProposalErrorPercent    the proposal's mean with sign; null without rows
 * @param meanMeasuredHalfWidth       mean half width of the measured intervals: what of the model's part may be noise; null without rows
 */
public record ErrorSplit(int rows, Double meanAbsoluteErrorPercent, Double modelErrorPercent, Double proposalErrorPercent,
                         Double meanModelErrorPercent, Double meanProposalErrorPercent, Double meanMeasuredHalfWidth) {
    static ErrorSplit of(List<ScoreRow> all) {
        List<ScoreRow> rows = all.stream()
                .filter(r -> r.predicted() != null && r.replayedVariant() != null && r.measured() != null).toList();
        double[] model = errors(rows, r -> r.replayedVariant().gainPercent() - r.measured().gainPercent());
        double[] proposal = errors(rows, r -> r.predicted().gainPercent() - r.replayedVariant().gainPercent());
        return new ErrorSplit(rows.size(), Errors.meanAbsolute(errors(rows, ScoreRow::miss)), Errors.meanAbsolute(model),
                Errors.meanAbsolute(proposal), Errors.mean(model), Errors.mean(proposal),
                Errors.mean(rows.stream().filter(r -> r.measured().hasInterval()).mapToDouble(r -> r.measured().halfWidth()).toArray()));
    }

    private static double[] errors(List<ScoreRow> rows, ToDoubleFunction<ScoreRow> error) {
        return rows.stream().mapToDouble(error).toArray();
    }
}
