package dev.cyclecast.cli;

import dev.cyclecast.allocator.Shape;
import dev.cyclecast.allocator.Workload;
import picocli.CommandLine.Option;

/** The options of commands that build a driver on the allocator under study: how it is built, and what it does. */
final class DriverOptions {
    @Option(names = "--shape", paramLabel = "SHAPE",
            description = "reference: the named functions stay apart; free: the compiler may merge them (default: reference).")
    private Shape shape;

    @Option(names = "--workload", paramLabel = "NAME",
            description = "What the driver does: mixed, c6-heavy, single, tiny-hot, larson, realloc, or replay, to which"
                    + " -- --trace FILE belongs (default: mixed).")
    private String workload;

    /** Whether any of them was given. */
    boolean given() {
        return shape != null || hasWorkload();
    }

    /** Whether a workload was given. */
    boolean hasWorkload() {
        return workload != null;
    }

    /** How it is built. */
    Shape shape() {
        return shape == null ? Shape.REFERENCE : shape;
    }

    /** What it does. */
    Workload workload() {
        return workload == null ? Workload.MIXED : Workload.parse(workload);
    }
}
