package dev.cyclecast.calibration.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.ab.GainEstimate;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.model.predict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final Load MIXED = new Load("mixed", 0);

    private static ScoreRow row(Double predicted, double halfWidth, double replayed, double measured, double measuredHalfWidth, int layouts) {
        Forecast forecast = predicted == null ? null : new Forecast("E", predicted, predicted - halfWidth, predicted + halfWidth, 0.9,
                Verdict.of(predicted - halfWidth, predicted + halfWidth), List.of(3.0, 4.0), Shape.REFERENCE, null);
        return new ScoreRow("E", "baseline", "e", Shape.REFERENCE, MIXED, forecast == null ? List.of() : forecast.statedGain(), forecast, null,
                new Replayed(replayed, replayed - 1, replayed + 1), Map.of(), Measured.of(new GainEstimate(measured,
                        measured - measuredHalfWidth, measured + measuredHalfWidth, 0.95, layouts, 32), Stopped.PRECISE));
    }

    private final List<ScoreRow> rows = List.of(
            row(4.0, 1, 3, 3.5, 0.5, 8),      // GO, GO; covered; decided and large
            row(0.5, 1, -0.5, -2.0, 0.5, 8),  // forecast's sign is wrong, replay's is right; not covered
            row(1.0, 1, 1, 0.25, 0.5, 8),     // measured interval spans zero
            row(2.0, 1, 2, 2.5, 0.5, 1),      // one layout: no verdict
            row(null, 1, 1, 1.0, 0.5, 8));    // no forecast

    @Test
    void countsAgreementAndErrors() {
        Summary s = Summary.of(rows);
        assertEquals(new MethodScore("forecast", 4, 3, 2, 1, 2, 1, (0.5 + 2.5 + 0.75 + 0.5) / 4, (0.5 + 2.5 + 0.75 - 0.5) / 4),
                s.methods().get(0));
        assertEquals(new MethodScore("replayed variant", 5, 5, 3, 3, 3, 3, (0.5 + 1.5 + 0.75 + 0.5 + 0) / 5,
                (-0.5 + 1.5 + 0.75 - 0.5 + 0) / 5), s.methods().get(1));
        MethodScore stated = s.methods().get(2);
        assertEquals(4, stated.rows());
        assertEquals((0 + 5.5 + 3.25 + 1.0) / 4, stated.meanAbsoluteErrorPercent(), 1e-12);
        assertEquals(3, s.verdictRows());
        assertEquals(1, s.verdictAgreement());
        assertEquals(0, s.verdictOpposite());
    }

    @Test
    void methodsAreComparedOnTheRowsThatBothHave() {
        assertEquals(Map.of("stated gain", (0.5 + 2.5 + 0.75 + 0.5) / (0 + 5.5 + 3.25 + 1.0)), MethodScore.forecastShares(rows));
    }

    @Test
    void theErrorIsSplitBetweenModelAndProposal() {
        ErrorSplit split = Summary.of(rows).errors();
        assertEquals(4, split.rows());
        assertEquals((0.5 + 1.5 + 0.75 + 0.5) / 4, split.modelErrorPercent(), 1e-12);
        assertEquals((1 + 1 + 0 + 0) / 4.0, split.proposalErrorPercent(), 1e-12);
        assertEquals(split.meanModelErrorPercent() + split.meanProposalErrorPercent(), Summary.of(rows).methods().get(0).meanErrorPercent(),
                1e-12);
        assertEquals(0.5, split.meanMeasuredHalfWidth(), 1e-12);
    }

    @Test
    void intervalsAreScoredByWidthAndMiss() {
        IntervalScore s = IntervalScore.of(rows);
        assertEquals(0.9, s.nominalCoverage(), 0);
        assertEquals(2, s.plain().held());
        assertEquals(3, s.plain().rows());
        assertEquals(2, s.meanWidthPercent(), 1e-12);
        // The second row's measured gain lies 1.5 points below its interval, and each point costs 20.
        assertEquals((2 + (2 + 20 * 1.5) + 2) / 3, s.meanScorePercent(), 1e-9);
    }

    @Test
    void wideningAddsTheTwoErrorsAsIndependentOnesAdd() {
        // A forecast of +-3, and a measurement whose 95 % of 4.766 are 90 % of 4: together +-5.
        double atLevel = 4 * 1.959964 / 1.644854;
        assertEquals(1, IntervalScore.of(List.of(row(0.0, 3, 0, 4.99, atLevel, 8))).widened().held());
        assertEquals(0, IntervalScore.of(List.of(row(0.0, 3, 0, 5.01, atLevel, 8))).widened().held());
        assertEquals(0, IntervalScore.of(List.of(row(0.0, 3, 0, 4.99, atLevel, 8))).plain().held());
        assertEquals(1, IntervalScore.of(List.of(row(0.0, 3, 0, 5.01, atLevel, 8))).overlapping().held());
    }

    /** Where forecasts are as good as they say, widened intervals cover what they should, plain ones less, overlaps more. */
    @Test
    void onlyWidenedIntervalsCoverTheirShareOfWhatIsMeasured() {
        RandomGenerator random = new Well19937c(5);
        List<ScoreRow> simulated = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            double truth = 2 * random.nextGaussian();
            double forecast = truth + random.nextGaussian();
            simulated.add(row(forecast, 1.645, 0, truth + 0.8 * random.nextGaussian(), 0.8 * 1.96, 8));
        }
        IntervalScore s = IntervalScore.of(simulated);
        assertEquals(0.9, s.widened().held() / 4000.0, 0.015);
        assertTrue(s.plain().held() < 0.87 * 4000, s.toString());
        assertTrue(s.overlapping().held() > 0.95 * 4000, s.toString());
    }

    @Test
    void clopperAndPearsonsIntervalHasItsClosedForms() {
        assertEquals(new Coverage(0, 0, null, null), Coverage.of(0, 0));
        // None of n: the high end is 1 - 0.025^(1/n); all of n: the low end is 0.025^(1/n).
        assertEquals(0, Coverage.of(20, 0).low(), 0);
        assertEquals(1 - Math.pow(0.025, 1.0 / 20), Coverage.of(20, 0).high(), 1e-6);
        assertEquals(Math.pow(0.025, 1.0 / 20), Coverage.of(20, 20).low(), 1e-6);
        assertEquals(1, Coverage.of(20, 20).high(), 0);
        // The classical table: 8 of 10.
        assertEquals(0.4439, Coverage.of(10, 8).low(), 1e-4);
        assertEquals(0.9748, Coverage.of(10, 8).high(), 1e-4);
    }

    @Property(tries = 200)
    void aBinomialIntervalHoldsTheShare(@ForAll @IntRange(min = 1, max = 400) int rows, @ForAll @IntRange(min = 0, max = 400) int of) {
        int held = Math.min(of, rows);
        Coverage c = Coverage.of(rows, held);
        double share = (double) held / rows;
        assertTrue(0 <= c.low() && c.low() <= share && share <= c.high() && c.high() <= 1, c.toString());
    }

    @Test
    void withoutRowsThereIsNoErrorToState() {
        Summary s = Summary.of(List.of());
        assertNull(s.methods().getFirst().meanAbsoluteErrorPercent());
        assertNull(s.intervals().nominalCoverage());
        assertNull(s.intervals().widened().low());
        assertNull(s.errors().modelErrorPercent());
    }

    @Test
    void rowsThatWereNotReachedCountForNothing() {
        ScoreRow reached = rows.getFirst();
        ScoreRow missing = new ScoreRow("E4", "baseline", "e4", Shape.FREE, MIXED, List.of(), reached.predicted(), null,
                reached.replayedVariant(), Map.of(), null);
        Summary s = Summary.of(List.of(reached, missing));
        assertEquals(2, s.rows());
        assertEquals(1, s.measuredRows());
        assertEquals(1, s.methods().getFirst().rows());
        assertEquals(1, s.intervals().plain().rows());
        assertEquals(2, GroupSummary.of(List.of(reached, missing)).size());
    }
}
