package dev.cyclecast.calibration.validate;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * One proposal in one shape: what was said beside what was found.
 *
 * @param proposal        the proposal's id
 * @param shape           how baseline and variant were built
 * @param statedGain      the range that the proposal's author stated, in percent; empty if none
 * @param predicted       the forecast; null where the proposal's sites are in no baseline trace
 * @param replayedVariant the gain found by replaying the real variant
 * @param measured        the gain found by running it
 */
public record ScoreRow(String proposal, Shape shape, List<Double> statedGain,
                       @JsonIgnoreProperties({"proposal", "statedGain"}) Forecast predicted,
                       Replayed replayedVariant, Measured measured) {
    public ScoreRow {
        statedGain = List.copyOf(statedGain);
    }

    /**
     * A gain found by replay.
     *
     * @param gainPercent modelled cycles of the baseline over those of the variant, minus one
     */
    public record Replayed(double gainPercent) {
    }
}
