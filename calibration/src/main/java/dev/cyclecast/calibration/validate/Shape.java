package dev.cyclecast.calibration.validate;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How an allocator is built: with the functions that have names kept apart, or as the compiler likes. */
public enum Shape {
    /** The named functions stay apart as symbols, so that an edit of the source and one of the trace mean the same. */
    REFERENCE,
    /** The compiler may inline and merge. */
    FREE;

    /** Name in files and tables. */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
