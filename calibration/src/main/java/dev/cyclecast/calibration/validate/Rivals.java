package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.methods.Guess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Other ways of saying from two builds what one gains over the other, to be scored beside the forecasts. */
public interface Rivals {
    /** What each says of a row, by its name. */
    Map<String, Guess> guesses(Builds builds);

    /**
     * Two builds of one row, in the layout that the compiler and the linker choose.
     *
     * @param row          the row
     * @param base         what the proposal starts from: its executable
     * @param variant      the variant's executable
     * @param baseTrace    trace of the first
     * @param variantTrace trace of the second, under the same work
     * @param arguments    of both, for so many operations
     */
    record Builds(Row row, Path base, Path variant, Path baseTrace, Path variantTrace, LongFunction<List<String>> arguments) {
    }
}
