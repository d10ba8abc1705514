package dev.cyclecast.calibration.methods;

import java.nio.file.Path;

/**
 * A program under study and what it executed.
 *
 * @param program the executable
 * @param trace   its trace
 */
public record Build(Path program, Path trace) {
}
