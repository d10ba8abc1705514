package dev.cyclecast.calibration.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.cyclecast.calibration.ab.GainEstimate;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.model.predict.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static ScoreRow row(Double predicted, double replayed, double measured, double halfWidth, int layouts) {
        Forecast forecast = predicted == null ? null : new Forecast("E", predicted, predicted - 1, predicted + 1, 0.9,
                Verdict.of(predicted - 1, predicted + 1), List.of(3.0, 4.0), Shape.REFERENCE);
        return new ScoreRow("E", Shape.REFERENCE, forecast == null ? List.of() : forecast.statedGain(), forecast,
                new ScoreRow.Replayed(replayed), Measured.of(new GainEstimate(measured, measured - halfWidth,
                        measured + halfWidth, 0.95, layouts, 32), Stopped.PRECISE));
    }

    @Test
    void countsAgreementAndErrors() {
        Summary s = Summary.of(List.of(
                row(4.0, 3, 3.5, 0.5, 8),      // GO, GO; covered; decided
                row(0.5, -0.5, -2.0, 0.5, 8),  // forecast's sign is wrong, replay's is right; not covered
                row(1.0, 1, 0.25, 0.5, 8),     // measured interval spans zero
                row(2.0, 2, 2.5, 0.5, 1),      // one layout: no verdict
                row(null, 1, 1.0, 0.5, 8)));   // no forecast
        MethodScore forecast = s.methods().get(0);
        assertEquals(new MethodScore("forecast", 4, 3, 3, 2, (0.5 + 2.5 + 0.75 + 0.5) / 4), forecast);
        MethodScore replayed = s.methods().get(1);
        assertEquals(new MethodScore("replayed variant", 5, 5, 4, 4, (0.5 + 1.5 + 0.75 + 0.5 + 0) / 5), replayed);
        MethodScore stated = s.methods().get(2);
        assertEquals(4, stated.rows());
        assertEquals((0 + 5.5 + 3.25 + 1.0) / 4, stated.meanAbsoluteErrorPercent(), 1e-12);
        assertEquals(3, s.verdictRows());
        assertEquals(1, s.verdictAgreement());
        assertEquals(4, s.intervalRows());
        assertEquals(3, s.intervalsCovering());
        assertEquals(0.9, s.nominalCoverage(), 0);
    }

    @Test
    void withoutRowsThereIsNoErrorToState() {
        Summary s = Summary.of(List.of());
        assertNull(s.methods().getFirst().meanAbsoluteErrorPercent());
        assertNull(s.nominalCoverage());
    }
}
