package dev.cyclecast.trace.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** A thread that copies what a program prints, so that the program always writes to a pipe, whatever the terminal. */
final class ProgramOutput {
    private final Thread thread;
    private volatile String emulatorMessage;

    ProgramOutput(InputStream in, OutputStream out) {
        thread = Thread.ofPlatform().daemon().start(() -> copy(in, out));
    }

    private void copy(InputStream in, OutputStream out) {
        try (var reader = new java.io.BufferedInputStream(in)) {
            var line = new java.io.ByteArrayOutputStream();
            for (int b = reader.read(); b >= 0; b = reader.read()) {
                line.write(b);
                if (b == '\n' || reader.available() == 0) {
                    pass(line.toByteArray(), out);
                    line.reset();
                }
            }
            pass(line.toByteArray(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pass(byte[] line, OutputStream out) throws IOException {
        String text = new String(line, java.nio.charset.StandardCharsets.ISO_8859_1);
        if (text.startsWith("qemu")) {
            emulatorMessage = text.strip();
        } else {
            out.write(line);
            out.flush();
        }
    }

    /** Waits for the end of the output; returns the last line in which the emulator spoke for itself, or null. */
    String await() throws InterruptedException {
        thread.join();
        return emulatorMessage;
    }
}
