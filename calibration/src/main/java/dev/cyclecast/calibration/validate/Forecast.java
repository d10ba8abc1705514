package dev.cyclecast.calibration.validate;

import dev.cyclecast.model.predict.Verdict;
import java.util.List;

/**
 * What a proposal is expected to gain, as written down before its variant was compiled.
 *
 * @param proposal    the proposal's id, such as {@code E1}
 * @param gainPercent expected gain
 * @param low         low end of its interval, in percent
 * @param high        high end of its interval, in percent
 * @param level       nominal coverage of the interval, such as 0.9
 * @param verdict     what the forecast advises
 * @param statedGain  the range that the proposal's author stated, in percent; empty if none
 * @param basis       the shape whose trace was edited
 * @param transfer    what made it a forecast of the free shape from one of the reference shape; null where nothing did
 */
public record Forecast(String proposal, double gainPercent, double low, double high, double level, Verdict verdict,
                       List<Double> statedGain, Shape basis, Transfer transfer) {
    public Forecast {
        statedGain = List.copyOf(statedGain);
    }
}
