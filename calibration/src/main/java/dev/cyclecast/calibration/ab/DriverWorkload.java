package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the allocator's driver does, by name. */
public enum DriverWorkload {
    /** One malloc or free for a random slot, sizes 16 to 1039. */
    MIXED,
    /** The same with sizes 257 to 768. */
    C6_HEAVY("--profile", "c6-heavy");

    private static final String WORKING_SET = "400";
    private static final String SEED = "1";

    private final List<String> options;

    DriverWorkload(String... options) {
        this.options = List.of(options);
    }

    /** The name on command lines. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The driver's arguments for so many operations. */
    public List<String> arguments(long operations) {
        List<String> arguments = new ArrayList<>(List.of(Long.toString(operations), WORKING_SET, SEED));
        arguments.addAll(options);
        return arguments;
    }

    /** The workload of that name, in either case. */
    public static DriverWorkload parse(String name) {
        return Arrays.stream(values()).filter(w -> w.id().equalsIgnoreCase(name.strip())).findFirst()
                .orElseThrow(() -> new CalibrationException("unknown workload '" + name + "'; known are "
                        + Arrays.stream(values()).map(DriverWorkload::id).collect(Collectors.joining(", "))));
    }
}
