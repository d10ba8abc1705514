package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbVerdictTest {
    @ParameterizedTest(name = "[{0}, {1}] over {2} layouts with a margin of {3}: {4}")
    @CsvSource({"0.1, 2, 8, 1, faster", "-2, -0.1, 8, 1, slower", "-0.1, 2, 8, 1, undecided", "-1, 1, 8, 1, equivalent within ±1 %",
            "0.2, 0.4, 8, 0.5, equivalent within ±0.5 %", "0.2, 0.4, 8, 0, faster", "-0.4, 0.4, 8, 0, undecided",
            "-1.01, 1, 8, 1, undecided", "0.1, 2, 1, 1, undecided", "NaN, NaN, 8, 1, undecided"})
    void isByTheIntervalAlone(double low, double high, int layouts, double margin, String verdict) {
        assertEquals(verdict, AbVerdict.of(new GainEstimate(0.5 * (low + high), low, high, 0.95, layouts, 16), margin));
    }
}
