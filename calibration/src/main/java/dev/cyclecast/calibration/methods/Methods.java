package dev.cyclecast.calibration.methods;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.TraceException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All methods that stand beside a forecast. They keep what they found out about a build, so ask the same ones for all pairs. */
public final class Methods {
    private final List<Method> methods;

    /** The given ones. */
    Methods(List<Method> methods) {
        this.methods = List.copyOf(methods);
    }

    /** Those that people use, for the core that forecasts are made for. */
    public static Methods forCore(CoreMatch core) {
        return new Methods(List.of(SelfPercent.sampled(), SelfPercent.modelled(core.core()), new InstructionCount(),
                new CycleEstimate(), new PortPressure(core)));
    }

    /** The names, in the order of the columns. */
    public List<String> names() {
        return methods.stream().map(Method::name).toList();
    }

    /** What each method looks at, by its name. */
    public Map<String, String> inputs() {
        Map<String, String> inputs = new LinkedHashMap<>();
        methods.forEach(m -> inputs.put(m.name(), m.inputs()));
        return inputs;
    }

    /** What each method expects of a change, by its name; a method that fails has nothing to say but why. */
    public Map<String, Guess> guesses(Pair pair) {
        Map<String, Guess> guesses = new LinkedHashMap<>();
        methods.forEach(m -> guesses.put(m.name(), guess(m, pair)));
        return guesses;
    }

    private static Guess guess(Method method, Pair pair) {
        try {
            return method.guess(pair);
        } catch (CalibrationException | ModelException | TraceException e) {
            return Guess.none(e.getMessage());
        }
    }
}
