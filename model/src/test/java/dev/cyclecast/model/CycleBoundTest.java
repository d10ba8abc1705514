package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.TraceReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound is below every simulation, and meets it where only one thing limits. */
class CycleBoundTest {
    private static final int LOOPS = 1000;

    @Provide
    Arbitrary<RandomProgram> programs() {
        return RandomProgram.any(30);
    }

    @Provide
    Arbitrary<RandomProfile> profiles() {
        return RandomProfile.any(6);
    }

    /** Every replay holds the counting limits itself; the chain is a pass of its own. */
    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void noProgramIsFasterThanItsBoundOnAnyCore(@ForAll("programs") RandomProgram program, 
            @ForAll("profiles") RandomProfile random) {
        CoreProfile core = random.profile();
        SyntheticTrace trace = program.trace();
        ReplayReport report = Replay.run(trace, core);
        report.bound().with(Replay.chain(trace, core)).hold(report.cycles(), program.toString());
    }

    @ParameterizedTest
    @CsvSource({"mixed,zen3", "mixed,zen4", "mixed,zen5", "mixed-pressure48,zen3", "mixed-pressure48,zen4",
        "mixed-pressure48,zen5"})
    void shippedTracesAreNotFasterThanTheirBound(String name, String core) {
        CoreProfile profile = CoreProfile.load(core);
        try (TraceReader trace = TraceReader.open(Path.of(System.getProperty("cyclecast.home"), "traces/recorded", name + ".cct"))) {
            ReplayReport report = Replay.run(trace, profile);
            CycleBound bound = report.bound().with(Replay.chain(trace, profile)).hold(report.cycles(), name);
            assertTrue(bound.cycles() > report.cycles() / 10, bound + " says little of " + report.cycles());
        }
    }

    private static CycleBound bound(CoreProfile core, Consumer<SyntheticTrace> code, long address, double tolerance) {
        SyntheticTrace t = new SyntheticTrace();
        code.accept(t);
        int jump = t.jump(SyntheticTrace.CODE);
        for (int n = 0; n < 2 * LOOPS; n++) {
            if (n == LOOPS) {
                t.count();
            }
            for (int k = 0; k <= jump; k++) {
                t.access(k, k < jump ? address : 0);
            }
        }
        ReplayReport report = Replay.run(t, core);
        CycleBound bound = report.bound().with(Replay.chain(t, core)).hold(report.cycles(), "loop");
        assertTrue(report.cycles() <= bound.bottleneck().cycles() * (1 + tolerance) + 50, report.cycles() + " against " + bound);
        return bound;
    }

    private static Consumer<SyntheticTrace> times(int n, Consumer<SyntheticTrace> one) {
        return t -> {
            for (int k = 0; k < n; k++) {
                one.accept(t);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aChainOfMultipliesIsBoundByItsLatency(String core) {
        CycleBound bound = bound(CoreProfile.load(core), times(20, t -> t.alu("imul", Registers.RAX, Registers.RAX)), 0, 0);
        assertEquals("chain", bound.bottleneck().key());
        assertEquals(LOOPS * 20 * 3, bound.bottleneck().cycles());
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aChainThroughRenamedMemoryCostsNothingForMemory(String name) {
        CoreProfile core = CoreProfile.load(name);
        CycleBound.Limit renamed = bound(core.with(Constant.RENAME_MEMORY, 1), times(4, t -> t.modify(Registers.RAX, Registers.RBX)),
                0x10000, 1).limits().getLast();
        assertEquals(LOOPS * 4, renamed.cycles(), core.get(Constant.L1D_LATENCY));
        CycleBound.Limit forwarded = bound(core.with(Constant.RENAME_MEMORY, 0).with(Constant.RENAME_STACK, 0).with(Constant.PSF_MODIFY, 0),
                times(4, t -> t.modify(Registers.RAX, Registers.RBX)), 0x10000, 3).limits().getLast();
        assertTrue(forwarded.cycles() >= LOOPS * 4 * 4, forwarded.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void independentMultipliesAreBoundByTheirPorts(String name) {
        CoreProfile core = CoreProfile.load(name);
        CycleBound bound = bound(core, times(20, t -> t.put("imul", 4, Flow.NEXT, 0, 0, Registers.bit(Registers.RAX), List.of(),
                List.of(), 0)), 0, 0.02);
        assertEquals("ports", bound.bottleneck().key());
        assertEquals(Math.ceilDiv(LOOPS * 20, core.get(Constant.MULTIPLY_PORTS)), bound.bottleneck().cycles());
        assertTrue(bound.bottleneck().meaning().contains("multiply"), bound.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6})
    void nopsAreBoundByTheDispatchWidth(int width) {
        CoreProfile core = CoreProfile.load("zen4").with(Constant.DISPATCH_WIDTH, width).with(Constant.FUSE_NOP, 0);
        CycleBound bound = bound(core, times(29, t -> t.nop(4)), 0, 0.15);
        assertEquals("dispatch", bound.limits().getFirst().key());
        assertEquals(Math.ceilDiv(LOOPS * 30, width), bound.limits().getFirst().cycles());
    }

    /** An instruction of six macro-ops takes its share of dispatch and retirement, though its ports would be faster. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void microcodeIsBoundByTheDispatchAndRetireWidths(int width) {
        CoreProfile core = CoreProfile.load("zen4");
        Consumer<SyntheticTrace> shifts = times(20, t -> t.put("shld", 4, Flow.NEXT, 0, 0, Registers.bit(Registers.RAX), List.of(),
                List.of(), 0));
        for (Constant limit : List.of(Constant.DISPATCH_WIDTH, Constant.RETIRE_WIDTH)) {
            CycleBound bound = bound(core.with(limit, width), shifts, 0, 0.1);
            assertEquals(Math.ceilDiv(LOOPS * (20 * 6 + 1), width), bound.bottleneck().cycles(), limit.key());
        }
    }

    @Test
    void randomBranchesAreBoundByTheirRefills() {
        CoreProfile core = CoreProfile.load("zen4");
        SyntheticTrace t = new SyntheticTrace();
        int compare = t.compare(Registers.RAX, Registers.RBX);
        int branch = t.jcc(0);
        int skipped = t.nop(4);
        int jump = t.jump(SyntheticTrace.CODE);
        Random random = new Random(1);
        for (int n = 0; n < 4 * LOOPS; n++) {
            if (n == LOOPS) {
                t.count();
            }
            t.run(compare, branch);
            if (random.nextBoolean()) {
                t.run(skipped);
            }
            t.run(jump);
        }
        CycleBound bound = Replay.run(t, core).bound();
        assertEquals("redirects", bound.bottleneck().key());
        assertTrue(bound.cycles() > 3 * LOOPS * 0.3 * core.get(Constant.MISPREDICT_REFILL), bound.toString());
    }

    /** Two kinds of work that share a port and have one each besides: only together are they too much. */
    @Test
    void theBusiestUnionOfPortsIsFound() {
        PortWork work = new PortWork();
        work.add(0b011, 10);
        work.add(0b110, 20);
        work.add(0b110, 3);
        assertEquals(new PortWork.Busiest(0b110, 12), work.busiest());
        work.add(0b011, 10);
        assertEquals(new PortWork.Busiest(0b111, 15), work.busiest());
        work.add(0b100, 18);
        assertEquals(new PortWork.Busiest(0b110, 21), work.busiest());
    }

    /** Hall's bound is what an ideal assignment reaches: checked against one found by spreading work cycle by cycle. */
    @Property(tries = 300)
    void theBusiestUnionIsReachedByTheBestAssignment(@ForAll Random random) {
        PortWork work = new PortWork();
        int kinds = 1 + random.nextInt(5);
        int[] sets = new int[kinds];
        int[] amounts = new int[kinds];
        for (int k = 0; k < kinds; k++) {
            sets[k] = 1 + random.nextInt(31);
            amounts[k] = random.nextInt(12);
            work.add(sets[k], amounts[k]);
        }
        long cycles = work.busiest().cycles();
        assertTrue(fits(sets, amounts, cycles), "an assignment exists");
        assertTrue(cycles == 0 || !fits(sets, amounts, cycles - 1), "none is faster");
    }

    /** Whether all work fits into so many cycles of five ports: augmenting paths, one unit of work at a time. */
    private static boolean fits(int[] sets, int[] amounts, long cycles) {
        int[][] given = new int[5][sets.length];
        for (int k = 0; k < sets.length; k++) {
            for (int n = 0; n < amounts[k]; n++) {
                if (!place(k, sets, given, cycles, new boolean[5])) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean place(int kind, int[] sets, int[][] given, long cycles, boolean[] seen) {
        for (int port = 0; port < given.length; port++) {
            if ((sets[kind] >> port & 1) == 0 || seen[port]) {
                continue;
            }
            seen[port] = true;
            int load = java.util.Arrays.stream(given[port]).sum();
            if (load < cycles) {
                given[port][kind]++;
                return true;
            }
            for (int other = 0; other < sets.length; other++) {
                if (given[port][other] > 0 && place(other, sets, given, cycles, seen)) {
                    given[port][other]--;
                    given[port][kind]++;
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void aSimulationBelowTheBoundIsRefused() {
        CycleBound bound = new CycleBound(5, List.of(new CycleBound.Limit("dispatch", "the dispatch width", 100)));
        assertEquals(95, bound.hold(95, "t").cycles());
        String message = assertThrows(ModelException.class, () -> bound.hold(94, "t")).getMessage();
        assertTrue(message.contains("the dispatch width") && message.lines().count() == 1, message);
    }
}
