package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.Layout;
import dev.cyclecast.allocator.Shape;
import dev.cyclecast.allocator.Variant;
import dev.cyclecast.allocator.Workload;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.cycles.LapTimer;
import dev.cyclecast.calibration.cycles.OperationCycles;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.model.CoreProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cycles}: absolute cycles per operation, modelled beside measured. */
@Command(name = "cycles", mixinStandardHelpOptions = true,
        description = "Times variants of the allocator on this machine, lap by lap, replays the very same programs, and puts the"
                + " core cycles per operation side by side, by kind of operation and size class.")
final class CyclesCommand implements Callable<Integer> {
    private static final int RUNS = 15;
    /** While the core is shared. */
    private static final int MOST_RUNS = 200;
    private static final double MOST_SPREAD = 0.02;

    private final Terminal terminal;

    @Option(names = "--variant", split = ",", paramLabel = "VARIANT", defaultValue = "baseline",
            description = "Variants, such as baseline,e1,e4 (default: ${DEFAULT-VALUE}).")
    private List<String> variants;

    @Option(names = "--workload", split = ",", paramLabel = "NAME", defaultValue = "mixed,c6-heavy,tiny-hot",
            description = "Workloads: mixed, c6-heavy, single, tiny-hot, realloc (default: ${DEFAULT-VALUE}).")
    private List<String> workloads;

    @Option(names = "--shape", split = ",", paramLabel = "SHAPE", defaultValue = "reference,free",
            description = "reference, free, or both (default: ${DEFAULT-VALUE}).")
    private List<Shape> shapes;

    @Option(names = "--pressure", paramLabel = "KIB", defaultValue = "0",
            description = "Size of a body of code that the workload walks between operations (default: ${DEFAULT-VALUE}).")
    private int pressureKib;

    @Option(names = "--core", paramLabel = "CORE", defaultValue = "host",
            description = "A core's name, or a profile file ending in .json (default: ${DEFAULT-VALUE}, which calibrate makes).")
    private String core;

    @Option(names = "--laps", paramLabel = "N", defaultValue = "4000",
            description = "Laps of some dozen operations; more tell rare kinds better (default: ${DEFAULT-VALUE}).")
    private int laps;

    @Mixin
    private Output output;

    CyclesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The table of one program. */
    private record Program(Variant variant, Workload workload, Shape shape, List<OperationCycles.Row> rows) {
        OperationCycles.Row all() {
            return rows.getFirst();
        }
    }

    @Override
    public Integer call() throws IOException {
        if (laps < 100 || laps > 1_000_000) {
            throw new InputException("--laps " + laps + ": give a number from 100 to 1,000,000");
        }
        CoreProfile profile = CoreProfile.load(core);
        List<Variant> chosen = variants.stream().map(Variant::parse).toList();
        List<Workload> loads = workloads.stream().map(CyclesCommand::recordable).toList();
        Pinning pinning = Pinning.detect();
        AllocatorBuild build = AllocatorBuild.atHome();
        OperationCycles cycles = new OperationCycles(new LapTimer(pinning, RUNS, MOST_RUNS), profile, laps);
        List<Program> programs = new ArrayList<>();
        Path trace = Files.createTempFile("cyclecast-laps-", ".cct");
        try {
            for (Workload workload : loads) {
                for (Variant variant : chosen) {
                    for (Shape shape : shapes) {
                        terminal.progress("recording, replaying and timing %s on %s in %s shape ..."
                                .formatted(variant.id(), workload.id(), shape.id()));
                        Path driver = build.driver(variant, shape, Layout.DEFAULT, workload);
                        programs.add(new Program(variant, workload, shape, cycles.of(driver, arguments(workload, cycles), trace)));
                    }
                }
            }
        } finally {
            Files.deleteIfExists(trace);
        }
        String host = HostCpu.detect().modelName();
        output.print(() -> text(programs, profile, host, pinning), () -> table(programs),
                () -> object("core", profile.name(), "host", host, "pinning", pinning.note(), "pressureKib", pressureKib,
                        "laps", laps, "programs", programs.stream().map(CyclesCommand::json).toList()));
        return Main.DONE;
    }

    private static Workload recordable(String name) {
        Workload workload = Workload.parse(name);
        if (workload == Workload.REPLAY || workload == Workload.LARSON) {
            throw new InputException("--workload " + workload.id()
                    + ": cannot be timed lap by lap; use mixed, c6-heavy, single, tiny-hot or realloc");
        }
        return workload;
    }

    private List<String> arguments(Workload workload, OperationCycles cycles) {
        List<String> arguments = new ArrayList<>(workload.arguments(cycles.operations()));
        arguments.addAll(List.of("--pressure", Integer.toString(pressureKib)));
        return arguments;
    }

    private String text(List<Program> programs, CoreProfile profile, String host, Pinning pinning) {
        double error = programs.stream().mapToDouble(p -> Math.abs(p.all().errorPercent())).average().orElse(0);
        Program worst = programs.stream().max(Comparator.comparingDouble(p -> Math.abs(p.all().errorPercent()))).orElseThrow();
        return terminal.paint(Colour.BOLD, "Core cycles per operation, modelled on " + profile.name() + ", measured on " + host)
                + " (" + pinning.note() + ")\n\n"
                + table(programs).text(terminal, "  ")
                + "%n  Of whole workloads: mean absolute error %.1f %%, worst %+.1f %% (%s, %s, %s).%n".formatted(error,
                        worst.all().errorPercent(), worst.variant().id(), worst.workload().id(), worst.shape().id())
                + disturbed(programs);
    }

    /** A warning where runs of the same program differ too much. */
    private static String disturbed(List<Program> programs) {
        long disturbed = programs.stream().filter(p -> p.all().standardError() > MOST_SPREAD * p.all().measured()).count();
        return disturbed == 0 ? "" : "  The runs of %d of %d programs differ by more than %.0f %%: the machine was busy; repeat when it is idle.%n"
                .formatted(disturbed, programs.size(), 100 * MOST_SPREAD);
    }

    private static Table table(List<Program> programs) {
        Table table = new Table(Table.Column.words("workload", "workload"), Table.Column.words("variant", "variant"),
                Table.Column.words("shape", "shape"), Table.Column.words("operation", "operation"),
                Table.Column.words("sizeClass", "class"), Table.Column.numbers("sharePercent", "share %", "%.1f"),
                Table.Column.numbers("measuredCycles", "measured", "%.1f"),
                Table.Column.numbers("standardError", "std error", "%.1f"),
                Table.Column.numbers("modelledCycles", "modelled", "%.1f"),
                Table.Column.numbers("errorPercent", "error %", "%+.1f").coloured(e -> Math.abs((double) e) > 10 ? Colour.BAD : Colour.PLAIN));
        for (Program p : programs) {
            for (OperationCycles.Row row : p.rows()) {
                table.row(p.workload().id(), p.variant().id(), p.shape().id(), row.operation(), name(row.sizeClass()),
                        row.sharePercent(), row.measured(), row.standardError(), row.modelled(), row.errorPercent());
            }
        }
        return table;
    }

    private static String name(int sizeClass) {
        return sizeClass < 0 ? null : "C" + sizeClass;
    }

    private static Object json(Program p) {
        return object("workload", p.workload().id(), "variant", p.variant().id(), "shape", p.shape().id(),
                "rows", p.rows().stream().map(row -> object("operation", row.operation(), "sizeClass", row.sizeClass(),
                        "sharePercent", row.sharePercent(), "measuredCycles", row.measured(), "standardError", row.standardError(),
                        "modelledCycles", row.modelled(), "errorPercent", row.errorPercent())).toList());
    }
}
