package dev.cyclecast.calibration.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.model.predict.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forecasts of the free shape by the share of the reference gain that other forecasts keep there. */
class TransferTest {
    private static final Load MIXED = new Load("mixed", 0);
    private static final Load TINY_HOT = new Load("tiny-hot", 0);
    /** Student's two-sided 90 % quantile of two degrees of freedom is 2.919986: sqrt(2) * 0.9 / sqrt(1 - 0.81). */
    private static final double STUDENT = Math.sqrt(2) * 0.9 / Math.sqrt(0.19);

    private static Forecast forecast(String proposal, Shape basis, double gain, double halfWidth) {
        return new Forecast(proposal, gain, gain - halfWidth, gain + halfWidth, 0.9, Verdict.of(gain - halfWidth, gain + halfWidth),
                List.of(1.0, 2.0), basis, null);
    }

    private static ForecastRecord.OfTrace trace(Shape shape, Load load, double... gains) {
        List<Forecast> forecasts = new ArrayList<>();
        for (int i = 0; i < gains.length; i++) {
            if (!Double.isNaN(gains[i])) {
                forecasts.add(forecast("P" + i, shape, gains[i], 1));
            }
        }
        return new ForecastRecord.OfTrace("baseline", shape, load, "p", "t", forecasts, Map.of());
    }

    private static ForecastRecord record(List<ForecastRecord.OfTrace> traces) {
        return new ForecastRecord("2026-01-01T00:00:00Z", null, Map.of(), Transfer.addedTo(traces));
    }

    private static Forecast find(ForecastRecord record, int proposal, Shape shape, Load load) {
        return record.find(new Row("P" + proposal, "baseline", "p", shape, load));
    }

    /** Shares 0.25 and 0.75 under mixed, 0.5 under tiny-hot; P2 of mixed has none. */
    private static List<ForecastRecord.OfTrace> three() {
        return List.of(trace(Shape.REFERENCE, MIXED, 4, -2, 8), trace(Shape.FREE, MIXED, 1, -1.5, Double.NaN),
                trace(Shape.REFERENCE, TINY_HOT, 6), trace(Shape.FREE, TINY_HOT, 3));
    }

    @Test
    void theIntervalHoldsTheReferencesOwnAndTheSpreadOfShares() {
        Forecast f = find(record(three()), 2, Shape.FREE, MIXED);
        // Mean of 0.25, 0.5, 0.75; deviation 0.25; the reference is 8 +- 1.
        assertEquals(new Transfer(0.5, 0.25, 3), f.transfer());
        assertEquals(4, f.gainPercent(), 1e-12);
        double half = Math.sqrt(0.5 * 0.5 + Math.pow(STUDENT * 0.25 * Math.sqrt(4.0 / 3) * 8, 2));
        assertEquals(6.7620, half, 1e-4);
        assertEquals(4 - half, f.low(), 1e-9);
        assertEquals(4 + half, f.high(), 1e-9);
        assertEquals(Verdict.UNDECIDED, f.verdict());
        assertEquals(0.9, f.level());
        assertEquals(List.of(1.0, 2.0), f.statedGain());
        assertEquals(Shape.REFERENCE, f.basis());
    }

    @Test
    void theVerdictIsThatOfTheTransferredInterval() {
        // Shares of 0.5 each: no spread, and 8 +- 1 becomes 4 +- 0.5.
        List<ForecastRecord.OfTrace> traces = List.of(trace(Shape.REFERENCE, MIXED, 2, -4, 6, 8, 0.5),
                trace(Shape.FREE, MIXED, 1, -2, 3, Double.NaN, Double.NaN));
        Forecast go = find(record(traces), 3, Shape.FREE, MIXED);
        assertEquals(3.5, go.low(), 1e-12);
        assertEquals(4.5, go.high(), 1e-12);
        assertEquals(Verdict.GO, go.verdict());
        // What is too small for a share is transferred all the same: 0.5 +- 1 becomes 0.25 +- 0.5.
        assertEquals(Verdict.NEUTRAL, find(record(traces), 4, Shape.FREE, MIXED).verdict());
    }

    @Test
    void fewerThanThreeSharesLeaveTheReferencesForecast() {
        List<ForecastRecord.OfTrace> traces = three().subList(0, 2);
        assertSame(traces, Transfer.addedTo(traces));
        assertEquals(forecast("P2", Shape.REFERENCE, 8, 1), find(record(traces), 2, Shape.FREE, MIXED));
    }

    @Test
    void gainsBelowOnePointGiveNoShare() {
        List<ForecastRecord.OfTrace> traces = List.of(trace(Shape.REFERENCE, MIXED, 4, -2, 8, 0.99, -0.99),
                trace(Shape.FREE, MIXED, 1, -1.5, Double.NaN, 50, 50), trace(Shape.REFERENCE, TINY_HOT, 6), trace(Shape.FREE, TINY_HOT, 3));
        assertEquals(new Transfer(0.5, 0.25, 3), find(record(traces), 2, Shape.FREE, MIXED).transfer());
        // One point is enough.
        List<ForecastRecord.OfTrace> one = List.of(trace(Shape.REFERENCE, MIXED, 4, -2, 8, -1),
                trace(Shape.FREE, MIXED, 1, -1.5, Double.NaN, -0.5));
        assertEquals(3, find(record(one), 2, Shape.FREE, MIXED).transfer().pairs());
    }

    @Test
    void ownForecastsStayAndTheReferenceShapeGetsNone() {
        List<ForecastRecord.OfTrace> traces = List.of(trace(Shape.REFERENCE, MIXED, 4, -2, 8, 6, Double.NaN),
                trace(Shape.FREE, MIXED, 1, -1.5, Double.NaN, 3, 7));
        ForecastRecord record = record(traces);
        for (int own : new int[] {0, 1, 3, 4}) {
            assertSame(traces.get(1).of("P" + own), find(record, own, Shape.FREE, MIXED));
        }
        assertEquals(traces.getFirst(), record.traces().getFirst());
        assertNull(find(record, 4, Shape.REFERENCE, MIXED));
    }

    @Test
    void sharesAndForecastsAreThoseOfOneLoadAndBase() {
        ForecastRecord.OfTrace other = new ForecastRecord.OfTrace("other", Shape.FREE, MIXED, "p", "t",
                List.of(forecast("P0", Shape.FREE, 40, 1), forecast("P1", Shape.FREE, 40, 1), forecast("P2", Shape.FREE, 40, 1)), Map.of());
        List<ForecastRecord.OfTrace> traces = new ArrayList<>(three());
        traces.add(other);
        ForecastRecord record = record(traces);
        assertEquals(new Transfer(0.5, 0.25, 3), find(record, 2, Shape.FREE, MIXED).transfer());
        assertNull(find(record, 2, Shape.FREE, TINY_HOT));
    }

    @Test
    void aSingleDrawHasNoIntervalAndNoVerdict() {
        Forecast single = new Forecast("P2", 8, Double.NaN, Double.NaN, 0.9, null, List.of(), Shape.REFERENCE, null);
        List<ForecastRecord.OfTrace> traces = List.of(trace(Shape.REFERENCE, MIXED, 4, -2).with(List.of(single)), three().get(1), three().get(2),
                three().get(3));
        Forecast f = find(record(traces), 2, Shape.FREE, MIXED);
        assertEquals(4, f.gainPercent(), 1e-12);
        assertEquals(Double.NaN, f.low());
        assertNull(f.verdict());
    }

    @Test
    void theSameForecastsGiveTheSameFileThatReadsBackAsItWas(@TempDir Path folder) {
        SessionFolder session = SessionFolder.create(folder, Instant.EPOCH);
        ForecastRecord record = record(three());
        assertEquals(session.write("a.json", record), session.write("b.json", record(three())));
        assertEquals(record, session.read("a.json", ForecastRecord.class));
    }
}
