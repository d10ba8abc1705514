package dev.cyclecast.calibration.ab;

import java.nio.file.Path;
import java.util.List;

/**
 * One side of a comparison: a program and its arguments.
 *
 * @param name      what messages and the run log call it
 * @param program   the executable file
 * @param arguments its arguments
 */
public record Arm(String name, Path program, List<String> arguments) {
    public Arm {
        arguments = List.copyOf(arguments);
    }

    /** The same program under other arguments. */
    public Arm withArguments(List<String> others) {
        return new Arm(name, program, others);
    }
}
