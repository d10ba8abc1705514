package dev.cyclecast.calibration.validate;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where a validation's programs and traces come from: the allocator's build and the recorder. */
public interface Programs {
    /**
     * Compiles a load's driver with the allocator.
     *
     * @param variant name of the variant, such as {@code baseline}
     * @param shape   how the allocator is built
     * @param load    what the driver does; loads that differ by arguments alone share a program
     * @param layout  number of the code layout; the same number places code alike as far as code is alike
     * @param folder  where results go; the same for all programs of a session, and empty at first
     * @return the executable
     */
    Path build(String variant, Shape shape, Load load, int layout, Path folder);

    /** Environment padding that belongs to a code layout, in bytes. */
    int paddingBytes(int layout);

    /**
     * Records a run of a program.
     *
     * @param program    the executable
     * @param load       what it does
     * @param operations operations to be counted, after warm-up
     * @param trace      file to write
     */
    void record(Path program, Load load, long operations, Path trace);

    /** Arguments with which a program does some timed operations. */
    List<String> arguments(Load load, long operations);

    /** What programs are made from, by name, each with a hash: a session that is resumed must find it unchanged. */
    Map<String, String> inputs();

    /** Version of the compiler. */
    String compiler();
}
