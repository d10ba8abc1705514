package dev.cyclecast.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The command line run inside the test, with both outputs captured. */
final class InProcess {
    private InProcess() {
    }

    /** Runs a command as on a pipe: without colours and progress. */
    static ChildProcess.Result run(String... arguments) {
        return run(false, arguments);
    }

    /** Runs a command as on a colour terminal. */
    static ChildProcess.Result runOnTerminal(String... arguments) {
        return run(true, arguments);
    }

    private static ChildProcess.Result run(boolean terminal, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(new Terminal(new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), terminal, terminal), arguments);
        return new ChildProcess.Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
