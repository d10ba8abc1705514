package dev.cyclecast.allocator;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** One change of the allocator that can be built in or left out: the constant {@code HAK_<NAME>} of {@code options.h}. */
public enum Change {
    E1("one snapshot for the gates that the hot paths share (option C1)"),
    E2("one allocation gate per size class, reached by a switch (option A1)"),
    E3("one snapshot for the gates of the free path (option B1)"),
    E4("no test whether the C7 route is to be logged (option A3)");

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
