package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How far marginal costs are off, by kernels with known errors. */
class MarginalDeviationTest {
    private static KernelRow row(boolean marginal, double measured, double before, double after) {
        return new KernelRow("k", "group", "", "gate", true, marginal, measured, measured, measured, 0, before, after, "", null, 0);
    }

    private static HostCalibration calibration(KernelRow[] rows) {
        return new HostCalibration("cpu", "zen5", true, List.of(), List.of(rows), List.of(), null, Map.of());
    }

    /** So many kernels that are off by 0, 1, 2, ... percent before a fit and by nothing after it, and others that do not count. */
    private static KernelRow[] rows(int kernels) {
        Stream<KernelRow> counted = IntStream.range(0, kernels).mapToObj(k -> row(true, 1 + k, (1 + k) * (1 - 0.01 * k), 1 + k));
        return Stream.concat(counted, Stream.of(row(false, 1, 9, 9), row(true, 0.2, 9, 9), row(true, Double.NaN, 9, 9)))
                .toArray(KernelRow[]::new);
    }

    @Test
    void itIsTheDeviationThatTheMedianTells() {
        HostCalibration eleven = calibration(rows(11));
        assertEquals(1.4826 * 0.05, eleven.marginalDeviation(KernelRow::before), 1e-12);
        assertEquals(0, eleven.marginalDeviation(KernelRow::after), 1e-12);
    }

    @Test
    void whereLittleIsMeasuredItIsNotKnown() {
        assertEquals(Double.NaN, calibration(rows(9)).marginalDeviation(KernelRow::after));
    }
}
