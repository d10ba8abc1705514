package dev.cyclecast.calibration.ab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One side of a comparison: a program and its arguments.
 *
 * @param name        what messages and the run log call it
 * @param program     the executable file
 * @param arguments   its arguments
 * @param environment what stands in its environment beside {@code PATH} and padding
 */
public record Arm(String name, Path program, List<String> arguments, Map<String, String> environment) {
    public Arm {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /** With nothing more in its environment. */
    public Arm(String name, Path program, List<String> arguments) {
        this(name, program, arguments, Map.of());
    }

    /** The same program under other arguments. */
    public Arm withArguments(List<String> others) {
        return new Arm(name, program, others, environment);
    }
}
