package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.kernel.PublishedCosts;
import dev.cyclecast.model.CoreProfile;
import java.nio.file.Path;
import java.util.List;

/** The table of what is published of a core, beside what its model makes of the same kernels. */
final class PublishedText {
    private final Terminal terminal;

    PublishedText(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(CoreProfile core, Path home, Output output) {
        List<PublishedCosts.Row> rows = PublishedCosts.of(core, home, terminal::progress);
        if (rows.isEmpty()) {
            throw new CalibrationException(core.name() + ": nothing is published of this core; choose one of "
                    + String.join(", ", CoreProfile.names()));
        }
        Table table = new Table(Table.Column.words("kernel", "kernel"), Table.Column.numbers("low", "published", "%.2f"),
                Table.Column.numbers("high", "", "%.2f"), Table.Column.words("source", "source"),
                Table.Column.numbers("modelled", "modelled", "%.2f"), Table.Column.numbers("missCycles", "miss", "%+.2f"),
                Table.Column.words("unit", "cycles per"), Table.Column.words("holds", ""));
        rows.forEach(r -> table.row(r.kernel(), r.low(), r.high(), r.source(), r.modelled(), r.missCycles(), r.unit(),
                r.holds() ? "" : "<"));
        long held = rows.stream().filter(PublishedCosts.Row::holds).count();
        output.print(() -> terminal.paint(Colour.BOLD, core.name()) + "  " + core.title() + "\n\n" + table.text(terminal, "  ")
                + """

                  The model holds in %d of %d: within a tenth of what is published, or 0.05 cycles.
                  Single latencies in the profile come from the same sources; that a whole kernel costs what it should is the pipeline's.
                """.formatted(held, rows.size()), () -> table,
                () -> object("core", core.name(), "figures", rows.size(), "hold", held, "kernels", rows));
    }
}
