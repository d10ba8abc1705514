package dev.cyclecast.calibration.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostNoiseTest {
    @Test
    void stealIsAShareOfAllTimeBetweenTwoReadings() {
        // user nice system idle iowait irq softirq steal guest guest_nice; guests are part of user and nice.
        HostNoise.Reading start = HostNoise.Reading.of(List.of("cpu  100 0 50 800 0 0 0 50 7 0"), List.of("0.50 0.4 0.3 1/99 7"));
        HostNoise.Reading end = HostNoise.Reading.of(List.of("cpu  150 0 70 920 0 0 0 60 9 0"), List.of("1.25 0.4 0.3 1/99 8"));
        assertEquals(new HostNoise(5, 0.5, 1.25), HostNoise.between(start, end));
    }

    @Test
    void aKernelThatSaysNothingLeavesNothingToSay() {
        HostNoise.Reading none = HostNoise.Reading.of(List.of(), List.of());
        HostNoise noise = HostNoise.between(none, none);
        assertTrue(Double.isNaN(noise.stealPercent()) && Double.isNaN(noise.loadAtStart()));
    }
}
