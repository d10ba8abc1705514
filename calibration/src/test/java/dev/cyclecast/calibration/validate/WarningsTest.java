package dev.cyclecast.calibration.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.GainEstimate;
import dev.cyclecast.calibration.ab.Host;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import dev.cyclecast.model.predict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WarningsTest {
    private static final HostCpu ZEN4 = new HostCpu("AuthenticAMD", 25, 17, 1, "AMD EPYC 9354P", 2);

    private static Host host(int pinnedTo, double load) {
        return new Host(ZEN4, ZEN4.core(), new Pinning(pinnedTo, "not pinned: test"), "Linux", "performance", new HostNoise(0, 1, load));
    }

    private static AaControl aa(double gain, double halfWidth) {
        return AaControl.of(new GainEstimate(gain, gain - halfWidth, gain + halfWidth, 0.95, 1, 40), 4);
    }

    private static ScoreRow row(Double gain, Shape basis, Stopped stopped) {
        return row(gain, basis, stopped, null);
    }

    private static ScoreRow row(Double gain, Shape basis, Stopped stopped, Transfer transfer) {
        Forecast f = gain == null ? null : new Forecast("E4", gain, gain - 1, gain + 1, 0.9, Verdict.UNDECIDED, List.of(), basis, transfer);
        return new ScoreRow("E4", "baseline", "e4", Shape.FREE, new Load("mixed", 0), List.of(), f, null, new Replayed(1, 0.5, 1.5), Map.of(),
                stopped == null ? null : Measured.of(new GainEstimate(1, 0, 2, 0.95, 8, 32), stopped));
    }

    @Test
    void aQuietZenWithACleanControlNeedsNone() {
        assertEquals(List.of(), Warnings.of(host(1, 1.2), List.of(), aa(0.1, 0.4), List.of(row(2.0, Shape.FREE, Stopped.PRECISE))));
    }

    @Test
    void eachTroubleIsNamed() {
        List<String> warnings = Warnings.of(host(-1, 4.5), List.of(), aa(1, 0.4), List.of(row(0.3, Shape.REFERENCE, Stopped.BUDGET),
                row(null, Shape.FREE, null)));
        List<String> expected = List.of("not pinned", "load 4.5 on 2", "contaminated", "E4/free/mixed: not measured",
                "E4/free/mixed: the budget was spent before the interval", "E4/free/mixed: no forecast", "E4/free/mixed: nothing to edit",
                "E4/free/mixed: the forecast is below the noise floor of the A/A control, 0.40 %");
        assertEquals(expected.size(), warnings.size(), warnings.toString());
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(warnings.get(i).contains(expected.get(i)), warnings.get(i));
        }
    }

    @Test
    void transferredForecastsAreTold() {
        List<ScoreRow> rows = List.of(row(2.0, Shape.REFERENCE, Stopped.PRECISE, new Transfer(0.625, 0.5, 7)),
                row(2.0, Shape.FREE, Stopped.PRECISE));
        assertEquals(List.of("E4/free/mixed: nothing to edit in this shape's own trace; the forecast is the reference shape's times 0.63, the"
                + " mean share that 7 forecasts in both shapes keep"), Warnings.of(host(1, 1), List.of(), aa(0.1, 0.4), rows));
    }

    @Test
    void manyRowsAreCounted() {
        List<ScoreRow> rows = IntStream.range(0, 20)
                .mapToObj(i -> row(2.0, i < 10 ? Shape.REFERENCE : Shape.FREE, Stopped.PRECISE)).toList();
        assertTrue(Warnings.of(host(1, 1), List.of(), aa(0.1, 0.4), rows).getFirst().contains("and 4 more: nothing to edit"));
    }
}
