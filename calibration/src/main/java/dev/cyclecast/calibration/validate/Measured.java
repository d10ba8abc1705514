package dev.cyclecast.calibration.validate;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.cyclecast.calibration.ab.GainEstimate;
import dev.cyclecast.calibration.ab.LayoutBudget;
import dev.cyclecast.calibration.ab.Stopped;
import dev.cyclecast.model.predict.Verdict;

/**
 * A measured gain, as it stands in a scorecard.
 *
 * @param gainPercent gain averaged over code layouts
 * @param low         low end of the interval, in percent; null where a single block gives no interval
 * @param high        high end of the interval, in percent; null likewise
 * @param level       nominal coverage of the interval
 * @param layouts     number of code layouts measured
 * @param pairs       number of pairs of runs
 * @param verdict     what the interval advises; null for a single layout, which says nothing about others
 * @param note        how far the figure may be trusted where fewer layouts were measured than wanted, else null
 * @param stopped     why measuring stopped
 */
public record Measured(double gainPercent, Double low, Double high, double level, int layouts, int pairs,
                       Verdict verdict, String note, Stopped stopped) {
    /** From an estimate. */
    static Measured of(GainEstimate e, Stopped stopped) {
        boolean interval = !Double.isNaN(e.low());
        Verdict verdict = interval && e.layouts() > 1 ? Verdict.of(e.low(), e.high()) : null;
        return new Measured(e.gainPercent(), interval ? e.low() : null, interval ? e.high() : null, e.level(),
                e.layouts(), e.pairs(), verdict, note(e.layouts()), stopped);
    }

    private static String note(int layouts) {
        if (layouts == 1) {
            return "one layout: placement alone may move it by several percent, so no verdict";
        }
        return layouts < LayoutBudget.LAYOUTS_WANTED ? layouts + " layouts of the " + LayoutBudget.LAYOUTS_WANTED + " wanted" : null;
    }

    /** Whether there is an interval over layouts. */
    @JsonIgnore
    public boolean hasInterval() {
        return low != null && layouts > 1;
    }

    /** Whether the interval leaves zero out. */
    @JsonIgnore
    public boolean isDecided() {
        return hasInterval() && (low > 0 || high < 0);
    }

    /** Half the width of the interval, in percent. */
    @JsonIgnore
    public double halfWidth() {
        return 0.5 * (high - low);
    }
}
