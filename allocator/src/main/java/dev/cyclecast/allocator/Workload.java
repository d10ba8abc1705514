package dev.cyclecast.allocator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a driver makes the allocator do: a program, called with a number of operations, a working set, a seed and options. */
public enum Workload {
    MIXED("random mixed: one malloc or free for a random slot, sizes 16 to 1039", "random_mixed"),
    C6_HEAVY("random mixed with sizes 257 to 768, half of them in C6", "random_mixed", "--profile", "c6-heavy"),
    SINGLE("random mixed with one size, 256 bytes, in C6", "random_mixed", "--profile", "single"),
    TINY_HOT("batches of one size, freed in reverse order", "tiny_hot"),
    LARSON("random replacements in slot arrays that threads hand over to their successors", "larson"),
    REALLOC("strings that grow by small appends through realloc", "realloc_string"),
    REPLAY("the operations of a file, which --trace names", "replay_operations");

    private static final int WORKING_SET = 400;
    /** Fits in the cache of every class. */
    private static final int HOT_WORKING_SET = 32;
    private static final String SEED = "1";

    private final String title;
    private final String program;
    private final List<String> options;

    Workload(String title, String program, String... options) {
        this.title = title;
        this.program = program;
        this.options = List.of(options);
    }

    /** What it does, in one line. */
    public String title() {
        return title;
    }

    /** The name on command lines and in file names: mixed, c6-heavy, ... */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name of its program. */
    public String program() {
        return program;
    }

    /** The program's own sources. */
    List<String> sources() {
        return this == REPLAY ? List.of(program + ".c", "operation_trace.c") : List.of(program + ".c");
    }

    /**
     * The program's arguments: so many operations on a working set of 400 (tiny hot: 32) with seed 1, and what makes it this
     * workload.
     */
    public List<String> arguments(long operations) {
        int workingSet = this == TINY_HOT ? HOT_WORKING_SET : WORKING_SET;
        var arguments = new ArrayList<>(List.of(Long.toString(operations), Integer.toString(workingSet), SEED));
        arguments.addAll(options);
        return List.copyOf(arguments);
    }

    /** The workload of that name, in either case. */
    public static Workload parse(String name) {
        return Arrays.stream(values())
                .filter(workload -> workload.id().equalsIgnoreCase(name.trim()))
                .findFirst()
                .orElseThrow(() -> new AllocatorException("unknown workload '" + name + "'; known are "
                        + Arrays.stream(values()).map(Workload::id).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return id();
    }
}
