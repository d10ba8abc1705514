package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.Disturbances;
import dev.cyclecast.calibration.ab.Host;
import dev.cyclecast.calibration.ab.RawRun;
import dev.cyclecast.calibration.ab.Stopped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a reader must know before trusting a scorecard and does not see in its other fields, one line each. */
final class Warnings {
    private static final int NAMED = 6;
    private static final String NOTHING_TO_EDIT = "nothing to edit in this shape's own trace; the forecast is ";

    private Warnings() {
    }

    static List<String> of(Host host, Collection<RawRun> runs, AaControl aa, List<ScoreRow> rows) {
        List<String> warnings = new ArrayList<>(Disturbances.of(host, runs));
        if (aa.low() == null) {
            warnings.add("the A/A control is too short for an interval; raise --budget");
        } else if (!aa.clean()) {
            warnings.add("contaminated: the baselines seem to differ from themselves, so trust no gain that is not far larger");
        }
        add(warnings, rows, r -> r.measured() == null, "not measured, the budget was spent before; go on with --resume and --budget");
        add(warnings, rows, r -> r.measured() != null && r.measured().stopped() == Stopped.BUDGET,
                "the budget was spent before the interval was narrow enough; go on with --resume and --budget");
        add(warnings, rows, r -> r.predicted() == null, "no forecast: the proposal changes nothing that this workload runs");
        add(warnings, rows, r -> r.predicted() != null && !r.ownForecast() && r.transfer() == null,
                NOTHING_TO_EDIT + "that of the reference shape");
        rows.stream().map(ScoreRow::transfer).filter(Objects::nonNull).distinct()
                .forEach(t -> add(warnings, rows, r -> t.equals(r.transfer()), String.format(Locale.ROOT, NOTHING_TO_EDIT
                        + "the reference shape's times %.2f, the mean share that %d forecasts in both shapes keep", t.share(), t.pairs())));
        rows.stream().flatMap(r -> r.others().entrySet().stream()).filter(e -> e.getValue().gainPercent() == null)
                .collect(Collectors.groupingBy(e -> e.getKey() + ": " + e.getValue().reason(), LinkedHashMap::new, Collectors.counting()))
                .forEach((what, count) -> warnings.add("the method " + what + " (" + count + " rows)"));
        if (aa.low() != null) {
            double noise = 0.5 * (aa.high() - aa.low());
            add(warnings, rows, r -> r.predicted() != null && Math.abs(r.predicted().gainPercent()) < noise,
                    String.format(Locale.ROOT, "the forecast is below the noise floor of the A/A control, %.2f %%", noise));
        }
        return warnings;
    }

    private static void add(List<String> warnings, List<ScoreRow> all, Predicate<ScoreRow> which, String what) {
        List<ScoreRow> rows = all.stream().filter(which).toList();
        if (!rows.isEmpty()) {
            String names = rows.size() == all.size() && rows.size() > 1 ? "all rows"
                    : String.join(", ", rows.stream().limit(NAMED).map(ScoreRow::name).toList())
                            + (rows.size() > NAMED ? " and %d more".formatted(rows.size() - NAMED) : "");
            warnings.add(names + ": " + what);
        }
    }
}
