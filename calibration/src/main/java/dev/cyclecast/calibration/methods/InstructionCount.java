package dev.cyclecast.calibration.methods;

import dev.cyclecast.trace.TraceReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Instructions per operation of both builds: as if every instruction took the same time. */
final class InstructionCount implements Method {
    private final Map<Path, Double> perOperation = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "instruction count";
    }

    @Override
    public String inputs() {
        return "traces of base and variant";
    }

    @Override
    public Guess guess(Pair pair) {
        return Guess.ofCosts(perOperation(pair.base()), perOperation(pair.variant()));
    }

    private synchronized double perOperation(Build build) {
        return perOperation.computeIfAbsent(build.trace(), path -> {
            try (TraceReader trace = TraceReader.open(path)) {
                return Executions.of(trace).instructionsPerOperation();
            }
        });
    }
}
