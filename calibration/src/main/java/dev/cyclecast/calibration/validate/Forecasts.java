package dev.cyclecast.calibration.validate;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The model as a validation sees it: forecasts from traces of the variants that proposals start from, and replays of traces
 * of real variants.
 */
public interface Forecasts {
    /**
     * A proposal that exists as code too.
     *
     * @param proposal   its id, such as {@code E1}
     * @param base       name of the variant that it starts from
     * @param variant    name of the variant that carries it out
     * @param statedGain the range that its author stated, in percent; empty if none
     */
    record Candidate(String proposal, String base, String variant, List<Double> statedGain) {
        public Candidate {
            statedGain = List.copyOf(statedGain);
        }
    }

    /**
     * What could be said from one trace.
     *
     * @param forecasts one for each candidate that starts from its program and whose sites are in it
     * @param absent    why there is none for the others, by proposal
     */
    record FromTrace(List<Forecast> forecasts, Map<String, String> absent) {
        public FromTrace {
            forecasts = List.copyOf(forecasts);
        }
    }

    /** The proposals to be validated, in order. */
    List<Candidate> candidates();

    /**
     * Forecasts from the trace of what the proposals start from.
     *
     * @param base      name of the variant
     * @param baseTrace its trace
     * @param shape     shape in which it was built
     */
    FromTrace forecast(String base, Path baseTrace, Shape shape);

    /**
     * Replays two traces under the same draws.
     *
     * @param baseTrace    trace of the variant that the proposal starts from
     * @param variantTrace trace of the real variant, under the same work
     */
    Replayed replay(Path baseTrace, Path variantTrace);

    /**
     * Modelled cycles per operation of one trace, by the core's own constants.
     *
     * @param trace any trace
     */
    double cyclesPerOperation(Path trace);

    /** What forecasts are made with, by name, each with a hash: a session that is resumed must find it unchanged. */
    Map<String, String> inputs();
}
