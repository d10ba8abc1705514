package dev.cyclecast.calibration.validate;

import java.nio.file.Path;
import java.util.List;

/** Where a validation's programs and traces come from: the allocator's build and the recorder. */
public interface Programs {
    /**
     * Compiles the workload driver with the allocator.
     *
     * @param variant name of the variant, such as {@code baseline}
     * @param shape   how the allocator is built
     * @param layout  number of the code layout; the same number places code alike as far as code is alike
     * @param folder  where results go; the same for all programs of a session, and empty at first
     * @return the executable
     */
    Path build(String variant, Shape shape, int layout, Path folder);

    /** Environment padding that belongs to a code layout, in bytes. */
    int paddingBytes(int layout);

    /**
     * Records a run of a program.
     *
     * @param program    the executable
     * @param operations operations to be counted, after warm-up
     * @param trace      file to write
     */
    void record(Path program, long operations, Path trace);

    /** Arguments with which a program does some timed operations. */
    List<String> arguments(long operations);
}
