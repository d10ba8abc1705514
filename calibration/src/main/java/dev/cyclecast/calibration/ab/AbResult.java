package dev.cyclecast.calibration.ab;

import java.util.List;

/**
 * What a session found.
 *
 * @param title             what was compared
 * @param verdict           faster, slower, equivalent within a margin, or undecided: B beside A
 * @param contaminated      whether the A/A control found a difference where there is none
 * @param stopped           why measuring stopped
 * @param failure           what went wrong; null if nothing did
 * @param measured          the gain of B over A
 * @param otherTime         the gain by the other of wall time and time on the CPU
 * @param aa                the control; null where nothing was measured of it
 * @param pilot             what could be detected; null where the session ended before
 * @param warnings          what a reader must know before trusting the rest
 * @param layoutSource      where layouts came from
 * @param layouts           what each layout gave
 * @param a                 the first program
 * @param b                 the second
 * @param operationsPerRun  timed operations of each run; 1 where the whole process was timed
 * @param precisionPercent  half width at which the session would stop
 * @param startedAt         when it began, in ISO form
 * @param measuringSeconds  time spent measuring, without that between sessions
 * @param budgetSeconds     how long it was allowed to take
 * @param host              the machine
 * @param folder            where the raw runs are
 */
public record AbResult(String title, String verdict, boolean contaminated, Stopped stopped, String failure, Gain measured,
                       Gain otherTime, AaControl aa, Pilot pilot, List<String> warnings, String layoutSource,
                       List<Layout> layouts, Side a, Side b, long operationsPerRun, double precisionPercent,
                       String startedAt, double measuringSeconds, double budgetSeconds, Host host, String folder) {
    public AbResult {
        warnings = List.copyOf(warnings);
        layouts = List.copyOf(layouts);
    }

    /** The same with something that went wrong. */
    AbResult failed(String what) {
        return new AbResult(title, verdict, contaminated, Stopped.FAILED, what, measured, otherTime, aa, pilot, warnings,
                layoutSource, layouts, a, b, operationsPerRun, precisionPercent, startedAt, measuringSeconds, budgetSeconds,
                host, folder);
    }

    /**
     * A gain of B over A by one way of taking time.
     *
     * @param time                 {@code cycles} of slices that had their core to themselves, {@code cpu} or {@code wall}
     * @param ratio                A's time over B's
     * @param gainPercent          that ratio minus one, in percent
     * @param low                  low end of the interval, in percent; null where a single block gives none
     * @param high                 high end of the interval, in percent; null likewise
     * @param level                nominal coverage of the interval
     * @param hodgesLehmannPercent Hodges-Lehmann estimate over the layouts' locations; over the blocks where there is one layout
     * @param layouts              number of layouts
     * @param pairs                number of pairs of runs
     */
    public record Gain(String time, double ratio, double gainPercent, Double low, Double high, double level,
                       double hodgesLehmannPercent, int layouts, int pairs) {
        static Gain of(String time, Comparison comparison, HierarchicalBootstrap bootstrap) {
            GainEstimate e = comparison.estimate(bootstrap);
            HodgesLehmann location = new HodgesLehmann();
            List<double[]> layouts = List.copyOf(comparison.logRatios().values());
            double[] centres = layouts.size() == 1 ? layouts.getFirst()
                    : layouts.stream().mapToDouble(location::of).toArray();
            boolean interval = !Double.isNaN(e.low());
            return new Gain(time, 1 + e.gainPercent() / 100, e.gainPercent(), interval ? e.low() : null,
                    interval ? e.high() : null, e.level(), 100 * Math.expm1(location.of(centres)), e.layouts(), e.pairs());
        }

        GainEstimate estimate() {
            return new GainEstimate(gainPercent, low == null ? Double.NaN : low, high == null ? Double.NaN : high, level,
                    layouts, pairs);
        }
    }

    /**
     * One layout.
     *
     * @param number      its number
     * @param description what is particular to it
     * @param gainPercent gain under it alone
     * @param blocks      blocks measured
     */
    public record Layout(int number, String description, double gainPercent, int blocks) {
    }

    /**
     * One program's runs: medians.
     *
     * @param name                    as it was given
     * @param sha256                  hash of the program or library
     * @param runs                    number of runs
     * @param nanosecondsPerOperation time on the CPU of one operation, or of the whole run
     * @param cpuSeconds              time on the CPU of the timed part
     * @param wallSeconds             wall time of the timed part
     * @param minorFaults             page faults of the process
     * @param majorFaults             page faults that waited for a disk
     * @param voluntarySwitches       times that it waited
     * @param involuntarySwitches     times that it was moved off its CPU
     */
    public record Side(String name, String sha256, int runs, double nanosecondsPerOperation, double cpuSeconds,
                       double wallSeconds, double minorFaults, double majorFaults, double voluntarySwitches,
                       double involuntarySwitches) {
    }
}
