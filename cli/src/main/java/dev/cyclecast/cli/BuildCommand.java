package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.Layout;
import dev.cyclecast.allocator.Shape;
import dev.cyclecast.allocator.Variant;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code build}: builds the allocator under study and says where. */
@Command(name = "build", mixinStandardHelpOptions = true,
        description = "Builds a variant of the allocator under study, with the random mixed driver, and prints the path.")
final class BuildCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "VARIANT", defaultValue = "baseline",
            description = "baseline, all, or changes: e1, baseline+b2, baseline-d1 (default: ${DEFAULT-VALUE}).")
    private String variant;

    @Option(names = "--shape", paramLabel = "SHAPE", defaultValue = "reference",
            description = "reference: the named functions stay apart; free: the compiler may merge them (default: ${DEFAULT-VALUE}).")
    private Shape shape;

    @Option(names = "--layout", paramLabel = "N", defaultValue = "0",
            description = "Number of the code layout: order and alignment of the functions (default: ${DEFAULT-VALUE}).")
    private int layout;

    @Option(names = "--library", description = "Build the shared library for LD_PRELOAD instead of the driver.")
    private boolean library;

    @Mixin
    private Output output;

    BuildCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Variant chosen = Variant.parse(variant);
        Layout placement = Layout.of(layout);
        terminal.progress("building " + chosen.id() + " in " + shape.id() + " shape ...");
        AllocatorBuild build = AllocatorBuild.atHome();
        Path path = library ? build.preload(chosen, shape) : build.driver(chosen, shape, placement);
        Table table = new Table(Table.Column.words("variant", "variant"), Table.Column.words("shape", "shape"),
                Table.Column.numbers("layout", "layout", "%d"), Table.Column.words("path", "path"))
                .row(chosen.id(), shape.id(), placement.number(), path);
        // The path alone, so that a shell can use it.
        output.print(() -> path + "\n", () -> table, () -> object("variant", chosen.id(), "title", chosen.title(),
                "shape", shape.id(), "layout", placement.number(), "path", path.toString()));
        return Main.DONE;
    }
}
