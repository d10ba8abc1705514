package dev.cyclecast.cli;

import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.AbResult;
import dev.cyclecast.calibration.ab.AbVerdict;
import dev.cyclecast.calibration.ab.LayoutNoise;
import dev.cyclecast.calibration.ab.LayoutSpread;
import dev.cyclecast.calibration.ab.PlantedEvidence;
import java.util.Comparator;
import java.util.List;

/** What {@code ab} found, as text and as CSV. */
final class AbText {
    private AbText() {
    }

    /** A session, for people. */
    static String text(Terminal terminal, AbResult r) {
        StringBuilder text = new StringBuilder().append(terminal.paint(Colour.BOLD, r.title())).append("\n\n  ")
                .append(terminal.paint(colour(r.verdict()), r.verdict())).append(": ").append(gain(r.measured()))
                .append("\n  ratio of times A/B %.4f; Hodges-Lehmann %+.2f %%; %s, %d pairs%n".formatted(r.measured().ratio(),
                        r.measured().hodgesLehmannPercent(), r.measured().layouts() == 1 ? "1 layout" : r.measured().layouts() + " layouts",
                        r.measured().pairs()));
        if (r.otherTime() != null) {
            text.append("  ").append(gain(r.otherTime())).append('\n');
        }
        text.append("  ").append(control(terminal, r)).append('\n');
        if (r.pilot() != null) {
            text.append("  ").append(r.pilot().text()).append('\n');
        }
        text.append("  stopped: %s (aim ±%s %%, %.0f s of %.0f s)%n".formatted(r.stopped().label(), r.precisionPercent(),
                r.measuringSeconds(), r.budgetSeconds()));
        text.append("  layouts from ").append(r.layoutSource()).append(extremes(r.layouts())).append('\n');
        r.warnings().forEach(w -> text.append("  ").append(terminal.paint(Colour.DOUBT, w)).append('\n'));
        return text.append('\n').append(sides(r).text(terminal, "  ")).append("\n  ").append(r.host().cpu().modelName())
                .append("; ").append(r.host().pinning().note()).append("; all runs in ").append(r.folder()).append('\n').toString();
    }

    private static Colour colour(String verdict) {
        return switch (verdict) {
            case AbVerdict.FASTER -> Colour.GOOD;
            case AbVerdict.SLOWER -> Colour.BAD;
            case AbVerdict.UNDECIDED -> Colour.DOUBT;
            default -> Colour.PLAIN;
        };
    }

    private static String gain(AbResult.Gain g) {
        String by = switch (g.time()) {
            case "cycles" -> "by cycles of slices that had the core to themselves";
            case "cpu" -> "by time on the CPU";
            default -> "by wall time";
        };
        return g.low() == null ? "gain %+.2f %% %s".formatted(g.gainPercent(), by)
                : "gain %+.2f %% [%+.2f, %+.2f] %s".formatted(g.gainPercent(), g.low(), g.high(), by);
    }

    private static String control(Terminal terminal, AbResult r) {
        AaControl aa = r.aa();
        if (aa == null || aa.low() == null) {
            return "A/A control: no interval";
        }
        return "A/A control: %+.2f %% [%+.2f, %+.2f], %d pairs%s".formatted(aa.gainPercent(), aa.low(), aa.high(), aa.pairs(),
                r.contaminated() ? terminal.paint(Colour.BAD, "; contaminated: A seems to differ from itself, so trust nothing above")
                        : "");
    }

    private static String extremes(List<AbResult.Layout> layouts) {
        if (layouts.size() < 2) {
            return "";
        }
        Comparator<AbResult.Layout> byGain = Comparator.comparingDouble(AbResult.Layout::gainPercent);
        return "\n    least gain %s%n    most gain %s".formatted(layout(layouts.stream().min(byGain).orElseThrow()),
                layout(layouts.stream().max(byGain).orElseThrow()));
    }

    private static String layout(AbResult.Layout l) {
        return "%+.2f %% under layout %d: %s".formatted(l.gainPercent(), l.number(), l.description());
    }

    private static Table sides(AbResult r) {
        Table table = new Table(Table.Column.words("name", ""), Table.Column.words("program", "program"),
                Table.Column.numbers("runs", "runs", "%d"), Table.Column.numbers("nanosecondsPerOperation", "ns/op", "%.2f"),
                Table.Column.numbers("cpuSeconds", "CPU s", "%.4f"), Table.Column.numbers("wallSeconds", "wall s", "%.4f"),
                Table.Column.numbers("minorFaults", "faults", "%.0f"), Table.Column.numbers("majorFaults", "from disk", "%.0f"),
                Table.Column.numbers("voluntarySwitches", "waits", "%.0f"),
                Table.Column.numbers("involuntarySwitches", "preempted", "%.0f"));
        for (AbResult.Side s : List.of(r.a(), r.b())) {
            // Of a whole run, that would be the time once more.
            Double each = r.operationsPerRun() > 1 ? s.nanosecondsPerOperation() : null;
            table.row(s == r.a() ? "A" : "B", s.name(), s.runs(), each, s.cpuSeconds(), s.wallSeconds(), s.minorFaults(),
                    s.majorFaults(), s.voluntarySwitches(), s.involuntarySwitches());
        }
        return table;
    }

    /** A session, for CSV. */
    static Table row(AbResult r) {
        AaControl aa = r.aa();
        return new Table(Table.Column.words("a", "A"), Table.Column.words("b", "B"), Table.Column.words("verdict", "verdict"),
                number("ratio"), number("gainPercent"), number("low"), number("high"), number("hodgesLehmannPercent"),
                number("layouts"), number("pairs"), Table.Column.words("time", "time"), Table.Column.words("stopped", "stopped"),
                number("aaGainPercent"), number("aaLow"), number("aaHigh"), Table.Column.words("contaminated", "contaminated"),
                number("detectablePercent"), Table.Column.words("folder", "folder"))
                .row(r.a().name(), r.b().name(), r.verdict(), r.measured().ratio(), r.measured().gainPercent(), r.measured().low(),
                        r.measured().high(), r.measured().hodgesLehmannPercent(), r.measured().layouts(), r.measured().pairs(),
                        r.measured().time(), r.stopped().label(), aa == null ? null : aa.gainPercent(), aa == null ? null : aa.low(),
                        aa == null ? null : aa.high(), r.contaminated(), r.pilot() == null ? null : r.pilot().detectablePercent(),
                        r.folder());
    }

    private static Table.Column number(String field) {
        return Table.Column.numbers(field, field, "%s");
    }

    /** Layout noise, for people. */
    static String text(Terminal terminal, LayoutNoise.Result r) {
        StringBuilder text = new StringBuilder().append(terminal.paint(Colour.BOLD, "Layout noise, " + r.title()))
                .append("\n\n  %d layouts, %d runs of each; time under a layout beside the average over layouts%n%n"
                        .formatted(r.layouts(), r.rounds()))
                .append(rows(r).text(terminal, "  ")).append('\n');
        for (LayoutSpread s : r.programs()) {
            text.append("  ").append(s.name()).append(" fastest: ").append(r.descriptions().get(s.fastest())).append('\n')
                    .append("  ").append(s.name()).append(" slowest: ").append(r.descriptions().get(s.slowest())).append('\n');
        }
        r.warnings().forEach(w -> text.append("  ").append(terminal.paint(Colour.DOUBT, w)).append('\n'));
        return text.append("\n  ").append(r.host().cpu().modelName()).append("; all runs in ").append(r.folder()).append('\n')
                .toString();
    }

    /** Layout noise, for CSV and for the table. */
    static Table rows(LayoutNoise.Result r) {
        Table table = new Table(Table.Column.words("name", "variant"), Table.Column.numbers("nanoseconds", "ns/op", "%.2f"),
                Table.Column.numbers("spreadPercent", "spread (SD) %", "%.2f"), Table.Column.numbers("noisePercent", "noise %", "%.2f"),
                Table.Column.numbers("fastestPercent", "fastest %", "%+.2f"), Table.Column.numbers("fastest", "layout", "%d"),
                Table.Column.numbers("slowestPercent", "slowest %", "%+.2f"), Table.Column.numbers("slowest", "layout", "%d"),
                Table.Column.numbers("gainPercent", "gain %", "%+.2f"), Table.Column.numbers("leastGainPercent", "least", "%+.2f"),
                Table.Column.numbers("mostGainPercent", "most", "%+.2f"));
        r.programs().forEach(s -> table.row(s.name(), s.nanoseconds(), s.spreadPercent(), s.noisePercent(), s.fastestPercent(),
                s.fastest(), s.slowestPercent(), s.slowest(), s.gainPercent(), s.leastGainPercent(), s.mostGainPercent()));
        return table;
    }

    /** The harness's test of itself, for people. */
    static String text(Terminal terminal, PlantedEvidence.Result r) {
        StringBuilder text = new StringBuilder().append(terminal.paint(Colour.BOLD, "Planted differences"))
                .append("\n\n  %d cycles more in each operation are a gain of %+.2f %%%n".formatted(r.addedCycles(), r.truthPercent()))
                .append("  %d of %d sessions cover it (95 %% intervals, median half width %.2f %%), %d call it slower; median gain %+.2f %%%n"
                        .formatted(r.covering(), r.sessions(), r.medianHalfWidth(), r.found(), r.medianGainPercent()))
                .append(r.withoutInterval() == 0 ? "" : "  %d had time for one layout only, and so no interval%n"
                        .formatted(r.withoutInterval()))
                .append("  %d of %d sessions without a difference call none%n".formatted(r.withoutDifference(), r.sessions()))
                .append("  %d of %d sessions were contaminated (about 5 %% should be)%n".formatted(r.contaminated(), 2 * r.sessions()));
        r.warnings().forEach(w -> text.append("  ").append(terminal.paint(Colour.DOUBT, w)).append('\n'));
        return text.append("\n  all sessions in ").append(r.folder()).append('\n').toString();
    }

    /** The harness's test of itself, for CSV. */
    static Table row(PlantedEvidence.Result r) {
        return new Table(number("sessions"), number("addedCycles"), number("truthPercent"), number("covering"), number("found"),
                number("withoutInterval"), number("medianGainPercent"), number("medianHalfWidth"), number("withoutDifference"), number("contaminated"),
                Table.Column.words("folder", "folder"))
                .row(r.sessions(), r.addedCycles(), r.truthPercent(), r.covering(), r.found(), r.withoutInterval(),
                        r.medianGainPercent(), r.medianHalfWidth(), r.withoutDifference(), r.contaminated(), r.folder());
    }
}
