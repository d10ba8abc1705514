package dev.cyclecast.allocator;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** One change of the allocator that can be built in or left out: the constant {@code HAK_<NAME>} of {@code options.h}. */
public enum Change {
    E1("one snapshot for the gates that the hot paths share (option C1)"),
    E2("one allocation gate per size class, reached by a switch (option A1)"),
    E3("one snapshot for the gates of the free path (option B1)"),
    E4("no test whether the C7 route is to be logged (option A3)"),
    A2("the static route table serves the allocation gate too (option A2)"),
    B2("one cold free path per size class from C4 on, without a route lookup (option B2)"),
    B3("the legacy route is tested first on allocation", true),
    C3("a static route table for allocation", true),
    D1("a static route table for free", true),
    HOTCOLD("free split into a hot and a cold part", true),
    D3("the shape of the allocation gate is on"),
    INLINEHEADER("the header is written in line everywhere"),
    PREFETCH("a pop prefetches the header of the block that is next in its cache"),
    COLOUR("C7 blocks lie 2112 bytes apart instead of 2048"),
    INDIRECT("the thread's caches are reached through a thread-local pointer to their addresses"),
    FREEMARKS("free marks the header, so that a second free is noticed"),
    ARITH("the class is computed from the size instead of looked up"),
    HINTS("the common side of the hot branches is marked unlikely"),
    WIDERING("both ends of a ring are read by one load, though written by two stores"),
    GATELINES("every gate has a cache line of its own");

    private final String title;
    private final boolean inBaseline;

    Change(String title) {
        this(title, false);
    }

    Change(String title, boolean inBaseline) {
        this.title = title;
        this.inBaseline = inBaseline;
    }

    /** What the change does, in one line. */
    public String title() {
        return title;
    }

    /** Whether the baseline has it, so that the variant of interest is the one without it. */
    public boolean inBaseline() {
        return inBaseline;
    }

    /** The name in a variant's name: e1, d1, ... */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The constant in {@code options.h}. */
    public String constant() {
        return "HAK_" + name();
    }

    static Change parse(String id) {
        return Arrays.stream(values())
                .filter(change -> change.id().equalsIgnoreCase(id))
                .findFirst()
                .orElseThrow(() -> new AllocatorException("unknown variant part '" + id + "'; a variant is baseline, all, or one"
                        + " of these alone or joined with + and -: "
                        + Arrays.stream(values()).map(Change::id).collect(Collectors.joining(", "))));
    }
}
