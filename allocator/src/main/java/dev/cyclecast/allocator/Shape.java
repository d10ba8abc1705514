package dev.cyclecast.allocator;

import java.util.Locale;

/** How much the compiler may merge: the profile's functions kept apart, or all of the allocator seen at once. */
public enum Shape {
    REFERENCE("-DHAK_REFERENCE_SHAPE=1"),
    FREE("-DHAK_REFERENCE_SHAPE=0");

    private final String definition;

    Shape(String definition) {
        this.definition = definition;
    }

    /** The compiler option that selects it. */
    public String definition() {
        return definition;
    }

    /** The name used on command lines and in file names. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
