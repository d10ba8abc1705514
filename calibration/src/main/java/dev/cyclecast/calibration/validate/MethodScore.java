package dev.cyclecast.calibration.validate;

import java.util.List;
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
 * @param meanAbsoluteErrorPercent  mean distance between guess and measurement; null without rows
 */
public record MethodScore(String method, int rows, int signAgreement, int signDecided, int signAgreementWhereDecided,
                          Double meanAbsoluteErrorPercent) {
    /** Scores the guesses that a function finds in the rows; null stands for no guess. */
    static MethodScore of(String method, List<ScoreRow> all, Function<ScoreRow, Double> guess) {
        List<ScoreRow> rows = all.stream().filter(r -> guess.apply(r) != null).toList();
        Predicate<ScoreRow> sameSign = r -> Math.signum(guess.apply(r)) == Math.signum(r.measured().gainPercent());
        List<ScoreRow> decided = rows.stream().filter(r -> decided(r.measured())).toList();
        Double error = rows.isEmpty() ? null : rows.stream()
                .mapToDouble(r -> Math.abs(guess.apply(r) - r.measured().gainPercent())).average().orElseThrow();
        return new MethodScore(method, rows.size(), (int) rows.stream().filter(sameSign).count(), decided.size(),
                (int) decided.stream().filter(sameSign).count(), error);
    }

    private static boolean decided(Measured m) {
        return m.low() != null && (m.low() > 0 || m.high() < 0);
    }
}
