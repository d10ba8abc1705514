package dev.cyclecast.trace.record;

import dev.cyclecast.trace.TraceException;
import java.util.ArrayList;
import java.util.List;

/** Between which symbols a recording runs; see {@link RecordRequest}. */
final class Window {
    private static final String DEFAULT_FROM = "cyclecast_record_begin";
    private static final String DEFAULT_TO = "cyclecast_record_end";
    private static final long BEGIN = 0;
    private static final long END = 1;

    private final ElfImage program;
    private final String from;
    private final String to;
    private final boolean toIsOptional;
    private boolean fromFound;
    private boolean toFound;

    Window(ElfImage program, String from, String to) {
        this.program = program;
        boolean marked = program.function(DEFAULT_FROM) >= 0;
        this.from = from != null ? from : marked ? DEFAULT_FROM : program.function("main") >= 0 ? "main" : null;
        this.toIsOptional = to == null;
        this.to = to != null ? to : program.function(DEFAULT_TO) >= 0 ? DEFAULT_TO : null;
        if (this.from != null && this.from.equals(this.to)) {
            throw new TraceException("a recording from " + this.from + " to " + this.to
                    + " would be empty; name two different symbols");
        }
    }

    /** What the recording starts at, for people. */
    String from() {
        return from == null ? "entry" : from;
    }

    /** What the recording stops at, for people. */
    String to() {
        return to == null ? "exit" : to;
    }

    /** Pairs of address and kind for the plug-in to watch in a file. */
    long[] watches(LoadedFile file) {
        List<Long> result = new ArrayList<>();
        if (from == null && file.elf() == program) {
            fromFound = true;
            result.addAll(List.of(program.entry() + file.bias(), BEGIN));
        }
        long begin = from == null ? -1 : file.elf().function(from);
        if (begin >= 0) {
            fromFound = true;
            result.addAll(List.of(begin + file.bias(), BEGIN));
        }
        long end = to == null ? -1 : file.elf().function(to);
        if (end >= 0) {
            toFound = true;
            result.addAll(List.of(end + file.bias(), END));
        }
        return result.stream().mapToLong(Long::longValue).toArray();
    }

    /** Complains if the program did not pass through the window. */
    void check(boolean opened, boolean closed, int status) {
        if (!opened) {
            throw new TraceException(program.path() + ": " + (fromFound ? "ended with status " + status + " and never reached " + from()
                    : "has no function " + from + ", nor have the libraries that ran")
                    + "; name a function that it runs with --from");
        }
        if (!closed && to != null && !(toIsOptional && !toFound)) {
            throw new TraceException(program.path() + ": " + (toFound ? "ended with status " + status + " before it reached " + to
                    : "has no function " + to + ", nor have the libraries that ran") + "; name another one with --to");
        }
    }
}
