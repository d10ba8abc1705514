package dev.cyclecast.calibration.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.Workload;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.validate.AllocatorPrograms;
import dev.cyclecast.calibration.validate.Shape;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.trace.TraceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All methods on real builds, with short recordings. */
class MethodsTest {
    private static final Path HOME = Path.of(System.getProperty("cyclecast.home"));
    private static final AllocatorPrograms PROGRAMS = new AllocatorPrograms(HOME, Workload.MIXED, 0);
    private static final long OPERATIONS = 2_000;
    private static final Proposal E4 = Proposal.load("E4");

    @TempDir
    static Path folder;

    @BeforeAll
    static void needTools() {
        Assumptions.assumeTrue(AllocatorBuild.isPossible(), "gcc or ld is missing: apt-get install gcc binutils");
        Assumptions.assumeTrue(Tool.find("qemu-x86_64").isPresent(), "qemu-x86_64 is missing: apt-get install qemu-user");
    }

    private static Build build(String variant) {
        Path trace = folder.resolve(variant + ".cct");
        Path program = PROGRAMS.build(variant, Shape.REFERENCE, 0, folder);
        if (!Files.exists(trace)) {
            PROGRAMS.record(program, OPERATIONS, trace);
        }
        return new Build(program, trace);
    }

    private static Pair pair(String base, String variant) {
        return new Pair(E4, build(base), build(variant), PROGRAMS::arguments);
    }

    @Test
    void fewerInstructionsAreAGainAndAProgramGainsNothingOverItself() {
        InstructionCount method = new InstructionCount();
        double gain = method.guess(pair("baseline", "e4")).gainPercent();
        assertTrue(gain > 0.3 && gain < 3, "" + gain);
        assertEquals(0, method.guess(pair("e4", "e4")).gainPercent());
        assertEquals(1 / (1 + gain / 100), 1 + method.guess(pair("e4", "baseline")).gainPercent() / 100, 1e-12);
    }

    @Test
    void selfPercentIsThatOfTheFunctionTimesWhatTheEditTakesFromIt() {
        try (TraceReader trace = TraceReader.open(build("baseline").trace())) {
            EditedFunctions edited = EditedFunctions.of(trace, E4);
            EditedFunctions.Change gate = edited.functions().get("tiny_alloc_gate_fast");
            assertTrue(gate.after() < gate.before(), gate.toString());
            edited.functions().forEach((name, change) -> {
                if (!name.equals("tiny_alloc_gate_fast")) {
                    assertEquals(change.before(), change.after(), name);
                }
            });
            SelfPercent method = new SelfPercent("given", "", p -> Map.of("tiny_alloc_gate_fast", 20.0));
            double saved = 20 * (1 - (double) gate.after() / gate.before());
            assertEquals(100 * (100 / (100 - saved) - 1), method.guess(pair("baseline", "e4")).gainPercent(), 1e-9);
        }
    }

    @Test
    void aModelledProfileIsOneOfWholePercents() {
        Guess guess = SelfPercent.modelled("zen4").guess(pair("baseline", "e4"));
        assertTrue(guess.gainPercent() > 0 && guess.gainPercent() < 10, guess.toString());
    }

    @Test
    void callgrindEstimatesBothBuildsAndAnswersTheSameTwice() {
        Assumptions.assumeTrue(Tool.find("valgrind").isPresent(), "valgrind is missing: apt-get install valgrind");
        Guess guess = new CycleEstimate().guess(pair("baseline", "e4"));
        assertTrue(Math.abs(guess.gainPercent()) < 5, guess.toString());
        assertEquals(guess, new CycleEstimate().guess(pair("baseline", "e4")));
        assertEquals(0, new CycleEstimate().guess(pair("e4", "e4")).gainPercent());
    }

    @Test
    void llvmAnalysesEveryBlockOfTheTrace() {
        PortPressure method = new PortPressure("znver3");
        Guess guess = method.guess(pair("baseline", "e4"));
        Assumptions.assumeTrue(guess.gainPercent() != null, guess.reason());
        assertTrue(guess.gainPercent() > 0 && guess.gainPercent() < 5, guess.toString());
        assertEquals(guess, new PortPressure("znver3").guess(pair("baseline", "e4")));
    }

    @Test
    void anUnknownCpuIsNoGuess() {
        Guess guess = new PortPressure("znver99").guess(pair("baseline", "e4"));
        assertNull(guess.gainPercent());
        assertTrue(guess.reason().contains("llvm"), guess.reason());
    }

    @Test
    void aMethodThatFailsSaysWhyAndTheOthersGoOn() {
        Method broken = new SelfPercent("broken", "", p -> {
            throw new CalibrationException("perf is not permitted");
        });
        Map<String, Guess> guesses = new Methods(List.of(broken, new InstructionCount())).guesses(pair("baseline", "e4"));
        assertEquals(Guess.none("perf is not permitted"), guesses.get("broken"));
        assertTrue(guesses.get("instruction count").gainPercent() > 0);
    }

    @Test
    void namesAreThoseOfTheColumns() {
        Methods methods = Methods.forCore(new CoreMatch("zen4", true, ""));
        assertEquals(List.of("self % (sampled)", "self % (modelled)", "instruction count", "callgrind CEst", "llvm-mca"),
                methods.names());
        assertEquals(methods.names(), List.copyOf(methods.inputs().keySet()));
    }

    @Test
    void aToolThatFailsIsNamedInOneLine() {
        String message = assertThrows(CalibrationException.class,
                () -> Tool.run(List.of("sh", "-c", "echo; echo 'bad input' >&2; exit 3"), "")).getMessage();
        assertEquals("sh failed with exit code 3: bad input", message);
        assertEquals("ok in", Tool.run(List.of("sh", "-c", "echo ok $(cat)"), "in").out().strip());
        assertTrue(assertThrows(CalibrationException.class, () -> Tool.run(List.of("/no/such/tool"), "")).getMessage()
                .startsWith("tool cannot be run"));
    }

    @Test
    void executionsAreThoseBehindTheWarmUp() {
        try (TraceReader trace = TraceReader.open(build("baseline").trace())) {
            Executions executions = Executions.of(trace);
            assertEquals(OPERATIONS, executions.operations());
            assertTrue(Arrays.stream(executions.counts()).sum() < trace.events());
            assertEquals(173, executions.instructionsPerOperation(), 10);
        }
    }
}
