package dev.cyclecast.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceDamageTest {
    private static final int EVENTS = 150;
    private static final int START = 12;

    @TempDir
    Path folder;
    private Path file;
    private byte[] good;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("t.cct");
        TraceWriter.write(file, RandomTraces.make(5, 15, EVENTS));
        good = Files.readAllBytes(file);
    }

    /** Reads a file whole; returns the message of its failure, or null. */
    private String read(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        EventBatch batch = new EventBatch(64);
        long events = 0;
        try (TraceReader reader = TraceReader.open(file); TraceSource.Cursor cursor = reader.cursor()) {
            while (cursor.read(batch)) {
                events += batch.size;
                assertTrue(events <= 1 << 23, "more events than the format allows");
            }
            return null;
        } catch (TraceException e) {
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            assertFalse(e.getMessage().contains("\n"), e.getMessage());
            return e.getMessage();
        }
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        for (int length = 0; length < good.length; length++) {
            String message = read(Arrays.copyOf(good, length));
            assertTrue(message != null, "truncated to " + length);
            if (length >= START) {
                assertTrue(message.matches(".*damaged in (header|image|block table|chunk \\d+|footer) at byte \\d+: .*"), message);
            }
        }
        assertTrue(read(Arrays.copyOf(good, good.length + 1)).contains("goes on after its end"));
    }

    @Test
    void everyFlippedBitIsNoticed() throws IOException {
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << i % 8);
            assertTrue(read(bad) != null, "flipped a bit of byte " + i);
        }
    }

    /** Damage that the checksum does not show, since it was made to fit: still no other exception. */
    @Test
    void craftedContentsAreRefusedOrRead() throws IOException {
        Random random = new Random(9);
        int refused = 0;
        int tries = 3000;
        for (int t = 0; t < tries; t++) {
            byte[] bad = good.clone();
            ByteBuffer buffer = ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bad[START + random.nextInt(bad.length - START)] = (byte) random.nextInt(256);
            }
            int at = START;
            while (at + 12 <= bad.length) {
                int length = buffer.getInt(at + 4);
                if (length < 0 || length > bad.length - at - 12) {
                    break;
                }
                CRC32C crc = new CRC32C();
                crc.update(bad, at, 8 + length);
                buffer.putInt(at + 8 + length, (int) crc.getValue());
                at += length + 12;
            }
            refused += read(bad) == null ? 0 : 1;
        }
        assertTrue(refused > tries / 2, "only " + refused + " refused");
    }

    @Test
    void foreignFilesAreRefused() throws IOException {
        assertTrue(read("#!/bin/sh\necho hello\n".getBytes()).contains("not a Cyclecast trace"));
        assertTrue(read(new byte[0]).contains("not a Cyclecast trace"));
        byte[] later = good.clone();
        later[8] = 99;
        assertTrue(read(later).contains("version 99"));
        assertTrue(assertThrows(TraceException.class, () -> TraceReader.open(folder)).getMessage().contains("folder"));
        assertTrue(assertThrows(TraceException.class, () -> TraceReader.open(folder.resolve("none.cct"))).getMessage()
                .contains("no such file"));
        assertEquals(null, read(good));
    }
}
