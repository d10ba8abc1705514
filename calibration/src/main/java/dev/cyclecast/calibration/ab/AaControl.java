package dev.cyclecast.calibration.ab;


/**
 * The same programs in both arms: what the machine reports as a gain where there is none.
 *
 * @param gainPercent apparent gain
 * @param low         low end of its interval, in percent
 * @param high        high end of its interval, in percent
 * @param level       nominal coverage of the interval
 * @param layouts     number of programs measured against themselves, each of another layout or shape
 * @param pairs       number of pairs of runs
 * @param clean       whether there is an interval that covers zero; else no other figure is to be trusted
 */
public record AaControl(double gainPercent, Double low, Double high, double level, int layouts, int pairs,
                        boolean clean) {
    /** From an estimate that takes all programs for one, since none has a gain over itself. */
    public static AaControl of(GainEstimate e, int programs) {
        boolean interval = !Double.isNaN(e.low());
        return new AaControl(e.gainPercent(), interval ? e.low() : null, interval ? e.high() : null, e.level(),
                programs, e.pairs(), interval && e.covers(0));
    }
}
