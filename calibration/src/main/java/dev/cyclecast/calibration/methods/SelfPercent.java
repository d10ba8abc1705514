package dev.cyclecast.calibration.methods;

import dev.cyclecast.calibration.host.SampledProfile;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Replay;
import dev.cyclecast.model.ReplayReport;
import dev.cyclecast.trace.TraceReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Self % arithmetic: a function that takes 10 % of the time and loses a fifth of its instructions saves 2 % of the time. It
 * looks at the base's profile and at what the proposal takes from each function, never at the variant. What the proposal adds
 * to a function counts against it; code in new functions costs what the program's instructions cost on average.
 */
final class SelfPercent implements Method {
    /** Some seconds, or thousands of samples. */
    private static final long SAMPLED_OPERATIONS = 40_000_000;

    private final String name;
    private final String inputs;
    private final Function<Pair, Map<String, Double>> profiler;
    private final Map<Path, Map<String, Double>> profiles = new HashMap<>();

    /** From a profile of the base: percent by function. */
    SelfPercent(String name, String inputs, Function<Pair, Map<String, Double>> profiler) {
        this.name = name;
        this.inputs = inputs;
        this.profiler = profiler;
    }

    /** From perf's samples on this machine. */
    static SelfPercent sampled() {
        return new SelfPercent("self % (sampled)", "perf's profile of the base, and the proposal", pair -> {
            SampledProfile profile = SampledProfile.of(Tool.command(pair.base().program(),
                    pair.arguments().apply(SAMPLED_OPERATIONS)));
            return profile.samples().keySet().stream().collect(Collectors.toMap(f -> f, profile::percent));
        });
    }

    /** From a replay. */
    static SelfPercent modelled(String core) {
        return new SelfPercent("self % (modelled)", "the modelled profile of the base, and the proposal", pair -> {
            try (TraceReader trace = TraceReader.open(pair.base().trace())) {
                return Replay.run(trace, CoreProfile.load(core)).functions().stream().collect(Collectors.toMap(
                        ReplayReport.FunctionCost::name, ReplayReport.FunctionCost::selfPercent, Double::sum));
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String inputs() {
        return inputs;
    }

    @Override
    public Guess guess(Pair pair) {
        EditedFunctions edited;
        try (TraceReader trace = TraceReader.open(pair.base().trace())) {
            edited = EditedFunctions.of(trace, pair.proposal());
        }
        double left = 100 - savedPercent(profile(pair), edited);
        return Guess.ofCosts(100, left);
    }

    private synchronized Map<String, Double> profile(Pair pair) {
        return profiles.computeIfAbsent(pair.base().trace(), p -> profiler.apply(pair));
    }

    /** Share of the time that goes with the instructions. */
    static double savedPercent(Map<String, Double> selfPercent, EditedFunctions edited) {
        double saved = 0;
        for (Map.Entry<String, EditedFunctions.Change> function : edited.functions().entrySet()) {
            EditedFunctions.Change change = function.getValue();
            double share = 1 - (double) change.after() / Math.max(1, change.before());
            saved += share * selfPercent.getOrDefault(function.getKey(), 0.0);
        }
        return saved - 100.0 * edited.added() / Math.max(1, edited.all());
    }
}
