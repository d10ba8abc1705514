package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.Layout;
import dev.cyclecast.allocator.Shape;
import dev.cyclecast.allocator.Variant;
import dev.cyclecast.allocator.Workload;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code build}: builds the allocator under study and says where. */
@Command(name = "build", mixinStandardHelpOptions = true,
        description = "Builds a variant of the allocator under study, with a workload's driver, and prints the path.")
final class BuildCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "VARIANT", defaultValue = "baseline",
            description = "baseline, all, or changes: e1, baseline+b2, baseline-d1 (default: ${DEFAULT-VALUE}).")
    private String variant;

    @Mixin
    private DriverOptions driver;

    @Option(names = "--layout", paramLabel = "N", defaultValue = "0",
            description = "Number of the code layout: order and alignment of the functions (default: ${DEFAULT-VALUE}).")
    private int layout;

    @Option(names = "--library", description = "Build the shared library for LD_PRELOAD instead of a driver.")
    private boolean library;

    @Option(names = "--system", description = "Build the driver on the C library's own malloc instead of a variant.")
    private boolean system;

    @Mixin
    private Output output;

    BuildCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Variant chosen = Variant.parse(variant);
        Layout placement = Layout.of(layout);
        Workload driven = driver.workload();
        Shape shape = driver.shape();
        if (library && (driver.hasWorkload() || system)) {
            throw new ParameterException(spec.commandLine(), "--library builds no driver; give it without --workload and --system");
        }
        terminal.progress("building " + chosen.id() + " in " + shape.id() + " shape ...");
        AllocatorBuild build = AllocatorBuild.atHome();
        Path path;
        if (system) {
            path = build.driverOnSystemAllocator(driven);
        } else {
            path = library ? build.preload(chosen, shape) : build.driver(chosen, shape, placement, driven);
        }
        String name = system ? "system" : chosen.id();
        String title = system ? "the C library's own malloc" : chosen.title();
        String does = library ? "" : driven.id();
        Table table = new Table(Table.Column.words("variant", "variant"), Table.Column.words("shape", "shape"),
                Table.Column.numbers("layout", "layout", "%d"), Table.Column.words("workload", "workload"),
                Table.Column.words("path", "path"))
                .row(name, shape.id(), placement.number(), does, path);
        // The path alone, so that a shell can use it.
        output.print(() -> path + "\n", () -> table, () -> object("variant", name, "title", title,
                "shape", shape.id(), "layout", placement.number(), "workload", does, "path", path.toString()));
        return Main.DONE;
    }
}
