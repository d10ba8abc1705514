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
import org.junit.jupiter.api.Test;

class WarningsTest {
    private static final HostCpu ZEN4 = new HostCpu("AuthenticAMD", 25, 17, 1, "AMD EPYC 9354P", 2);

    private static Host host(HostCpu cpu, int pinnedTo, double steal, double load) {
        return new Host(cpu, cpu.core(), new Pinning(pinnedTo, "not pinned: test"), "Linux", "performance",
                new HostNoise(steal, 1, load));
    }

    private static AaControl aa(double gain, double halfWidth) {
        return AaControl.of(new GainEstimate(gain, gain - halfWidth, gain + halfWidth, 0.95, 1, 40), 4);
    }

    private static ScoreRow forecast(double gain, Shape basis, Stopped stopped) {
        Forecast f = new Forecast("E4", gain, gain - 1, gain + 1, 0.9, Verdict.UNDECIDED, List.of(), basis);
        return new ScoreRow("E4", Shape.FREE, List.of(), f, new ScoreRow.Replayed(1),
                Measured.of(new GainEstimate(1, 0, 2, 0.95, 8, 32), stopped));
    }

    @Test
    void aQuietZenWithACleanControlNeedsNone() {
        assertEquals(List.of(), Warnings.of(host(ZEN4, 1, 0, 1.2), aa(0.1, 0.4),
                List.of(forecast(2, Shape.FREE, Stopped.PRECISE))));
    }

    @Test
    void eachTroubleIsNamed() {
        List<String> warnings = Warnings.of(host(ZEN4, -1, 3, 4.5), aa(1, 0.4),
                List.of(forecast(0.3, Shape.REFERENCE, Stopped.BUDGET)));
        List<String> expected = List.of("not pinned", "load 4.5 on 2", "took 3.0 %", "before 1 of 1 intervals",
                "E4 free: nothing to edit", "E4 free: the forecast of +0.30 % is below the noise floor");
        assertEquals(expected.size(), warnings.size(), warnings.toString());
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(warnings.get(i).contains(expected.get(i)), warnings.get(i));
        }
    }
}
