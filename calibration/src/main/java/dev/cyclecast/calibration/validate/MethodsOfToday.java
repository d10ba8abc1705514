package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.methods.Build;
import dev.cyclecast.calibration.methods.Guess;
import dev.cyclecast.calibration.methods.Methods;
import dev.cyclecast.calibration.methods.Pair;
import dev.cyclecast.model.edit.Proposal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The methods that people use, asked about the proposals of a validation. */
public final class MethodsOfToday implements Rivals {
    private final Methods methods;
    private final Map<String, Proposal> proposals;

    /** Asks methods about proposals. */
    public MethodsOfToday(Methods methods, List<Proposal> proposals) {
        this.methods = methods;
        this.proposals = proposals.stream().collect(Collectors.toMap(Proposal::id, Function.identity(), (a, b) -> a));
    }

    @Override
    public Map<String, Guess> guesses(Builds b) {
        return methods.guesses(new Pair(proposals.get(b.row().proposal()), new Build(b.base(), b.baseTrace()),
                new Build(b.variant(), b.variantTrace()), b.arguments()));
    }
}
