package dev.cyclecast.calibration.validate;

import java.util.List;
import java.util.function.Predicate;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * How good the intervals of the forecasts are: whether they cover, how wide they are, and both in one figure.
 *
 * <p>What is measured is not the gain but the gain with an error. A perfect forecast would cover it less often than its level
 * says, so {@code plain} is a lower bound; two intervals overlap more often than either covers, so {@code overlapping} is an
 * upper one. Sound is {@code widened}: forecast and measurement err independently, so a forecast interval of half width h
 * becomes a prediction interval for the measured gain with half width sqrt(h^2 + m^2), m being the measurement's own half width
 * at the forecast's level; of these the nominal share should cover.
 *
 * @param nominalCoverage  the share that should be covered; null without rows
 * @param plain            forecast intervals that contain the measured gain
 * @param widened          prediction intervals that do
 * @param overlapping      forecast intervals that overlap the measured interval
 * @param meanWidthPercent mean width of the forecast intervals, in percentage points; null without rows
 * @param meanScorePercent mean interval score: width, and 2 / (1 - level) times the distance by which a measured gain lies
 *                         outside (Gneiting and Raftery, <a href="https://doi.org/10.1198/016214506000001437">Strictly proper
 *                         scoring rules</a>, 2007); less is better; null without rows
 */
public record IntervalScore(Double nominalCoverage, Coverage plain, Coverage widened, Coverage overlapping,
                            Double meanWidthPercent, Double meanScorePercent) {
    /** Of the rows with a forecast and a measured interval. */
    static IntervalScore of(List<ScoreRow> all) {
        List<ScoreRow> rows = all.stream().filter(r -> r.predicted() != null && r.measured() != null && r.measured().hasInterval())
                .filter(r -> Double.isFinite(r.predicted().high() - r.predicted().low())).toList();
        return new IntervalScore(rows.isEmpty() ? null : rows.getFirst().predicted().level(), count(rows, r -> covers(r, 0, 0)),
                count(rows, IntervalScore::widenedCovers),
                count(rows, r -> r.predicted().low() <= r.measured().high() && r.measured().low() <= r.predicted().high()),
                Errors.mean(rows.stream().mapToDouble(r -> r.predicted().high() - r.predicted().low()).toArray()),
                Errors.mean(rows.stream().mapToDouble(IntervalScore::score).toArray()));
    }

    private static Coverage count(List<ScoreRow> rows, Predicate<ScoreRow> holds) {
        return Coverage.of(rows.size(), (int) rows.stream().filter(holds).count());
    }

    private static boolean covers(ScoreRow row, double moreBelow, double moreAbove) {
        double gain = row.measured().gainPercent();
        return row.predicted().low() - moreBelow <= gain && gain <= row.predicted().high() + moreAbove;
    }

    /** Each side by its own half width: the intervals need not be symmetric. */
    private static boolean widenedCovers(ScoreRow row) {
        Forecast f = row.predicted();
        double noise = row.measured().halfWidth() * quantile(f.level()) / quantile(row.measured().level());
        double below = f.gainPercent() - f.low();
        double above = f.high() - f.gainPercent();
        return covers(row, Math.hypot(below, noise) - below, Math.hypot(above, noise) - above);
    }

    private static double quantile(double level) {
        return new NormalDistribution(null, 0, 1).inverseCumulativeProbability(0.5 + 0.5 * level);
    }

    private static double score(ScoreRow row) {
        Forecast f = row.predicted();
        double gain = row.measured().gainPercent();
        double miss = Math.max(0, Math.max(f.low() - gain, gain - f.high()));
        return f.high() - f.low() + 2 / (1 - f.level()) * miss;
    }
}
