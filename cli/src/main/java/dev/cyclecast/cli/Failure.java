package dev.cyclecast.cli;

import dev.cyclecast.allocator.AllocatorException;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.TraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Turns an exception into one line for the user. */
final class Failure {
    private Failure() {
    }

    /** Prints the line, and the stack trace where it is asked for; returns the exit code. */
    static int report(Terminal terminal, Throwable thrown) {
        terminal.complain(line(thrown));
        if (System.getenv("CYCLECAST_DEBUG") != null) {
            thrown.printStackTrace(terminal.err());
        }
        return Main.FAULT;
    }

    /** What is wrong, where, and the remedy. */
    static String line(Throwable thrown) {
        return switch (thrown) {
            case TraceException e -> e.getMessage();
            case CalibrationException e -> e.getMessage();
            case ModelException e -> e.getMessage();
            case AllocatorException e -> e.getMessage();
            case InputException e -> e.getMessage();
            case UncheckedIOException e -> line(e.getCause());
            case NoSuchFileException e -> e.getFile() + ": no such file; check the path";
            case AccessDeniedException e -> e.getFile() + ": permission denied; check the file's owner and mode";
            case FileSystemException e -> e.getFile() + ": " + (e.getReason() == null ? "cannot be used" : e.getReason());
            case IOException e -> "input or output failed: " + e.getMessage();
            case LinkageError e -> "a part of this program cannot be loaded (" + origin(e) + "); see free space and mount options of "
                    + System.getProperty("java.io.tmpdir") + ", to which libraries are unpacked";
            case OutOfMemoryError _ -> "out of memory; allow more with CYCLECAST_HEAP=4g";
            default -> "internal error: " + thrown + "; run again with CYCLECAST_DEBUG=1 to see where";
        };
    }

    /** The innermost message behind a failure. */
    private static String origin(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return cause == null || cause == thrown ? String.valueOf(thrown.getMessage()) : origin(cause);
    }
}
