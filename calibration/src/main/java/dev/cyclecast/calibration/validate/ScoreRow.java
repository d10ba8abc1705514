package dev.cyclecast.calibration.validate;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.cyclecast.calibration.methods.Guess;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One proposal in one shape under one load: what was said beside what was found.
 *
 * @param proposal        the proposal's id
 * @param base            name of the variant that it starts from
 * @param variant         name of the variant that carries it out
 * @param shape           how both were built
 * @param workload        what both did
 * @param statedGain      the range that the proposal's author stated, in percent; empty if none
 * @param predicted       the forecast; null where the proposal's sites are in no trace of its base
 * @param absent          why there is no forecast from this shape's own trace; null where there is one
 * @param replayedVariant what the model says of the real variant
 * @param others          what other methods say, by their names
 * @param measured        the gain found by running it; null where the budget did not reach it
 */
public record ScoreRow(String proposal, String base, String variant, Shape shape, Load workload, List<Double> statedGain,
                       Forecast predicted, String absent, Replayed replayedVariant, Map<String, Guess> others, Measured measured) {
    public ScoreRow {
        statedGain = List.copyOf(statedGain);
        others = new LinkedHashMap<>(others);
    }

    /** The name by which explanations and messages call it. */
    @JsonIgnore
    public String name() {
        return proposal + "/" + shape.label() + "/" + workload.id();
    }

    /** The gain that another method expects, in percent; null where it has nothing to say. */
    @JsonIgnore
    public Double gainBy(String method) {
        Guess guess = others.get(method);
        return guess == null ? null : guess.gainPercent();
    }

    /** Forecast minus measured gain, in percentage points; null where one of them is missing. */
    @JsonIgnore
    public Double miss() {
        return predicted == null || measured == null ? null : predicted.gainPercent() - measured.gainPercent();
    }

    /** The middle of what the author stated; null where he stated nothing. */
    @JsonIgnore
    Double stated() {
        return statedGain.isEmpty() ? null : 0.5 * (statedGain.getFirst() + statedGain.getLast());
    }

    /** Whether the forecast was made from this shape's own trace. */
    @JsonIgnore
    boolean ownForecast() {
        return predicted != null && predicted.basis() == shape;
    }

    /** What the forecast was transferred by; null where it was not. */
    @JsonIgnore
    public Transfer transfer() {
        return predicted == null ? null : predicted.transfer();
    }
}
