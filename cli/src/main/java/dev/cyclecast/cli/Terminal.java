package dev.cyclecast.cli;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Where a command prints.
 *
 * @param out      results
 * @param err      errors and progress
 * @param colour   whether results are coloured
 * @param progress whether progress is shown
 */
record Terminal(PrintStream out, PrintStream err, boolean colour, boolean progress) {
    /** Erases the current line of a terminal. */
    private static final String ERASE_LINE = "\r\u001b[K";
    private static final int PROGRESS_WIDTH = 79;

    /** That of this process, with this output; the launcher says which of its streams are terminals. */
    static Terminal ofProcess(OutputStream out) {
        String noColour = System.getenv("NO_COLOR");
        boolean colour = Boolean.getBoolean("cyclecast.terminal.out") && (noColour == null || noColour.isEmpty())
                && !"dumb".equals(System.getenv("TERM"));
        return new Terminal(new PrintStream(new BufferedOutputStream(out), false, System.out.charset()), System.err, colour,
                Boolean.getBoolean("cyclecast.terminal.err"));
    }

    /** Prints an error on a line of its own. */
    void complain(String message) {
        clearProgress();
        err.println("cyclecast: " + message.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{Cntrl}", "?"));
        err.flush();
    }

    /** Shows what goes on, in place of what was shown before. */
    void progress(String text) {
        if (progress) {
            // A line that wraps could not be erased.
            err.print(ERASE_LINE + text.substring(0, Math.min(text.length(), PROGRESS_WIDTH)));
            err.flush();
        }
    }

    /** Prints a line that stays above the progress, where progress is shown. */
    void news(String text) {
        if (progress) {
            clearProgress();
            err.println(text);
            err.flush();
        }
    }

    /** Removes what {@link #progress} showed. */
    void clearProgress() {
        if (progress) {
            err.print(ERASE_LINE);
            err.flush();
        }
    }

    /** Text in a colour, where colours are on. */
    String paint(Colour with, String text) {
        return colour && with != Colour.PLAIN ? with.start() + text + Colour.END : text;
    }

    /** A horizontal bar of up to {@code width} characters for a share between 0 and 1. */
    String bar(double share, int width) {
        char block = draws('█') ? '█' : '#';
        int length = (int) Math.round(Math.clamp(share, 0.0, 1.0) * width);
        return String.valueOf(block).repeat(length);
    }

    /** Whether output can show a character. */
    boolean draws(char drawn) {
        return out.charset().newEncoder().canEncode(drawn);
    }
}
