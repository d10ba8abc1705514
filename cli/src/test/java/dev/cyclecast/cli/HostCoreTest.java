package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The profile that calibration writes, as the other commands see it. */
class HostCoreTest {
    private static final String HOME = "cyclecast.home";
    private final String home = System.getProperty(HOME);

    @TempDir
    private Path other;

    @BeforeEach
    void moveHome() {
        System.setProperty(HOME, other.toString());
    }

    @AfterEach
    void moveBack() {
        System.setProperty(HOME, home);
    }

    private void calibrated(String text) throws Exception {
        Path file = other.resolve("build/calibration/host.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String zen4() throws Exception {
        try (InputStream in = HostCoreTest.class.getResourceAsStream("/cores/zen4.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theHostIsListedAndShownOnceItIsCalibrated() throws Exception {
        assertFalse(InProcess.run("cores").out().contains("host"));
        calibrated(zen4().replace("\"name\": \"zen4\"", "\"name\": \"host\"").replace("AMD Zen 4", "a tested host"));
        ChildProcess.Result list = InProcess.run("cores");
        assertTrue(list.out().contains("zen5") && list.out().contains("a tested host"), list.out());
        ChildProcess.Result shown = InProcess.run("cores", "host");
        assertEquals(0, shown.exit(), shown.err());
        assertTrue(shown.out().contains("mispredictRefill"), shown.out());
    }

    @Test
    void withoutCalibrationTheHostSaysHowToGetOne() {
        ChildProcess.Result result = InProcess.run("cores", "host");
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("host.json") && result.err().contains("./cyclecast calibrate"), result.err());
        assertEquals(1, result.err().lines().count());
    }

    @Test
    void aDamagedHostProfileIsNamed() throws Exception {
        calibrated(zen4().replace("\"dispatchWidth\": {\"value\": 6", "\"dispatchWidth\": {\"value\": 99"));
        ChildProcess.Result result = InProcess.run("cores", "host");
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("host.json: /constants/dispatchWidth/value: 99")
                && result.err().contains("./cyclecast calibrate --refit"), result.err());
        ChildProcess.Result list = InProcess.run("cores");
        assertEquals(0, list.exit(), list.err());
        assertTrue(list.out().contains("AMD Zen 4") && list.out().contains("cannot be used: ")
                && list.out().contains("dispatchWidth/value: 99"), list.out());
    }
}
