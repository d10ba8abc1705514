package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Results that cannot be written. */
class ResultStreamTest {
    @Test
    void aFullDiskIsAFailure() {
        assertEquals("No space left on device", written("No space left on device").failure().getMessage());
    }

    @Test
    void aReaderThatWentAwayIsNone() {
        assertNull(written("Broken pipe").failure());
    }

    private static ResultStream written(String failure) {
        ResultStream stream = new ResultStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(failure);
            }
        });
        PrintStream out = new PrintStream(stream, false, StandardCharsets.UTF_8);
        out.print("result");
        out.flush();
        return stream;
    }
}
