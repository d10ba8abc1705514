package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.Host;
import java.util.List;

/**
 * What a validation found.
 *
 * @param startedAt       when it began, in ISO form
 * @param elapsedSeconds  how long it took
 * @param budgetSeconds   how long it was allowed to take
 * @param folder          where programs, traces, forecasts and raw runs are
 * @param forecastsSha256 SHA-256 of {@code forecasts.json}, known before any variant was compiled
 * @param operationsPerRun timed operations of each run
 * @param host            the machine
 * @param warnings        what a reader must know before trusting the rest
 * @param aa              the control
 * @param rows            one row for each proposal and shape
 * @param summary         the bottom line
 */
public record Scorecard(String startedAt, double elapsedSeconds, double budgetSeconds, String folder,
                        String forecastsSha256, long operationsPerRun, Host host, List<String> warnings, AaControl aa,
                        List<ScoreRow> rows, Summary summary) {
    public Scorecard {
        warnings = List.copyOf(warnings);
        rows = List.copyOf(rows);
    }
}
