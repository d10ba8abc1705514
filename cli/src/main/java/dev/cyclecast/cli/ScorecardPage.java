package dev.cyclecast.cli;

import dev.cyclecast.calibration.validate.AbsoluteCycles;
import dev.cyclecast.calibration.validate.AbsoluteRow;
import dev.cyclecast.calibration.validate.IntervalScore;
import dev.cyclecast.calibration.validate.Load;
import dev.cyclecast.calibration.validate.MethodScore;
import dev.cyclecast.calibration.validate.Phase4Outcome;
import dev.cyclecast.calibration.validate.ScoreRow;
import dev.cyclecast.calibration.validate.Scorecard;
import dev.cyclecast.calibration.validate.Shape;
import dev.cyclecast.calibration.validate.Summary;
import dev.cyclecast.calibration.validate.ValidationRequest;
import dev.cyclecast.model.edit.Proposal;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A scorecard as a Markdown page: the whole record, the losses first. */
final class ScorecardPage {
    private static final int WORST = 20;
    private static final int WORST_PROGRAMS = 10;

    private final Scorecard card;
    private final Explanations explanations;
    private final StringBuilder page = new StringBuilder();

    ScorecardPage(Scorecard card, Explanations explanations) {
        this.card = card;
        this.explanations = explanations;
    }

    /** The page. */
    String text(String explanationsFile) {
        page.append("# Scorecard: forecasts against real runs\n\n");
        paragraph("Made by a command; do not edit. Why forecasts missed is written in `" + explanationsFile + "`.");
        conditions();
        targets();
        worst();
        heading("By workload and shape");
        paragraph("Forecast minus measured gain is the sum of two parts: replayed variant minus measured is the model's error, forecast minus"
                + " replayed variant is the proposal's (what the compiler did to the idea). Errors are mean sizes in percentage points; *measured"
                + " ±* is the mean half width of the measured 95 % intervals, of which every error above has its share.");
        page.append(ScorecardTables.groups(card).markdown()).append('\n');
        methods();
        coverage();
        cycles();
        phase4();
        heading("All rows");
        mark(card.rows());
        for (Load load : card.request().workloads()) {
            page.append("### ").append(load).append("\n\n")
                    .append(ScorecardTables.rows(card.rows().stream().filter(r -> r.workload().equals(load)).toList()).markdown()).append('\n');
        }
        warnings();
        return page.toString().stripTrailing() + "\n";
    }

    private void conditions() {
        ValidationRequest request = card.request();
        Table table = new Table(Table.Column.words("what", ""), Table.Column.words("value", ""));
        table.row("date", card.startedAt()).row("CPU", card.host().cpu().modelName() + ", family " + card.host().cpu().family() + ", model "
                + card.host().cpu().model() + ", " + card.host().cpu().cpus() + " CPUs").row("core profile", card.host().core().core() + ": "
                + card.host().core().reason()).row("kernel", card.host().kernel()).row("governor", card.host().governor())
                .row("runs", card.host().pinning().note()).row("compiler", card.versions().compiler()).row("JDK", card.versions().jdk())
                .row("revision", card.versions().revision())
                .row("session", Path.of(card.folder()).getFileName() + ", %.0f s of %.0f s".formatted(card.elapsedSeconds(), card.budgetSeconds()))
                .row("operations recorded", Long.toString(request.recordedOperations())).row("operations per run", card.operationsPerRun().toString())
                .row("seed", Long.toString(request.seed())).row("forecasts' SHA-256", "`" + card.forecastsSha256() + "`, written before any variant"
                + " was compiled").row("A/A control", ScorecardText.interval(card.aa().gainPercent(), card.aa().low(), card.aa().high())
                + (card.aa().low() == null ? ": no interval" : card.aa().clean() ? "" : ": **contaminated**"));
        page.append(table.markdown()).append('\n');
        page.append("    ").append(command(request)).append("\n    ./cyclecast scorecard FOLDER -o docs/scorecard.md\n\n");
    }

    private static String command(ValidationRequest request) {
        boolean all = request.proposals().equals(Proposal.all().stream().map(Proposal::id).toList());
        return "./cyclecast validate --proposal " + (all ? "all" : String.join(",", request.proposals())) + " --workload "
                + (request.workloads().equals(Load.ALL) ? "all" : String.join(",", request.workloads().stream().map(Load::id).toList()))
                + " --core " + request.core() + " --budget %.0fs".formatted(request.budgetSeconds()) + (request.phase4() ? " --protocol phase4" : "")
                + (request.methods() ? " --methods" : "");
    }

    /** What was promised, and whether it was kept. */
    private void targets() {
        heading("Targets");
        Table table = new Table(Table.Column.words("target", "target"), Table.Column.words("found", "found"), Table.Column.words("met", "met"));
        Summary all = card.summary();
        MethodScore forecast = all.methods().getFirst();
        AbsoluteCycles cycles = card.cycles();
        target(table, "cycles per operation within 10 % for every program", cycles.rows().isEmpty() ? null
                : ScorecardTables.of(cycles.within(10), cycles.rows().size()) + " (within 5 %: " + cycles.within(5) + ")",
                cycles.within(10) == cycles.rows().size());
        target(table, "right sign on every measured gain of 1 % or more", forecast.signLarge() == 0 ? null
                : ScorecardTables.of(forecast.signAgreementWhereLarge(), forecast.signLarge()),
                forecast.signAgreementWhereLarge() == forecast.signLarge());
        List<ScoreRow> reference = card.rows().stream().filter(r -> r.shape() == Shape.REFERENCE && r.miss() != null).toList();
        double error = reference.stream().mapToDouble(r -> Math.abs(r.miss())).average().orElse(Double.NaN);
        target(table, "mean error in reference shape at most 1 point", reference.isEmpty() ? null : number("%.2f points", error), error <= 1);
        others(table, "in reference shape", reference);
        others(table, "in both shapes", card.rows());
        IntervalScore i = all.intervals();
        if (i.nominalCoverage() != null) {
            double share = 100.0 * i.widened().held() / i.widened().rows();
            target(table, "90 % intervals cover at least 80 %", number("%.0f %% (%.0f..%.0f)", share, 100 * i.widened().low(),
                    100 * i.widened().high()), share >= 80);
            target(table, "at a mean width of at most 3 points", number("%.2f points", i.meanWidthPercent()), i.meanWidthPercent() <= 3);
        }
        page.append(table.markdown()).append('\n');
    }

    /** The forecast's error beside that of the other methods, on rows that both have. */
    private static void others(Table table, String where, List<ScoreRow> rows) {
        MethodScore.forecastShares(rows).forEach((method, share) ->
                target(table, "mean error " + where + " at most half of that of: " + method, number("%.2f of it", share), share <= 0.5));
    }

    private static void target(Table table, String what, String found, boolean met) {
        table.row(what, found == null ? "nothing measured" : found, found == null ? "" : met ? "yes" : "**no**");
    }

    private void worst() {
        heading("Worst misses");
        List<ScoreRow> misses = card.rows().stream().filter(r -> r.miss() != null)
                .sorted(Comparator.comparingDouble(r -> -Math.abs(r.miss()))).limit(WORST).toList();
        if (misses.isEmpty()) {
            paragraph("No row has both a forecast and a measured gain.");
            return;
        }
        Table table = new Table(Table.Column.words("row", "row"), ScorecardTables.forecasts("forecast"),
                Table.Column.numbers("replayed", "replayed %", "%+.2f"), Table.Column.words("measured", "measured %"),
                Table.Column.numbers("miss", "miss, points", "%+.2f"), Table.Column.words("mechanism", "mechanism"));
        for (ScoreRow r : misses) {
            table.row(r.name(), ScorecardTables.forecast(r), r.replayedVariant() == null ? null : r.replayedVariant().gainPercent(),
                    ScorecardText.interval(r.measured().gainPercent(), r.measured().low(), r.measured().high()).replace(" %", ""), r.miss(),
                    explanations.of(r.name(), r.miss()));
        }
        page.append(table.markdown()).append('\n');
        mark(misses);
        explainedElsewhere(misses);
    }

    private void mark(List<ScoreRow> rows) {
        String mark = ScorecardTables.mark(rows);
        if (!mark.isEmpty()) {
            paragraph(mark);
        }
    }

    /** Explanations of rows that are no longer among the worst, or were not in the session. */
    private void explainedElsewhere(List<ScoreRow> worst) {
        explanations.byRow().forEach((name, explanation) -> {
            if (worst.stream().noneMatch(r -> r.name().equals(name))) {
                ScoreRow row = card.rows().stream().filter(r -> r.name().equals(name)).findFirst().orElse(null);
                String now = row == null ? "no row of this session" : row.miss() == null ? "not measured or not forecast"
                        : number("no longer among the worst, the miss is %+.2f points", row.miss());
                paragraph("* `" + name + "` (" + now + "): " + (row == null || row.miss() == null ? explanation.mechanism()
                        : explanations.of(name, row.miss())));
            }
        });
    }

    private void methods() {
        heading("Methods side by side");
        page.append(ScorecardTables.methods(card.summary()).markdown()).append('\n');
        Summary all = card.summary();
        paragraph("Same verdict on " + ScorecardTables.of(all.verdictAgreement(), all.verdictRows()) + " rows, opposite ones (GO and NO-GO) on "
                + all.verdictOpposite() + ". *Replayed variant* has seen the compiled variant; the others, like the forecast, have not, unless"
                + " their name says so.");
    }

    private void coverage() {
        heading("Coverage");
        page.append(ScorecardTables.coverage(card.summary().intervals()).markdown()).append('\n');
        paragraph("Sound is the first: forecast and measurement err independently, so a forecast interval of half width h is a prediction"
                + " interval for the *measured* gain with half width sqrt(h² + m²), m being the measurement's own at the same level; the second"
                + " blames the forecast for the measurement's noise, the third forgives too much. Rows of one proposal resemble each other, so"
                + " the binomial intervals are, if anything, too narrow.");
    }

    private void cycles() {
        heading("Cycles per operation");
        AbsoluteCycles cycles = card.cycles();
        if (cycles.rows().isEmpty()) {
            paragraph("Not measured: the runs were not watched, so the core's clock is not known.");
            return;
        }
        AbsoluteRow worst = cycles.worst();
        paragraph(number("Mean error %.1f %%; worst %+.1f %%: %s, %s, %s. The driver's own code, and what runs between operations, is in both."
                + " Measured are slices of runs beside which nobody else seemed to run on the core; of those the lower quartile counts, in the"
                + " gains above too, since what comes from outside only adds.",
                cycles.meanAbsoluteErrorPercent(), worst.errorPercent(), worst.variant(), worst.shape().label(), worst.workload()));
        page.append(ScorecardTables.cycles(cycles.rows().stream()
                .sorted(Comparator.comparingDouble(r -> -Math.abs(r.errorPercent()))).limit(WORST_PROGRAMS).toList()).markdown()).append('\n');
        page.append("<details><summary>all programs</summary>\n\n").append(ScorecardTables.cycles(cycles.rows()).markdown())
                .append("\n</details>\n\n");
    }

    private void phase4() {
        if (!card.phase4().isEmpty()) {
            heading("What the founding document's protocol would have decided");
            page.append(ScorecardTables.phase4(card).markdown()).append('\n');
            paragraph("Ten runs of mixed and five of c6-heavy in the default layout; GO from a mean gain of +1 % on mixed, NO-GO where either"
                    + " loses 1 % or a routing profile does not do the base's work. " + Phase4Outcome.LIMIT.substring(0, 1).toUpperCase(Locale.ROOT)
                    + Phase4Outcome.LIMIT.substring(1) + ".");
        }
    }

    private void warnings() {
        if (!card.warnings().isEmpty()) {
            heading("Warnings");
            card.warnings().forEach(w -> page.append("* ").append(w).append('\n'));
        }
    }

    private void heading(String text) {
        page.append("## ").append(text).append("\n\n");
    }

    private void paragraph(String text) {
        page.append(text).append("\n\n");
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
