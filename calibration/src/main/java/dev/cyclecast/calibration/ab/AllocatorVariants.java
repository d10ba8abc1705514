package dev.cyclecast.calibration.ab;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.Layout;
import dev.cyclecast.allocator.Shape;
import dev.cyclecast.allocator.Variant;
import dev.cyclecast.allocator.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Two builds of the allocator under study with a workload's driver; every layout is a build of its own. */
public final class AllocatorVariants implements Subject {
    private final Side a;
    private final Side b;
    private final Shape shape;
    private final Workload workload;
    private final List<String> more;

    private record Side(String name, IntFunction<Path> build) {
    }

    private AllocatorVariants(Side a, Side b, Shape shape, Workload workload, List<String> more) {
        this.a = a;
        this.b = b;
        this.shape = shape;
        this.workload = workload;
        this.more = List.copyOf(more);
    }

    /** Two variants, with further arguments for the driver. */
    public static AllocatorVariants of(AllocatorBuild build, Variant a, Variant b, Shape shape, Workload workload,
                                       List<String> more) {
        boolean same = a.equals(b);
        return new AllocatorVariants(new Side(a.id() + (same ? " (A)" : ""), l -> build.driver(a, shape, Layout.of(l), workload)),
                new Side(b.id() + (same ? " (B)" : ""), l -> build.driver(b, shape, Layout.of(l), workload)), shape, workload, more);
    }

    /** The baseline with two numbers of cycles added to every operation. */
    public static AllocatorVariants planted(AllocatorBuild build, int cyclesOfA, int cyclesOfB) {
        return new AllocatorVariants(planted("A", build, cyclesOfA), planted("B", build, cyclesOfB), Shape.REFERENCE,
                Workload.MIXED, List.of());
    }

    private static Side planted(String name, AllocatorBuild build, int cycles) {
        return new Side(name + "+" + cycles, l -> build.driverWithPlantedCycles(Layout.of(l), cycles));
    }

    @Override
    public String title() {
        return "%s against %s (%s, %s)".formatted(b.name(), a.name(), shape.id(), workload.id());
    }

    @Override
    public String layoutSource() {
        return "the build: function order, alignment inside functions, block order; and environment size";
    }

    @Override
    public String layout(int number) {
        return Layout.of(number).description();
    }

    @Override
    public LayoutPair pair(String comparison, int layout, long operations) {
        List<String> arguments = new ArrayList<>(workload.arguments(operations));
        if (workload != Workload.LARSON) {
            // Larson's threads follow one another from call to call: slices would make it another program.
            arguments.addAll(Slices.arguments(operations));
        }
        arguments.addAll(more);
        List<Path> programs = SideBySide.make(List.of(() -> a.build().apply(layout), () -> b.build().apply(layout)));
        return new LayoutPair(comparison, layout, Layout.of(layout).environmentPaddingBytes(),
                new Arm(name(a, layout), programs.getFirst(), arguments),
                new Arm(name(b, layout), programs.getLast(), arguments));
    }

    private String name(Side side, int layout) {
        return side.name() + "-" + shape.id() + "-layout" + layout;
    }

    @Override
    public boolean takesOperations() {
        return true;
    }

    @Override
    public Hashes hashes() {
        LayoutPair first = pair("hashes", 0, 1);
        return new Hashes(SessionFolder.sha256(first.a().program()), SessionFolder.sha256(first.b().program()));
    }
}
