package dev.cyclecast.calibration.validate;

import java.nio.file.Path;
import java.util.List;

/** A way of saying from two builds what one gains over the other; scored beside the forecasts. */
public interface Method {
    /** Name in files and tables. */
    String name();

    /** The gain in percent; null where it has nothing to say. */
    Double gainPercent(Builds builds);

    /**
     * Two builds of one row, in the layout that the compiler and the linker choose.
     *
     * @param row            the row
     * @param base           what the proposal starts from: its executable
     * @param variant        the variant's executable
     * @param baseTrace      trace of the first
     * @param variantTrace   trace of the second, under the same work
     * @param arguments      arguments under which both do about as many operations as were recorded
     * @param core           name of the core profile
     */
    record Builds(Row row, Path base, Path variant, Path baseTrace, Path variantTrace, List<String> arguments, String core) {
        public Builds {
            arguments = List.copyOf(arguments);
        }
    }
}
