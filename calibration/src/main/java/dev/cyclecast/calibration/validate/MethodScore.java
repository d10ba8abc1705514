package dev.cyclecast.calibration.validate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How well one way of guessing gains did against the measured ones.
 *
 * @param method                    what guessed
 * @param rows                      rows on which there is both a guess and a measurement
 * @param signAgreement             rows on which guess and measurement have the same sign
 * @param signDecided               rows on which the measured interval excludes zero
 * @param signAgreementWhereDecided those of them on which guess and measurement have the same sign
 * @param signLarge                 rows of the decided on which the measured gain is 1 % or more in size
 * @param signAgreementWhereLarge   those of them on which guess and measurement have the same sign
 * @param meanAbsoluteErrorPercent  mean distance between guess and measurement; null without rows
 * @param meanErrorPercent          mean of guess minus measurement: above zero where it promises too much; null without rows
 */
public record MethodScore(String method, int rows, int signAgreement, int signDecided, int signAgreementWhereDecided,
                          int signLarge, int signAgreementWhereLarge, Double meanAbsoluteErrorPercent, Double meanErrorPercent) {
    private static final double LARGE_PERCENT = 1;
    private static final String FORECAST = "forecast";
    private static final String REPLAYED = "replayed variant";

    /** Every way of guessing, scored: the forecast, the replayed variant, the author, and all others that the rows know. */
    static List<MethodScore> all(List<ScoreRow> rows) {
        List<MethodScore> scores = new ArrayList<>();
        guesses(rows).forEach((name, guess) -> scores.add(of(name, rows, guess)));
        return scores;
    }

    /** For each way of guessing that has not seen a variant, the forecast's mean error in parts of its own, on rows that both have. */
    public static Map<String, Double> forecastShares(List<ScoreRow> rows) {
        Map<String, Double> shares = new LinkedHashMap<>();
        guesses(rows).forEach((name, guess) -> {
            List<ScoreRow> both = rows.stream().filter(r -> r.miss() != null && guess.apply(r) != null).toList();
            double own = both.stream().mapToDouble(r -> Math.abs(guess.apply(r) - r.measured().gainPercent())).sum();
            if (own > 0 && !name.equals(FORECAST) && !name.equals(REPLAYED)) {
                shares.put(name, both.stream().mapToDouble(r -> Math.abs(r.miss())).sum() / own);
            }
        });
        return shares;
    }

    private static Map<String, Function<ScoreRow, Double>> guesses(List<ScoreRow> rows) {
        Map<String, Function<ScoreRow, Double>> guesses = new LinkedHashMap<>();
        guesses.put(FORECAST, r -> r.predicted() == null ? null : r.predicted().gainPercent());
        guesses.put(REPLAYED, r -> r.replayedVariant() == null ? null : r.replayedVariant().gainPercent());
        guesses.put("stated gain", ScoreRow::stated);
        rows.forEach(row -> row.others().keySet().forEach(name -> guesses.putIfAbsent(name, r -> r.gainBy(name))));
        return guesses;
    }

    /** Scores the guesses that a function finds in the rows; null stands for no guess. */
    static MethodScore of(String method, List<ScoreRow> all, Function<ScoreRow, Double> guess) {
        List<ScoreRow> rows = all.stream().filter(r -> r.measured() != null && guess.apply(r) != null).toList();
        Predicate<ScoreRow> sameSign = r -> Math.signum(guess.apply(r)) == Math.signum(r.measured().gainPercent());
        List<ScoreRow> decided = rows.stream().filter(r -> r.measured().isDecided()).toList();
        List<ScoreRow> large = decided.stream().filter(r -> Math.abs(r.measured().gainPercent()) >= LARGE_PERCENT).toList();
        double[] errors = rows.stream().mapToDouble(r -> guess.apply(r) - r.measured().gainPercent()).toArray();
        return new MethodScore(method, rows.size(), count(rows, sameSign), decided.size(), count(decided, sameSign), large.size(),
                count(large, sameSign), Errors.meanAbsolute(errors), Errors.mean(errors));
    }

    private static int count(List<ScoreRow> rows, Predicate<ScoreRow> which) {
        return (int) rows.stream().filter(which).count();
    }
}
