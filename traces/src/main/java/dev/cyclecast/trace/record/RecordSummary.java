package dev.cyclecast.trace.record;

import java.nio.file.Path;

/**
 * What a recording yielded.
 *
 * @param output       the file
 * @param instructions recorded instructions
 * @param operations   allocator operations begun
 * @param fileBytes    size of the file
 * @param seconds      wall time of the run
 * @param exitStatus   exit status of the program
 */
public record RecordSummary(Path output, long instructions, long operations, long fileBytes, double seconds,
                            int exitStatus) {
    /** Size of the file per recorded instruction, in bits. */
    public double bitsPerInstruction() {
        return instructions == 0 ? 0 : fileBytes * 8.0 / instructions;
    }
}
