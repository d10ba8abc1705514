package dev.cyclecast.calibration.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.AllocatorException;
import dev.cyclecast.allocator.Variant;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.ProgramRunner;
import dev.cyclecast.calibration.ab.Run;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Replay;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.model.predict.Prediction;
import dev.cyclecast.model.predict.Predictor;
import dev.cyclecast.trace.TraceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The seams to the allocator's build, the recorder and the model, with short recordings. */
class RealModulesTest {
    private static final Path HOME = Path.of(System.getProperty("cyclecast.home"));
    private static final long OPERATIONS = 1_600;

    @TempDir
    static Path folder;

    private static final AllocatorPrograms PROGRAMS = new AllocatorPrograms(HOME);
    private static final Load MIXED = new Load("mixed", 0);
    private static final Predictor.Options QUICK = new Predictor.Options(64, 1, 2, 5000, 12_000);
    private final ModelForecasts forecasts = new ModelForecasts(Proposal.shipped(), CoreProfile.load("zen4"), QUICK);

    @BeforeAll
    static void needTools() {
        Assumptions.assumeTrue(AllocatorBuild.isPossible(), "gcc or ld is missing: apt-get install gcc binutils");
        Assumptions.assumeTrue(Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(f -> Files.isExecutable(Path.of(f, "qemu-x86_64"))), "qemu-x86_64 is missing: apt-get install qemu-user");
    }

    private static Path recorded(String variant, Shape shape) {
        Path trace = folder.resolve(variant + "-" + shape.label() + ".cct");
        if (!Files.exists(trace)) {
            PROGRAMS.record(PROGRAMS.build(variant, shape, MIXED, 0, folder), MIXED, OPERATIONS, trace);
        }
        return trace;
    }

    @Test
    void everyShippedProposalHasAVariantOfItsOwn() {
        List<Variant> variants = forecasts.candidates().stream().map(c -> Variant.parse(c.variant())).toList();
        assertEquals(List.of("E1", "E2", "E3", "E4"), forecasts.candidates().stream().map(Forecasts.Candidate::proposal).toList());
        assertEquals(variants.size(), variants.stream().distinct().count());
    }

    @Test
    void programsPrintWhatTheRunnerReadsAndDoTheSameWork() {
        ProgramRunner runner = new ProgramRunner(new Pinning(-1, "not pinned: test"), Duration.ofSeconds(60));
        Path baseline = PROGRAMS.build("baseline", Shape.REFERENCE, MIXED, 0, folder);
        Path variant = PROGRAMS.build("e4", Shape.FREE, MIXED, 3, folder);
        assertNotEquals(SessionFolder.sha256(baseline), SessionFolder.sha256(variant));
        Run a = runner.run(new Arm("baseline", baseline, PROGRAMS.arguments(MIXED, 50_000)), 0);
        Run b = runner.run(new Arm("e4", variant, PROGRAMS.arguments(MIXED, 50_000)), PROGRAMS.paddingBytes(3));
        assertEquals(50_000, a.work().operations());
        assertEquals(a.work(), b.work());
    }

    @Test
    void theReferenceShapeHasTheSitesOfEveryProposal() {
        List<Forecast> all = forecasts.forecast("baseline", recorded("baseline", Shape.REFERENCE), Shape.REFERENCE).forecasts();
        assertEquals(forecasts.candidates().stream().map(Forecasts.Candidate::proposal).toList(),
                all.stream().map(Forecast::proposal).toList());
        for (Forecast f : all) {
            assertTrue(f.low() <= f.gainPercent() && f.gainPercent() <= f.high(), f.toString());
            assertEquals(Shape.REFERENCE, f.basis());
        }
    }

    static List<Proposal> all() {
        return Proposal.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyShippedProposalFindsItsSitesInItsBase(Proposal proposal) {
        Path trace = recorded(proposal.base(), Shape.REFERENCE);
        Variant.parse(proposal.variant());
        try (TraceReader reader = TraceReader.open(trace)) {
            Prediction p = new Predictor(List.of(CoreProfile.load("zen4")), List.of(proposal), QUICK.withDraws(1), share -> { })
                    .predict(List.of(new Predictor.NamedTrace("base", reader))).getFirst();
            assertTrue(p.sites() > 0 && p.editedCyclesPerOperation() > 0, p.toString());
        }
    }

    @Test
    void theFreeShapeIsForecastWhereItsSitesAreLeft() {
        // Gates are variables and stay; which functions stay is the compiler's choice.
        List<String> found = forecasts.forecast("baseline", recorded("baseline", Shape.FREE), Shape.FREE).forecasts().stream()
                .map(Forecast::proposal).toList();
        assertTrue(found.contains("E1"), found.toString());
        assertTrue(found.contains("E3"), found.toString());
    }

    @Test
    void aProgramGainsNothingOverItself() {
        Path baseline = recorded("baseline", Shape.REFERENCE);
        Replayed same = forecasts.replay(baseline, baseline);
        assertEquals(0, same.gainPercent(), 0);
        Replayed e1 = forecasts.replay(baseline, recorded("e1", Shape.REFERENCE));
        assertNotEquals(0, e1.gainPercent());
        assertTrue(e1.low() <= e1.gainPercent() && e1.gainPercent() <= e1.high(), e1.toString());
    }

    @Test
    void modelledCyclesAreThoseOfAReplayOfTheWholeTrace() {
        Path baseline = recorded("baseline", Shape.REFERENCE);
        double cycles = forecasts.cyclesPerOperation(baseline);
        try (TraceReader trace = TraceReader.open(baseline)) {
            // The replay knows one layout; layouts differ by some percent.
            double whole = Replay.run(trace, CoreProfile.load("zen4")).cyclesPerOperation();
            assertEquals(1, cycles / whole, 0.1);
        }
        assertEquals(cycles, forecasts.cyclesPerOperation(baseline), 0);
    }

    @Test
    void loadsThatDifferByArgumentsShareAProgram() {
        Path mixed = PROGRAMS.build("baseline", Shape.REFERENCE, MIXED, 0, folder);
        assertEquals(mixed, PROGRAMS.build("baseline", Shape.REFERENCE, AllocatorPrograms.load("mixed-pressure48"), 0, folder));
        assertEquals(mixed, PROGRAMS.build("baseline", Shape.REFERENCE, AllocatorPrograms.load("c6-heavy"), 0, folder));
        assertNotEquals(mixed, PROGRAMS.build("baseline", Shape.REFERENCE, AllocatorPrograms.load("tiny-hot"), 0, folder));
        assertTrue(PROGRAMS.arguments(new Load("mixed", 48), 7).containsAll(List.of("7", "--pressure", "48")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"larson", "replay", "mixed-pressure47", "mixed-pressure300", "Mixed!", "nothing", ""})
    void loadsThatCannotBeValidatedAreRefused(String name) {
        RuntimeException e = assertThrows(RuntimeException.class, () -> AllocatorPrograms.load(name));
        assertTrue(e instanceof CalibrationException || e instanceof AllocatorException, e.toString());
    }

    @Test
    void inputsAreHashedByName() {
        assertEquals(PROGRAMS.inputs(), new AllocatorPrograms(HOME).inputs());
        CoreProfile zen4 = CoreProfile.load("zen4");
        ModelForecasts other = new ModelForecasts(Proposal.shipped(), zen4.with(Constant.values()[0], zen4.get(Constant.values()[0]) + 1), QUICK);
        assertEquals(forecasts.inputs().keySet(), other.inputs().keySet());
        other.inputs().forEach((name, hash) -> assertEquals(!name.startsWith("the core profile"), hash.equals(forecasts.inputs().get(name)), name));
    }
}
