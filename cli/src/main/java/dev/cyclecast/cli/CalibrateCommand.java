package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.kernel.Calibration;
import dev.cyclecast.calibration.kernel.FittedSetting;
import dev.cyclecast.calibration.kernel.HostCalibration;
import dev.cyclecast.calibration.kernel.KernelRow;
import dev.cyclecast.calibration.kernel.PerfStat;
import dev.cyclecast.model.CoreProfile;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code calibrate}: what this CPU does, as a profile. */
@Command(name = "calibrate", mixinStandardHelpOptions = true,
        description = "Times small kernels on this machine, replays the same programs, and fits a profile so that both agree;"
                + " --core host uses it from then on.")
final class CalibrateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--quick", description = "At most a minute instead of five: fewer runs, a shorter fit.")
    private boolean quick;

    @Option(names = "--refit", description = "Measures nothing: fits again to the timings of the last calibration.")
    private boolean refit;

    @Option(names = "--core", paramLabel = "CORE",
            description = "The profile to start from (default: that of the host's core, or of the nearest).")
    private String core;

    @Option(names = "--published", paramLabel = "CORE",
            description = "Instead, replays kernels on a shipped core, beside what others measured on a real one.")
    private String published;

    @Mixin
    private Output output;

    CalibrateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Path home = Path.of(System.getProperty("cyclecast.home"));
        if (published != null) {
            new PublishedText(terminal).print(CoreProfile.load(published), home, output);
            return Main.DONE;
        }
        Calibration.Settings settings = refit ? Calibration.Settings.again(home, core)
                : quick ? Calibration.Settings.quick(home, core) : Calibration.Settings.full(home, core);
        HostCalibration result = calibrate(settings);
        output.print(() -> text(result), () -> kernels(result), () -> object("profile", CoreProfile.hostFile().toString(),
                "cpu", result.cpu(), "startedFrom", result.started(), "sameCore", result.exact(), "notes", result.notes(),
                "overall", result.overall(), "allocator", result.allocator(),
                "worst", result.worst().stream().map(KernelRow::kernel).toList(), "kernels", result.kernels(),
                "heldOut", result.heldOut(), "seconds", result.seconds(),
                "constants", result.settings().stream().map(c -> object("constant", c.setting().name(), "start", c.start(),
                        "value", c.value(), "low", c.low(), "high", c.high(), "kernels", c.kernels(), "stated", c.stated())).toList()));
        return Main.DONE;
    }

    private HostCalibration calibrate(Calibration.Settings settings) {
        try (Interruption interruption = new Interruption(terminal, quick ? "calibrate --quick" : "calibrate")) {
            if (!refit) {
                interruption.keepsWhatWasMeasured();
            }
            return new Calibration(settings, Pinning.detect(), InstantSource.system(), interruption::progress).run();
        }
    }

    private String text(HostCalibration result) {
        StringBuilder text = new StringBuilder(terminal.paint(Colour.BOLD, result.cpu()) + ", fitted from " + result.started() + "\n\n");
        result.notes().forEach(note -> text.append("  ").append(terminal.paint(Colour.HOT, "! " + note)).append('\n'));
        text.append(result.notes().isEmpty() ? "" : "\n").append(kernels(result).text(terminal, "  ")).append('\n')
                .append(groups(result).text(terminal, "  ")).append('\n').append(heldOut(result).text(terminal, "  "))
                .append("  Held out: ").append(result.heldOut().rule()).append(".\n\n").append(settings(result).text(terminal, "  "));
        double off = result.marginalDeviation(KernelRow::after);
        if (Double.isFinite(off)) {
            text.append(String.format(Locale.ROOT, "%n  Marginal costs are off by a standard deviation of %.0f %% before and %.0f %% after"
                    + " (by the median of kernels): forecasts allow for it.%n",
                    100 * result.marginalDeviation(KernelRow::before), 100 * off));
        }
        long unseen = result.settings().stream().filter(c -> !c.known()).count();
        text.append("\n  ").append(unseen).append(" settings are seen by no kernel and keep ").append(result.started())
                .append("'s value.\n\n").append(worst(result).text(terminal, "  "))
                .append("\n  Profile: ").append(CoreProfile.hostFile()).append("; use it with --core host.\n");
        return text.toString();
    }

    private static Table kernels(HostCalibration result) {
        boolean counted = result.kernels().stream().anyMatch(k -> k.counted() != null);
        List<Table.Column> columns = new ArrayList<>(List.of(Table.Column.words("group", "group"), Table.Column.words("kernel", "kernel"),
                Table.Column.words("unit", "per"), Table.Column.numbers("measured", "measured", "%.2f"),
                Table.Column.numbers("second", "second", "%.2f"), Table.Column.numbers("median", "median", "%.2f"),
                Table.Column.numbers("before", "before", "%.2f"), Table.Column.numbers("after", "after", "%.2f"), Table.Column.numbers("errorPercent", "error %", "%+.1f"),
                Table.Column.numbers("errorCycles", "cycles", "%+.2f")));
        if (counted) {
            columns.addAll(List.of(Table.Column.numbers("countedCycles", "counted", "%.2f"),
                    Table.Column.numbers("countedInstructions", "instructions", "%.2f"),
                    Table.Column.numbers("countedMisses", "branch misses", "%.3f")));
        }
        Table table = new Table(columns.toArray(Table.Column[]::new));
        for (KernelRow k : result.kernels()) {
            List<Object> row = new ArrayList<>(Arrays.asList(k.group(), k.kernel(), k.unit(), finite(k.measured()), finite(k.second()),
                    finite(k.median()), k.before(), k.after(), finite(k.errorPercent()), finite(k.errorCycles())));
            if (counted) {
                PerfStat.Counts counts = k.counted();
                row.addAll(counts == null ? Arrays.asList(null, null, null)
                        : List.of(counts.cycles(), counts.instructions(), counts.branchMisses()));
            }
            table.row(row.toArray());
        }
        return table;
    }

    private static Table worst(HostCalibration result) {
        Table table = new Table(Table.Column.words("kernel", "missed most"), Table.Column.numbers("measured", "measured", "%.2f"),
                Table.Column.numbers("after", "replayed", "%.2f"), Table.Column.numbers("errorPercent", "error %", "%+.1f"),
                Table.Column.words("lacks", "what the model lacks"));
        result.worst().forEach(k -> table.row(k.kernel(), k.measured(), k.after(), k.errorPercent(),
                k.lacks().isEmpty() ? "not known: " + k.observes() : k.lacks()));
        return table;
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static Table groups(HostCalibration result) {
        Table table = new Table(Table.Column.words("group", "mean absolute error"), Table.Column.numbers("kernels", "kernels", "%d"),
                Table.Column.numbers("percentBefore", "% before", "%.1f"), Table.Column.numbers("percent", "% after", "%.1f"),
                Table.Column.numbers("marginal", "marginal", "%d"), Table.Column.numbers("cyclesBefore", "cycles before", "%.2f"),
                Table.Column.numbers("cycles", "cycles after", "%.2f"));
        for (String group : result.kernels().stream().map(KernelRow::group).distinct().toList()) {
            row(table, group, result.group(group));
        }
        row(table, "malloc and free depend on", result.allocator());
        row(table, "all", result.overall());
        return table;
    }

    private static void row(Table table, String name, HostCalibration.Error e) {
        boolean shares = e.kernels() > 0;
        boolean marginal = e.marginal() > 0;
        table.row(name, e.kernels(), shares ? e.percentBefore() : null, shares ? e.percent() : null, e.marginal(),
                marginal ? e.cyclesBefore() : null, marginal ? e.cycles() : null);
    }

    private static Table heldOut(HostCalibration result) {
        HostCalibration.HeldOut h = result.heldOut();
        Table table = new Table(Table.Column.words("fit", "mean absolute error"), Table.Column.numbers("kernels", "kernels", "%d"),
                Table.Column.numbers("percentBefore", "% before", "%.1f"), Table.Column.numbers("percent", "% after", "%.1f"),
                Table.Column.numbers("marginal", "marginal", "%d"), Table.Column.numbers("cyclesBefore", "cycles before", "%.2f"),
                Table.Column.numbers("cycles", "cycles after", "%.2f"));
        row(table, "kernels held out, fitted without them", h.held());
        row(table, "the same, fitted with them", h.fitted());
        row(table, "kernels that stayed", h.stayed());
        return table;
    }

    private static Table settings(HostCalibration result) {
        Table table = new Table(Table.Column.words("constant", "constant"), Table.Column.numbers("start", result.started(), "%d"),
                Table.Column.numbers("value", "host", "%d"), Table.Column.numbers("low", "low", "%.1f"),
                Table.Column.numbers("high", "high", "%.1f"), Table.Column.numbers("kernels", "kernels", "%d"),
                Table.Column.words("unit", "unit"));
        List<FittedSetting> seen = result.settings().stream().filter(FittedSetting::known).toList();
        seen.forEach(c -> table.row(c.setting().name(), c.start(), c.value(), c.low(), c.high(), c.stated() ? null : c.kernels(),
                c.setting().unit()));
        return table;
    }
}
