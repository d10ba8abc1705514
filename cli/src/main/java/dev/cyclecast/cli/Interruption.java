package dev.cyclecast.cli;

import dev.cyclecast.calibration.ab.Listener;
import java.nio.file.Path;

/** Shows how a session goes, and says how to go on with it when it is interrupted. */
final class Interruption implements Listener, AutoCloseable {
    private final Terminal terminal;
    private final String command;
    private final Thread hook = new Thread(this::sayHowToGoOn);
    private volatile Path folder;
    private volatile String howToGoOn;
    private boolean open = true;

    Interruption(Terminal terminal, String command) {
        this.terminal = terminal;
        this.command = command;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void sayHowToGoOn() {
        String how = howToGoOn;
        if (how != null) {
            terminal.complain("interrupted; every run so far is kept; go on with: ./cyclecast " + how);
        }
    }

    /** From now on, what was measured is kept where the command finds it. */
    void keepsWhatWasMeasured() {
        howToGoOn = command;
    }

    /** Where the session keeps what it makes; null before it has begun. */
    Path folder() {
        return folder;
    }

    @Override
    public void began(Path session) {
        folder = session;
        howToGoOn = command + " --resume " + session;
        progress("runs are kept in " + session);
    }

    @Override
    public void progress(String text) {
        terminal.progress(text);
    }

    @Override
    public void news(String text) {
        terminal.news(text);
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending already, and the hook is what tells so.
            }
        }
    }
}
