package dev.cyclecast.calibration.validate;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a validation is made.
 *
 * @param folder             where session folders go
 * @param budget             how long it may take in all
 * @param recordedOperations operations recorded of each program, after warm-up
 * @param runLength          how long one timed run should take
 * @param mostLayouts        code layouts beyond which none are built, however long the budget
 * @param seed               seed of run order and bootstrap
 */
public record ValidationSettings(Path folder, Duration budget, long recordedOperations, Duration runLength,
                                 int mostLayouts, long seed) {
    /** What the command uses. */
    public static ValidationSettings of(Path home, Duration budget) {
        return new ValidationSettings(home.resolve("build/validate"), budget, 20_000, Duration.ofMillis(45), 32, 1);
    }
}
