package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisturbancesTest {
    private static Host host(Pinning pinning, double load) {
        HostCpu cpu = new HostCpu("AuthenticAMD", 25, 97, 2, "a Zen 4", 2);
        return new Host(cpu, new CoreMatch("zen4", true, "it is"), pinning, "Linux", "performance", new HostNoise(0, 0, load));
    }

    private static final Host CALM = host(new Pinning(1, "taskset -c 1"), 0.5);

    private static RawRun run(int block, int position, double seconds, double cpuSeconds, double stolen, long majorFaults,
                              double ticksPerCycle) {
        return new RawRun("A/B", 0, block, position, "a", 0, 1000, 500, 500, seconds, cpuSeconds, 80.0, "c", 0,
                new Usage(seconds, cpuSeconds, 0, 60, majorFaults, 1, 0, stolen, ticksPerCycle, ticksPerCycle), null);
    }

    private static List<RawRun> runs(double seconds, double stolen, long majorFaults, double clockOfOne) {
        List<RawRun> runs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            runs.add(run(i / 4, i % 4, seconds, 0.1, stolen, majorFaults, i == 22 ? clockOfOne : 0.8));
        }
        return runs;
    }

    private static void only(String expected, List<String> found) {
        assertEquals(1, found.size(), found.toString());
        assertTrue(found.getFirst().contains(expected), found.toString());
    }

    @Test
    void calmRunsGiveNoWarning() {
        assertEquals(List.of(), Disturbances.of(CALM, runs(0.1, 0, 0, 0.81)));
    }

    @Test
    void eachDisturbanceIsNamedInOneLine() {
        only("not pinned: taskset is refused", Disturbances.of(host(new Pinning(-1, "not pinned: taskset is refused"), 0.5),
                runs(0.1, 0, 0, 0.8)));
        only("noisy neighbour: load 7.0 on 2 CPUs", Disturbances.of(host(new Pinning(1, ""), 7), runs(0.1, 0, 0, 0.8)));
        only("noisy neighbour: the hypervisor took 5.0 % of the runs' time", Disturbances.of(CALM, runs(0.1, 0.005, 0, 0.8)));
        only("noisy neighbour: other programs took the CPU during 40 of 40 runs", Disturbances.of(CALM, runs(0.12, 0, 0, 0.8)));
        only("40 of 40 runs waited for pages from a disk", Disturbances.of(CALM, runs(0.1, 0, 2, 0.8)));
        only("the core's clock changed by more than 2 % within 1 of 10 blocks (by 50 % at most); over all, B's was 2.01 % slower than A's",
                Disturbances.of(CALM, runs(0.1, 0, 0, 1.2)));
    }

    /** The clock goes down in many blocks, and for both programs alike. */
    @Test
    void aClockThatChangesInManyBlocksIsNamedAlthoughItHitsBothAlike() {
        List<RawRun> runs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            runs.add(run(i / 4, i % 4, 0.1, 0.1, 0, 0, i / 4 % 5 == 0 && i % 4 < 2 ? 0.9 : 0.8));
        }
        only("within 2 of 10 blocks (by 13 % at most); over all, B's was 0.00 % faster than A's", Disturbances.of(CALM, runs));
    }

    @Test
    void aHiccupOfTheClockThatTheOrderOfABlockTakesCareOfIsNoWarning() {
        List<RawRun> runs = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            runs.add(run(i / 4, i % 4, 0.1, 0.1, 0, 0, i == 22 ? 0.9 : 0.8));
        }
        assertEquals(List.of(), Disturbances.of(CALM, runs));
    }

    @Test
    void runsThatNobodyWatchedAreNotJudgedByWhatIsUnknown() {
        List<RawRun> unwatched = runs(0.1, 0, 0, 0.8).stream().map(r -> new RawRun(r.comparison(), r.layout(), r.block(),
                r.position(), r.arm(), 0, r.operations(), 1, 1, r.seconds(), r.cpuSeconds(), null, null, 0, null, null)).toList();
        assertEquals(List.of(), Disturbances.of(CALM, unwatched));
    }
}
