package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code cores}: which cores there are, and what is assumed of one. */
@Command(name = "cores", mixinStandardHelpOptions = true,
        description = "Lists the cores, or the constants of one with their plausible ranges and sources, and what its model lacks.")
final class CoresCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "CORE", description = "A core's name, or a profile file ending in .json.")
    private String core;

    @Mixin
    private Output output;

    CoresCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (core == null) {
            list(names().map(Listed::of).toList());
        } else {
            show(CoreProfile.load(core));
        }
        return Main.DONE;
    }

    /** A core in the list; a profile of the host that is of no use, such as one from before a model knew more, hides no others. */
    private record Listed(String name, String title) {
        static Listed of(String name) {
            try {
                return new Listed(name, CoreProfile.load(name).title());
            } catch (ModelException e) {
                return new Listed(name, "cannot be used: " + e.getMessage());
            }
        }
    }

    /** The shipped cores, and the host once it is calibrated. */
    private static Stream<String> names() {
        return Stream.concat(CoreProfile.names().stream(),
                Files.exists(CoreProfile.hostFile()) ? Stream.of(CoreProfile.HOST) : Stream.empty());
    }

    private void list(List<Listed> profiles) {
        Table table = new Table(Table.Column.words("name", "core"), Table.Column.words("title", "title"));
        profiles.forEach(p -> table.row(p.name(), p.title()));
        output.print(() -> table.text(terminal, ""), () -> table, () -> object("cores",
                profiles.stream().map(p -> object("name", p.name(), "title", p.title())).toList()));
    }

    private void show(CoreProfile profile) {
        Table table = new Table(Table.Column.words("constant", "constant"), Table.Column.numbers("value", "value", "%d"),
                Table.Column.words("unit", "unit"), Table.Column.numbers("low", "low", "%.4g").shown(CoresCommand::bound),
                Table.Column.numbers("high", "high", "%.4g").shown(CoresCommand::bound),
                Table.Column.words("confidence", ""), Table.Column.words("source", "source"),
                Table.Column.words("meaning", "meaning"));
        Map<String, Object> constants = new LinkedHashMap<>();
        for (Constant c : Constant.values()) {
            CoreProfile.Value v = profile.constants().get(c);
            table.row(c.key(), v.value(), c.unit(), v.low(), v.high(), String.valueOf(v.confidence()), v.source(), c.meaning());
            constants.put(c.key(), object("value", v.value(), "unit", c.unit(), "low", v.low(), "high", v.high(),
                    "confidence", String.valueOf(v.confidence()), "source", v.source(), "note", v.note(), "meaning", c.meaning()));
        }
        output.print(() -> text(profile, table), () -> table, () -> object("name", profile.name(), "title", profile.title(),
                "instructions", profile.instructions(), "constants", constants, "missing", profile.missing()));
    }

    private String text(CoreProfile profile, Table table) {
        StringBuilder text = new StringBuilder(terminal.paint(Colour.BOLD, profile.name()) + "  " + profile.title() + "\n\n")
                .append(table.text(terminal, "  ")).append("""

                  Confidence: A measured on this core, B the vendor's text, C measured by others, D second hand, G general knowledge.
                """);
        if (!profile.missing().isEmpty()) {
            text.append("\n  Not modelled yet:\n");
            profile.missing().forEach(unit -> text.append("    ").append(unit).append('\n'));
        }
        return text.toString();
    }

    private static String bound(Object value) {
        double bound = (double) value;
        return bound == Math.rint(bound) ? "%.0f".formatted(bound) : "%.1f".formatted(bound);
    }
}
