package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times on the command line. */
class DurationConverterTest {
    @Test
    void readsSecondsMinutesAndHours() {
        DurationConverter converter = new DurationConverter();
        assertEquals(Duration.ofSeconds(90), converter.convert("90"));
        assertEquals(Duration.ofSeconds(90), converter.convert("90s"));
        assertEquals(Duration.ofMinutes(5), converter.convert("5m"));
        assertEquals(Duration.ofHours(1), converter.convert("1h"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-5s", "1.5m", "5 m", "9999999s", "5d"})
    void anythingElseIsAUsageError(String text) {
        ChildProcess.Result result = InProcess.run("validate", "--budget=" + text);
        assertEquals(2, result.exit(), result.out());
        assertEquals("", result.out());
        MainTest.assertOneLine(result.err());
    }
}
