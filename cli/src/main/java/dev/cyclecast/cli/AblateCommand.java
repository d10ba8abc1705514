package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.model.Ablation;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Replay;
import dev.cyclecast.model.ReplayReport;
import dev.cyclecast.trace.TraceReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ablate}: what each unit of a core is worth on a trace. */
@Command(name = "ablate", mixinStandardHelpOptions = true,
        description = "Replays a trace with one unit of the core at a time made ideal, or one feature taken away.")
final class AblateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private TraceOnCore input;

    @Mixin
    private Output output;

    AblateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CoreProfile profile = input.core();
        Table table = new Table(Table.Column.words("ablation", "ablation"),
                Table.Column.numbers("cyclesPerOperation", "cycles/op", "%,.2f"),
                Table.Column.numbers("saved", "saved", "%+,.2f"), Table.Column.numbers("percent", "%", "%+.1f"),
                Table.Column.words("meaning", "meaning"));
        List<Object> rows = new ArrayList<>();
        try (TraceReader trace = TraceReader.open(input.file())) {
            ReplayReport whole = Replay.run(trace, profile);
            double per = whole.operations() > 0 ? whole.operations() : whole.instructions() / 1000.0;
            table.row("none", whole.cycles() / per, 0.0, 0.0, profile.title());
            for (Ablation ablation : Ablation.values()) {
                terminal.progress("replaying " + input.file() + " with " + ablation.key() + " ...");
                double cycles = Replay.run(trace, ablation.of(profile)).cycles();
                double saved = whole.cycles() - cycles;
                table.row(ablation.key(), cycles / per, saved / per, 100 * saved / whole.cycles(), ablation.meaning());
                rows.add(object("ablation", ablation.key(), "meaning", ablation.meaning(), "cyclesPerOperation", cycles / per,
                        "savedPerOperation", saved / per));
            }
            output.print(() -> table.text(terminal, ""), () -> table, () -> object("trace", input.file().toString(), "core",
                    profile.name(), "cyclesPerOperation", whole.cycles() / per, "ablations", rows));
        }
        return Main.DONE;
    }
}
