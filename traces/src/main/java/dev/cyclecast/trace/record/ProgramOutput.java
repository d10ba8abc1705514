package dev.cyclecast.trace.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A thread that passes on what a program prints, so that the program always writes to a pipe, whatever the terminal.
 *
 * <p>If nobody takes the output any more, the rest is dropped; the program must not be held up.
 */
final class ProgramOutput {
    /** How lines start in which the emulator speaks for itself on the program's standard error. */
    private static final String[] EMULATOR = {"qemu: uncaught target signal", "qemu-x86_64: "};

    private final Thread thread;
    private volatile String emulatorMessage;

    private ProgramOutput(Copy copy) {
        thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                copy.run(this);
            } catch (IOException e) {
                emulatorMessage = "its output could not be read: " + e.getMessage();
            }
        });
    }

    private interface Copy {
        void run(ProgramOutput self) throws IOException;
    }

    /** Passes on bytes as they come. */
    static ProgramOutput bytes(InputStream in, OutputStream out) {
        return new ProgramOutput(self -> {
            byte[] buffer = new byte[1 << 13];
            boolean wanted = true;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                wanted = wanted && pass(buffer, n, out);
            }
        });
    }

    /** Passes on lines but those of the emulator itself, which {@link #await} returns. */
    static ProgramOutput lines(InputStream in, OutputStream out) {
        return new ProgramOutput(self -> {
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
            boolean wanted = true;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(EMULATOR[0]) || line.startsWith(EMULATOR[1])) {
                    self.emulatorMessage = line.strip();
                } else {
                    byte[] bytes = (line + "\n").getBytes(StandardCharsets.ISO_8859_1);
                    wanted = wanted && pass(bytes, bytes.length, out);
                }
            }
        });
    }

    private static boolean pass(byte[] bytes, int length, OutputStream out) {
        try {
            out.write(bytes, 0, length);
            out.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits for the end of the output; returns the last line in which the emulator spoke for itself, or null. */
    String await() throws InterruptedException {
        thread.join();
        return emulatorMessage;
    }
}
