package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.Arm;
import dev.cyclecast.calibration.ab.LayoutPair;
import dev.cyclecast.calibration.ab.Run;
import dev.cyclecast.calibration.ab.Runner;
import dev.cyclecast.calibration.ab.SingleLayoutRuns;
import java.util.List;
import java.util.Map;

/**
 * The acceptance protocol of the founding document: ten runs of mixed, five of c6-heavy, GO from a mean gain of 1 % on mixed
 * unless c6-heavy loses as much, after a check that every profile still works. One layout, so its word is no verdict.
 */
final class Phase4 {
    static final Load MIXED = new Load("mixed", 0);
    static final Load C6_HEAVY = new Load("c6-heavy", 0);

    private static final int MIXED_RUNS = 10;
    private static final int C6_HEAVY_RUNS = 5;
    private static final double THRESHOLD_PERCENT = 1;
    private static final long HEALTH_OPERATIONS = 50_000;
    private static final String PROFILE = "HAKMEM_TINY_PROFILE";
    /** Routing policies of the allocator; the first is none. */
    private static final List<String> PROFILES = List.of("", "conservative", "hot", "full", "off");

    private final Runner runner;
    private final SingleLayoutRuns runs;
    private final ProgramSet set;

    Phase4(Runner runner, SingleLayoutRuns runs, ProgramSet set) {
        this.runner = runner;
        this.runs = runs;
        this.set = set;
    }

    /** What the protocol says of a proposal in one shape; the default layout of both loads is built. */
    Phase4Outcome judge(Forecasts.Candidate candidate, Shape shape, Map<Load, Long> operations) {
        String broken = broken(candidate, shape);
        if (broken != null) {
            return new Phase4Outcome(candidate.proposal(), shape, null, null, broken, Phase4Outcome.NO_GO);
        }
        double mixed = gain(candidate, shape, MIXED, MIXED_RUNS, operations);
        double c6Heavy = gain(candidate, shape, C6_HEAVY, C6_HEAVY_RUNS, operations);
        return new Phase4Outcome(candidate.proposal(), shape, mixed, c6Heavy, null, decision(mixed, c6Heavy));
    }

    static String decision(double mixed, double c6Heavy) {
        if (mixed <= -THRESHOLD_PERCENT || c6Heavy <= -THRESHOLD_PERCENT) {
            return Phase4Outcome.NO_GO;
        }
        return mixed >= THRESHOLD_PERCENT ? Phase4Outcome.GO : Phase4Outcome.NEUTRAL;
    }

    private double gain(Forecasts.Candidate candidate, Shape shape, Load load, int count, Map<Load, Long> operations) {
        LayoutPair pair = new LayoutPair("phase4/" + candidate.proposal() + "/" + shape.label() + "/" + load, 0, 0,
                set.arm(candidate.base(), shape, load, 0, operations.get(load)),
                set.arm(candidate.variant(), shape, load, 0, operations.get(load)));
        return runs.run(pair, count).gainPercent();
    }

    /** The first profile that does not do the base's work; null where all do. */
    private String broken(Forecasts.Candidate candidate, Shape shape) {
        for (Load load : List.of(MIXED, C6_HEAVY)) {
            for (String profile : PROFILES) {
                Map<String, String> environment = profile.isEmpty() ? Map.of() : Map.of(PROFILE, profile);
                Arm base = set.arm(candidate.base(), shape, load, 0, HEALTH_OPERATIONS);
                Arm variant = set.arm(candidate.variant(), shape, load, 0, HEALTH_OPERATIONS);
                Run expected = runner.run(new Arm(base.name(), base.program(), base.arguments(), environment), 0);
                String what = load + (profile.isEmpty() ? "" : " under " + PROFILE + "=" + profile);
                try {
                    Run run = runner.run(new Arm(variant.name(), variant.program(), variant.arguments(), environment), 0);
                    if (!run.work().equals(expected.work())) {
                        return what + ": " + run.work() + " instead of " + expected.work();
                    }
                } catch (CalibrationException e) {
                    return what + ": " + e.getMessage();
                }
            }
        }
        return null;
    }
}
