package dev.cyclecast.trace.record;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to record.
 *
 * @param output      the {@code .cct} file to write
 * @param command     program (a path, or a name to be found on the PATH) and its arguments
 * @param from        symbol before which the recording starts, or null: {@code cyclecast_record_begin} if the program has
 *                    it, else {@code main}, else the program's entry
 * @param to          symbol before which it stops, or null: {@code cyclecast_record_end} if the program has it, else the
 *                    program's end
 * @param preload     library to preload, or null
 * @param environment variables of the program beyond the fixed ones
 */
public record RecordRequest(Path output, List<String> command, String from, String to, Path preload,
                            Map<String, String> environment) {
    public RecordRequest {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("no program to record");
        }
    }

    /** A request with the default window and nothing else. */
    public static RecordRequest of(Path output, List<String> command) {
        return new RecordRequest(output, command, null, null, null, Map.of());
    }
}
