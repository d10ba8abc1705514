package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is in a file, a command does its work, or says in one line what is wrong and ends with 1. */
class HostileInputTest {
    private static final int START = 12;
    private static final int TRACES = 300;
    private static final int PROFILES = 60;

    @TempDir
    private Path folder;

    private static void done(ChildProcess.Result result, String what) {
        if (result.exit() == 0) {
            return;
        }
        assertEquals(1, result.exit(), what + ": " + result.err());
        assertEquals("", result.out(), what);
        assertEquals(1, result.err().lines().count(), what + ": " + result.err());
        assertFalse(result.err().contains("internal error"), what + ": " + result.err());
        assertTrue(result.err().startsWith("cyclecast: ") && result.err().contains(what), result.err());
    }

    /** Changes bytes of the parts of a trace, and makes their checksums fit. */
    private static byte[] damaged(byte[] good, Random random) {
        byte[] bad = good.clone();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            bad[START + random.nextInt(bad.length - START)] = (byte) random.nextInt(256);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN);
        int at = START;
        while (random.nextInt(10) > 0 && at + 12 <= bad.length) {
            int length = buffer.getInt(at + 4);
            if (length < 0 || length > bad.length - at - 12) {
                break;
            }
            CRC32C crc = new CRC32C();
            crc.update(bad, at, 8 + length);
            buffer.putInt(at + 8 + length, (int) crc.getValue());
            at += length + 12;
        }
        return bad;
    }

    @Test
    void damagedTracesAreReplayedOrRefused() throws IOException {
        Path file = folder.resolve("t.cct");
        SampleTrace.write(file, 20, 30);
        byte[] good = Files.readAllBytes(file);
        Random random = new Random(11);
        for (int n = 0; n < TRACES; n++) {
            Files.write(file, damaged(good, random));
            done(InProcess.run(n % 4 == 0 ? "info" : "replay", file.toString()), "");
        }
    }

    private static String zen4() throws IOException {
        try (InputStream in = HostileInputTest.class.getResourceAsStream("/cores/zen4.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void damagedProfilesAreUsedOrRefusedByName() throws IOException {
        Path file = folder.resolve("mine.json");
        Path trace = SampleTrace.write(folder.resolve("t.cct"), 20, 30);
        byte[] good = zen4().getBytes(StandardCharsets.UTF_8);
        Random random = new Random(12);
        for (int n = 0; n < PROFILES; n++) {
            byte[] bad = good.clone();
            for (int k = 1 + random.nextInt(2); k > 0; k--) {
                bad[400 + random.nextInt(bad.length - 400)] = (byte) (random.nextBoolean() ? random.nextInt(256) : '0' + random.nextInt(10));
            }
            Files.write(file, bad);
            done(InProcess.run("replay", trace.toString(), "--core", file.toString()), "mine.json");
        }
    }

    /** As a user runs it: a process of its own. */
    @Test
    void theProgramItselfEndsWithOneLine() throws Exception {
        Path trace = SampleTrace.write(folder.resolve("t.cct"), 20, 30);
        byte[] good = Files.readAllBytes(trace);
        Path cut = Files.write(folder.resolve("cut.cct"), java.util.Arrays.copyOf(good, good.length * 2 / 3));
        Path deep = Files.writeString(folder.resolve("deep.json"), "{\"a\":".repeat(100_000));
        Path twice = Files.writeString(folder.resolve("twice.json"), zen4().replace("\"robEntries\": {\"value\": 320,",
                "\"robEntries\": {\"value\": 320, \"value\": 321,"));
        Path range = Files.writeString(folder.resolve("range.json"), zen4().replace("\"robEntries\": {\"value\": 320,",
                "\"robEntries\": {\"value\": -7,"));
        refused(cut.toString(), "t", "replay", cut.toString());
        refused("deep.json", "nesting", "replay", trace.toString(), "--core", deep.toString());
        refused("twice.json", "uplicate", "replay", trace.toString(), "--core", twice.toString());
        refused("range.json: /constants/robEntries/value: -7", "16..4096", "cores", range.toString());
    }

    private void refused(String where, String what, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED", "-Dcyclecast.home=" + System.getProperty("cyclecast.home"), "-cp",
                System.getProperty("java.class.path"), "dev.cyclecast.cli.Main"));
        command.addAll(List.of(arguments));
        ChildProcess.Result result = ChildProcess.start(folder, Map.of("NO_COLOR", "1"), command).await();
        assertEquals(1, result.exit(), result.err());
        assertEquals("", result.out());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains(where) && result.err().contains(what), result.err());
    }
}
