package dev.cyclecast.cli;

import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.Host;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import dev.cyclecast.calibration.methods.Guess;
import dev.cyclecast.calibration.validate.AbsoluteCycles;
import dev.cyclecast.calibration.validate.AbsoluteRow;
import dev.cyclecast.calibration.validate.Coverage;
import dev.cyclecast.calibration.validate.ErrorSplit;
import dev.cyclecast.calibration.validate.Forecast;
import dev.cyclecast.calibration.validate.GroupSummary;
import dev.cyclecast.calibration.validate.IntervalScore;
import dev.cyclecast.calibration.validate.Load;
import dev.cyclecast.calibration.validate.Measured;
import dev.cyclecast.calibration.validate.MethodScore;
import dev.cyclecast.calibration.validate.Phase4Outcome;
import dev.cyclecast.calibration.validate.Replayed;
import dev.cyclecast.calibration.validate.ScoreRow;
import dev.cyclecast.calibration.validate.Scorecard;
import dev.cyclecast.calibration.validate.Shape;
import dev.cyclecast.calibration.validate.Summary;
import dev.cyclecast.calibration.validate.Transfer;
import dev.cyclecast.calibration.validate.ValidationRequest;
import dev.cyclecast.calibration.validate.Versions;
import dev.cyclecast.model.predict.Verdict;
import java.util.List;
import java.util.Map;

/** A scorecard with rows that lack a forecast, a measurement or a verdict. */
final class SampleScorecard {
    static final Load MIXED = new Load("mixed", 0);

    private SampleScorecard() {
    }

    /** With a transferred forecast for the row that has none. */
    static Scorecard withTransfer() {
        Scorecard c = card();
        ScoreRow none = c.rows().get(1);
        Forecast transferred = new Forecast("E2", 1.25, -0.5, 3, 0.9, Verdict.UNDECIDED, List.of(), Shape.REFERENCE, new Transfer(0.5, 0.25, 7));
        ScoreRow row = new ScoreRow(none.proposal(), none.base(), none.variant(), none.shape(), none.workload(), none.statedGain(), transferred,
                none.absent(), none.replayedVariant(), none.others(), none.measured());
        return new Scorecard(c.startedAt(), c.elapsedSeconds(), c.budgetSeconds(), c.folder(), c.request(), c.forecastsSha256(),
                c.operationsPerRun(), c.versions(), c.host(), c.warnings(), c.aa(), List.of(c.rows().getFirst(), row), c.summary(), c.groups(),
                c.cycles(), c.phase4());
    }

    static Scorecard card() {
        Summary summary = new Summary(3, 2, List.of(new MethodScore("forecast", 1, 1, 1, 1, 1, 1, 0.5, 0.5),
                new MethodScore("replayed variant", 2, 2, 1, 1, 1, 1, 0.375, 0.375), new MethodScore("stated gain", 1, 1, 1, 1, 1, 1, 1.25, 1.25),
                new MethodScore("coin", 1, 0, 1, 0, 1, 0, 3.0, -3.0)), 1, 1, 0,
                new IntervalScore(0.9, new Coverage(1, 1, 0.025, 1.0), new Coverage(1, 1, 0.025, 1.0), new Coverage(1, 1, 0.025, 1.0), 2.75, 2.75),
                new ErrorSplit(1, 0.5, 0.25, 0.25, 0.25, 0.25, 0.625));
        return new Scorecard("2026-01-01T00:00:00Z", 61, 60, "build/validate/x",
                new ValidationRequest(List.of("E1", "E2", "E4"), List.of(MIXED), "zen4", 60, 20_000, 45, 32, true, false, 1), "abc",
                Map.of("mixed", 1000L), new Versions("0123456789ab+", "gcc version 12.2.0", "OpenJDK 25"),
                new Host(new HostCpu("GenuineIntel", 6, 106, 6, "A CPU", 2), new CoreMatch("zen4", false, "the host is not a Zen core"),
                        new Pinning(1, "taskset -c 1"), "Linux", "not visible", new HostNoise(0, 1, 1)),
                List.of("one CPU was busy elsewhere"), new AaControl(0.3, 0.1, 0.5, 0.95, 1, 2, false),
                List.of(new ScoreRow("E1", "baseline", "e1", Shape.REFERENCE, MIXED, List.of(3.0, 3.5),
                                new Forecast("E1", 2.5, 1.25, 4, 0.9, Verdict.GO, List.of(3.0, 3.5), Shape.REFERENCE, null), null,
                                new Replayed(2.25, 2.0, 2.5), Map.of("coin", new Guess(-1.0, null)),
                                new Measured(2.0, 1.5, 2.75, 0.95, 8, 64, Verdict.GO, null, Stopped.PRECISE)),
                        new ScoreRow("E2", "baseline", "e2", Shape.FREE, MIXED, List.of(), null, "nothing reads it", new Replayed(-1, null, null),
                                Map.of(), new Measured(-1.5, null, null, 0.95, 1, 2, null, "one layout", Stopped.BUDGET)),
                        new ScoreRow("E4", "baseline", "e4", Shape.FREE, MIXED, List.of(0.3, 0.5), null, null, null, Map.of(), null)),
                summary, List.of(new GroupSummary(Shape.REFERENCE, MIXED, summary), new GroupSummary(Shape.FREE, MIXED, summary)),
                new AbsoluteCycles(10.0, List.of(new AbsoluteRow("baseline", Shape.REFERENCE, MIXED, 64, 60, 8, 100.0 * 4 / 60),
                        new AbsoluteRow("e1", Shape.REFERENCE, MIXED, 62.6, 71.7, 8, -12.7))),
                List.of(new Phase4Outcome("E1", Shape.REFERENCE, 3.1, 0.2, null, "GO"),
                        new Phase4Outcome("E2", Shape.FREE, null, null, "mixed: died | badly", "NO-GO")));
    }
}
