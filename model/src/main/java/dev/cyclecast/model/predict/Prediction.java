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
 * @param gainPercent              throughput ratio minus one, averaged over layouts, in percent
 * @param low                      low end of its interval; NaN for a single draw
 * @param high                     high end of its interval; NaN for a single draw
 * @param lowInOneLayout                 low end of the range for one build, whose layout is one of them; NaN for a single draw
 * @param highInOneLayout                high end of that range; NaN for a single draw
 * @param level                    nominal coverage of both, 0.9
 * @param draws                    joint draws
 * @param verdict                  what the interval says; null for a single draw
 * @param effortDays               engineer-days, least and most; empty where the author states none
 * @param returnPerDay             low end of the gain per engineer-day (of the most days), NaN without effort or interval
 * @param risk                     the author's words
 * @param statedGain               the author's forecast in percent; empty where there is none
 * @param baseCyclesPerOperation   mean modelled cycles per operation of the program as recorded
 * @param editedCyclesPerOperation the same for the edited program
 * @param byCause                  cycles per operation that the edit saves, by cause
 * @param shares                   share of each source in the variance behind the interval; empty for a single draw
 * @param sites                    places in the code that the edit changes
 */
public record Prediction(String proposal, String title, String core, String trace, double gainPercent, double low,
                         double high, double lowInOneLayout, double highInOneLayout, double level, int draws, Verdict verdict,
                         List<Double> effortDays, double returnPerDay, String risk, List<Double> statedGain,
                         double baseCyclesPerOperation, double editedCyclesPerOperation, Map<Cause, Double> byCause,
                         Map<Source, Double> shares, int sites) {
}
