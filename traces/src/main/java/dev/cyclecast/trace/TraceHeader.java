package dev.cyclecast.trace;

import java.util.List;
import java.util.Map;

/**
 * What a trace says about itself.
 *
 * @param version       version of the file format
 * @param program       file name of the program, without folder
 * @param arguments     its arguments
 * @param operations    names of the malloc-family symbols, indexed by the marks' values
 * @param threadPointer value of the thread pointer (fs base) of the recorded thread, 0 if no {@code fs:} access was seen
 * @param facts         further facts: recorder and its version, emulated CPU, how it differs from the host, page size, ...
 */
public record TraceHeader(int version, String program, List<String> arguments, List<String> operations,
                          long threadPointer, Map<String, String> facts) {
    public TraceHeader {
        arguments = List.copyOf(arguments);
        operations = List.copyOf(operations);
        facts = Map.copyOf(facts);
    }
}
