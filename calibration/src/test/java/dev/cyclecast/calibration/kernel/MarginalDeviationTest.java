package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How far marginal costs are off, by kernels with known errors. */
class MarginalDeviationTest {
    private static KernelRow row(boolean marginal, double measured, double before, double after) {
        return new KernelRow("k", "group", "", "gate", true, marginal, measured, measured, measured, 0, before, after, "", null, 0);
    }

    private static HostCalibration calibration(KernelRow... rows) {
        return new HostCalibration("cpu", "zen5", true, List.of(), List.of(rows), List.of(), null, Map.of());
    }

    @Test
    void itIsTheDeviationThatTheMedianTells() {
        HostCalibration three = calibration(row(true, 1, 1.1, 1), row(true, 2, 1.6, 2), row(true, 4, 4, 8),
                row(false, 1, 9, 9), row(true, 0.2, 9, 9), row(true, Double.NaN, 9, 9));
        assertEquals(1.4826 * 0.1, three.marginalDeviation(KernelRow::before), 1e-12);
        assertEquals(0, three.marginalDeviation(KernelRow::after), 1e-12);
    }

    @Test
    void whereNothingIsMeasuredItIsNotKnown() {
        assertEquals(Double.NaN, calibration(row(true, 0.1, 1, 1)).marginalDeviation(KernelRow::after));
    }
}
