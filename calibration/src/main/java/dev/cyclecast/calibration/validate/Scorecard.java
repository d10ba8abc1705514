package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.Host;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a validation found.
 *
 * @param startedAt        when it began, in ISO form
 * @param elapsedSeconds   how long it took, without the time between sessions
 * @param budgetSeconds    how long it was allowed to take
 * @param folder           where programs, traces, forecasts and raw runs are
 * @param request          what was validated, and how
 * @param forecastsSha256  SHA-256 of {@code forecasts.json}, known before any variant was compiled
 * @param operationsPerRun timed operations of each run, by load
 * @param versions         what it was made with
 * @param host             the machine
 * @param warnings         what a reader must know before trusting the rest
 * @param aa               the control
 * @param rows             one row for each proposal, shape and load
 * @param summary          the bottom line
 * @param groups           the bottom line by shape and load
 * @param cycles           absolute cycles per operation
 * @param phase4           what the founding document's protocol says; empty where it was not asked for
 */
public record Scorecard(String startedAt, double elapsedSeconds, double budgetSeconds, String folder, ValidationRequest request,
                        String forecastsSha256, Map<String, Long> operationsPerRun, Versions versions, Host host, List<String> warnings,
                        AaControl aa, List<ScoreRow> rows, Summary summary, List<GroupSummary> groups, AbsoluteCycles cycles,
                        List<Phase4Outcome> phase4) {
    public Scorecard {
        operationsPerRun = new LinkedHashMap<>(operationsPerRun);
        warnings = List.copyOf(warnings);
        rows = List.copyOf(rows);
        groups = List.copyOf(groups);
        phase4 = List.copyOf(phase4);
    }
}
