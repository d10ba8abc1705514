package dev.cyclecast.calibration.validate;

import java.nio.file.Path;
import java.util.List;

/**
 * The model as a validation sees it: forecasts from a trace of the baseline, and replays of traces of real variants.
 */
public interface Forecasts {
    /**
     * A proposal that exists as code too.
     *
     * @param proposal its id, such as {@code E1}
     * @param variant  name of the variant that carries it out
     */
    record Candidate(String proposal, String variant) {
    }

    /** The proposals to be validated, in order. */
    List<Candidate> candidates();

    /**
     * Forecasts from a baseline's trace.
     *
     * @param baselineTrace trace of the baseline
     * @param shape         shape in which the baseline was built
     * @param core          name of the core profile
     * @return one forecast for each candidate whose sites are in the trace
     */
    List<Forecast> forecast(Path baselineTrace, Shape shape, String core);

    /**
     * Gain found by replaying two traces, in percent.
     *
     * @param baselineTrace trace of the baseline
     * @param variantTrace  trace of the real variant, under the same work
     * @param core          name of the core profile
     */
    double replayedGainPercent(Path baselineTrace, Path variantTrace, String core);
}
