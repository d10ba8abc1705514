package dev.cyclecast.calibration.validate;

import java.nio.file.Path;
import java.util.List;

/**
 * The model as a validation sees it: forecasts from traces of the variants that proposals start from, and replays of traces of real variants.
 */
public interface Forecasts {
    /**
     * A proposal that exists as code too.
     *
     * @param proposal its id, such as {@code E1}
     * @param base     name of the variant that it starts from
     * @param variant  name of the variant that carries it out
     */
    record Candidate(String proposal, String base, String variant) {
    }

    /** The proposals to be validated, in order. */
    List<Candidate> candidates();

    /**
     * Forecasts from the trace of what the proposals start from.
     *
     * @param base      name of the variant
     * @param baseTrace its trace
     * @param shape     shape in which it was built
     * @param core      name of the core profile
     * @return one forecast for each candidate that starts from it and whose sites are in the trace
     */
    List<Forecast> forecast(String base, Path baseTrace, Shape shape, String core);

    /**
     * Gain found by replaying two traces, in percent.
     *
     * @param baseTrace    trace of the variant that the proposal starts from
     * @param variantTrace trace of the real variant, under the same work
     * @param core         name of the core profile
     */
    double replayedGainPercent(Path baseTrace, Path variantTrace, String core);
}
