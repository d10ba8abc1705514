package dev.cyclecast.calibration.validate;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.cyclecast.calibration.CalibrationException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the allocator is made to do: a workload, alone or with other code between its operations.
 *
 * @param workload    name of the workload, such as {@code mixed}
 * @param pressureKib size of the body of code that is walked between operations, 0 for none
 */
public record Load(String workload, int pressureKib) {
    /** What a whole scorecard is made over. */
    public static final List<Load> ALL =
            List.of(new Load("mixed", 0), new Load("mixed", 48), new Load("c6-heavy", 0), new Load("tiny-hot", 0));

    private static final Pattern NAME = Pattern.compile("([a-z0-9-]+?)(?:-pressure(\\d{1,3}))?");

    /** The load of a name such as {@code mixed} or {@code mixed-pressure48}. */
    @JsonCreator
    public static Load parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new CalibrationException("'" + name + "' is no workload; it is a name such as mixed, or mixed-pressure48 with 48 KiB of"
                    + " other code between operations");
        }
        return new Load(matcher.group(1), matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
    }

    /** Its name: that of the workload, with the pressure where there is any. */
    @JsonValue
    public String id() {
        return pressureKib == 0 ? workload : workload + "-pressure" + pressureKib;
    }

    @Override
    public String toString() {
        return id();
    }
}
