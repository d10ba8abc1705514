package dev.cyclecast.allocator;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A build of the allocator with a set of optimisations switched on. */
public enum Variant {
    BASELINE("hakmem's Phase 3 + D1 front end as it is"),
    E1("one snapshot for the gates that the hot paths share", "-DHAK_E1=1"),
    E2("one allocation gate per size class, reached by a switch", "-DHAK_E2=1"),
    E3("one snapshot for the gates of the free path", "-DHAK_E3=1"),
    E4("no test whether the C7 route is to be logged", "-DHAK_E4=1"),
    ALL("E1 to E4 together, with one snapshot", "-DHAK_E1=1", "-DHAK_E2=1", "-DHAK_E3=1", "-DHAK_E4=1");

    private final String title;
    private final List<String> definitions;

    Variant(String title, String... definitions) {
        this.title = title;
        this.definitions = List.of(definitions);
    }

    /** What the variant is, in one line. */
    public String title() {
        return title;
    }

    /** The compiler options that select it. */
    public List<String> definitions() {
        return definitions;
    }

    /** The name used on command lines and in file names: baseline, e1, ... */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The variant of that name, in either case. */
    public static Variant parse(String name) {
        return Arrays.stream(values())
                .filter(variant -> variant.id().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new AllocatorException("unknown variant '" + name + "'; there are "
                        + Arrays.stream(values()).map(Variant::id).collect(Collectors.joining(", "))));
    }
}
