package dev.cyclecast.model.predict;

import dev.cyclecast.model.Cause;
import java.util.List;
import java.util.Map;

/**
 * The forecast of one proposal on one core and one trace.
 *
 * @param proposal                 the proposal's id
 * @param title                    its title
 * @param core                     name of the profile
 * @param trace                    name of the trace
 * @param gainPercent              throughput ratio minus one, mean over the draws, in percent
 * @param low                      5th percentile over the draws; NaN for a single draw
 * @param high                     95th percentile; NaN for a single draw
 * @param level                    share of the draws between them, 0.9
 * @param draws                    joint draws
 * @param verdict                  what the interval says; null for a single draw
 * @param effortDays               engineer-days, least and most; empty where the author states none
 * @param returnPerDay             low end of the gain per engineer-day (of the most days), NaN without effort or interval
 * @param risk                     the author's words
 * @param statedGain               the author's forecast in percent; empty where there is none
 * @param baseCyclesPerOperation   mean modelled cycles per operation of the program as recorded
 * @param editedCyclesPerOperation the same for the edited program
 * @param byCause                  cycles per operation that the edit saves, by cause
 * @param shares                   share of each source in the variance of the gain; empty for a single draw
 * @param sites                    places in the code that the edit changes
 */
public record Prediction(String proposal, String title, String core, String trace, double gainPercent, double low,
                         double high, double level, int draws, Verdict verdict, List<Double> effortDays,
                         double returnPerDay, String risk, List<Double> statedGain, double baseCyclesPerOperation,
                         double editedCyclesPerOperation, Map<Cause, Double> byCause, Map<Source, Double> shares,
                         int sites) {
}
