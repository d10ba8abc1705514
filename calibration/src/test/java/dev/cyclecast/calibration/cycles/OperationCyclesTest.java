package dev.cyclecast.calibration.cycles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.Layout;
import dev.cyclecast.allocator.Variant;
import dev.cyclecast.allocator.Workload;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.LapReplay.Kind;
import dev.cyclecast.model.LapReplay.Lap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationCyclesTest {
    private static final Path HOME = Path.of(System.getProperty("cyclecast.home"));
    private static final List<Kind> KINDS = List.of(new Kind("free", 6), new Kind("free", 7), new Kind("malloc", 6),
            new Kind("malloc", 7));
    private static final double[] COSTS = {80, 40, 70, 50};

    @TempDir
    Path folder;

    /** Laps of 50 operations drawn from some kinds. */
    private static List<Map<Kind, Integer>> laps(Random random, int laps) {
        List<Map<Kind, Integer>> all = new ArrayList<>();
        for (int lap = 0; lap < laps; lap++) {
            Map<Kind, Integer> operations = new HashMap<>();
            for (int i = 0; i < 50; i++) {
                operations.merge(KINDS.get(random.nextInt(KINDS.size())), 1, Integer::sum);
            }
            all.add(operations);
        }
        return all;
    }

    private static double cost(Map<Kind, Integer> lap) {
        return lap.entrySet().stream().mapToDouble(e -> COSTS[KINDS.indexOf(e.getKey())] * e.getValue()).sum();
    }

    @Property(tries = 20)
    void plantedCostsAreFoundUnderNoise(@ForAll @IntRange(min = 0, max = 1 << 30) int seed) {
        Random random = new Random(seed);
        List<Map<Kind, Integer>> operations = laps(random, 2000);
        double[] exact = operations.stream().mapToDouble(OperationCyclesTest::cost).toArray();
        double[] noisy = operations.stream().mapToDouble(lap -> cost(lap) + 100 * random.nextGaussian()).toArray();
        List<Lap> replayed = new ArrayList<>();
        for (int lap = 0; lap < exact.length; lap++) {
            replayed.add(new Lap((long) exact[lap], operations.get(lap)));
        }
        List<OperationCycles.Row> rows = OperationCycles.table(replayed, new LapTimer.Laps(noisy, 0.01));
        assertEquals(1 + KINDS.size(), rows.size());
        assertEquals("all", rows.getFirst().operation());
        assertEquals(0.01 * rows.getFirst().measured(), rows.getFirst().standardError(), 1e-9);
        for (int k = 0; k < KINDS.size(); k++) {
            OperationCycles.Row row = rows.get(1 + k);
            assertEquals(KINDS.get(k), new Kind(row.operation(), row.sizeClass()));
            assertEquals(COSTS[k], row.modelled(), 1e-6);
            assertEquals(COSTS[k], row.measured(), 6 * row.standardError());
            assertTrue(row.standardError() < 1.5, row.toString());
            assertEquals(100 * (row.modelled() / row.measured() - 1), row.errorPercent());
        }
        assertEquals(100, rows.stream().skip(1).mapToDouble(OperationCycles.Row::sharePercent).sum(), 1e-9);
    }

    @Test
    void rareKindsAreToldTogether() {
        List<Map<Kind, Integer>> operations = laps(new Random(1), 400);
        operations.get(7).merge(new Kind("malloc", 0), 2, Integer::sum);
        operations.get(9).merge(new Kind("free", -1), 3, Integer::sum);
        List<Lap> replayed = operations.stream().map(o -> new Lap(o.values().stream().mapToInt(n -> 30 * n).sum(), o)).toList();
        List<OperationCycles.Row> rows = OperationCycles.table(replayed, new LapTimer.Laps(replayed.stream().mapToDouble(Lap::cycles).toArray(), 0));
        OperationCycles.Row other = rows.getLast();
        assertEquals("other", other.operation());
        assertEquals(100.0 * 5 / (400 * 50 + 5), other.sharePercent(), 1e-9);
        rows.forEach(row -> assertEquals(30, row.measured(), 1e-6, row.toString()));
    }

    @Test
    void lapsThatCannotBeToldApartOrDoNotMatchAreRefused() {
        List<Lap> same = List.of(new Lap(10, Map.of(KINDS.get(0), 1, KINDS.get(1), 1)), new Lap(20, Map.of(KINDS.get(0), 2, KINDS.get(1), 2)),
                new Lap(30, Map.of(KINDS.get(0), 3, KINDS.get(1), 3)));
        assertTrue(assertThrows(CalibrationException.class, () -> OperationCycles.table(same, new LapTimer.Laps(new double[] {1, 2, 3}, 0))).getMessage()
                .contains("too much alike"));
        assertTrue(assertThrows(CalibrationException.class, () -> OperationCycles.table(same, new LapTimer.Laps(new double[] {1, 2}, 0))).getMessage()
                .contains("3 laps and a run 2"));
    }

    /** The real driver, timed on whatever this machine does meanwhile: what is told holds for any times. */
    @Test
    void aRealProgramIsTimedAndReplayedLapByLap() {
        Assumptions.assumeTrue(AllocatorBuild.isPossible(), "gcc or ld is missing: apt-get install gcc binutils");
        Assumptions.assumeTrue(Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(f -> Files.isExecutable(Path.of(f, "qemu-x86_64"))), "qemu-x86_64 is missing: apt-get install qemu-user");
        Path program = new AllocatorBuild(HOME).driver(Variant.BASELINE, dev.cyclecast.allocator.Shape.REFERENCE, Layout.DEFAULT,
                Workload.C6_HEAVY);
        OperationCycles cycles = new OperationCycles(new LapTimer(new Pinning(-1, "not pinned: test"), 1, 1), CoreProfile.load("zen4"), 200);
        List<OperationCycles.Row> rows = cycles.of(program, Workload.C6_HEAVY.arguments(cycles.operations()), folder.resolve("t.cct"));
        assertEquals(KINDS, rows.stream().skip(1).map(row -> new Kind(row.operation(), row.sizeClass())).toList());
        OperationCycles.Row all = rows.getFirst();
        assertEquals(all.modelled(), rows.stream().skip(1).mapToDouble(r -> r.modelled() * r.sharePercent() / 100).sum(),
                0.05 * all.modelled());
        assertTrue(all.modelled() > 20 && all.modelled() < 200 && all.measured() > 1, all.toString());
    }
}
