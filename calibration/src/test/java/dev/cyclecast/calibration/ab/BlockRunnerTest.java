package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockRunnerTest {
    @TempDir
    Path folder;

    private final ProgramRunner runner = new ProgramRunner(new Pinning(-1, "not pinned: test"), Duration.ofSeconds(30));

    private List<JsonNode> logged(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    @Test
    void aBlockIsABBAAndPositiveWhenBIsFaster() throws IOException {
        Path file = folder.resolve("runs.jsonl");
        Arm a = FakeProgram.driver(folder, "a", 0.110, "same");
        Arm b = FakeProgram.driver(folder, "b", 0.100, "same");
        try (RunLog log = new RunLog(file)) {
            double ratio = new BlockRunner(runner, log).run(new LayoutPair("b/reference", 4, 16, a, b), 2).logRatio(Run::nanosecondsPerOperation);
            assertEquals(Math.log(1.1), ratio, 1e-12);
            // Before the log is closed: an interruption loses nothing.
            assertEquals(List.of("a", "b", "b", "a"), logged(file).stream().map(n -> n.get("arm").asText()).toList());
        }
        JsonNode last = logged(file).getLast();
        assertEquals(4, last.get("layout").asInt());
        assertEquals(2, last.get("block").asInt());
        assertEquals(3, last.get("position").asInt());
        assertEquals(0.110, last.get("seconds").asDouble(), 0);
    }

    @Test
    void steadyDriftWithinABlockCancels() throws IOException {
        // Each run takes 3 % longer than the one before, whichever arm it is.
        Path counter = Files.writeString(folder.resolve("n"), "");
        String body = """
                printf x >> %s
                n=$(wc -c < %s)
                s=$(awk "BEGIN { printf \\"%%.12f\\", 0.1 * 1.03 ^ $n }")
                printf 'ops: 5\\nseconds: %%s\\ntsc_cycles_per_op: 1\\nmallocs: 3\\nfrees: 2\\nchecksum: c\\n' "$s\""""
                .formatted(counter, counter);
        Arm a = FakeProgram.script(folder, "a", body);
        Arm b = FakeProgram.script(folder, "b", body);
        try (RunLog log = new RunLog(folder.resolve("runs.jsonl"))) {
            assertEquals(0, new BlockRunner(runner, log).run(new LayoutPair("aa", 0, 0, a, b), 0)
                    .logRatio(Run::nanosecondsPerOperation), 1e-9);
        }
        assertEquals(4, Files.size(counter));
    }

    @Test
    void differentWorkIsRefusedInOneLineThatNamesBoth() throws IOException {
        Arm a = FakeProgram.driver(folder, "baseline", 0.1, "1111");
        Arm b = FakeProgram.driver(folder, "cheat", 0.001, "2222");
        try (RunLog log = new RunLog(folder.resolve("runs.jsonl"))) {
            String message = assertThrows(CalibrationException.class,
                    () -> new BlockRunner(runner, log).run(new LayoutPair("cheat/free", 0, 0, a, b), 0)).getMessage();
            assertTrue(message.contains("baseline did 1000 operations, checksum 1111"), message);
            assertTrue(message.contains("cheat did 1000 operations, checksum 2222"), message);
            assertFalse(message.contains("\n"), message);
        }
    }

    @Test
    void theLogKeepsWhatAnEarlierSessionWrote() throws IOException {
        Path file = Files.writeString(folder.resolve("runs.jsonl"), "{\"earlier\":true}\n");
        Arm a = FakeProgram.driver(folder, "a", 0.1, "same");
        try (RunLog log = new RunLog(file)) {
            new BlockRunner(runner, log).run(new LayoutPair("aa", 0, 0, a, a), 0);
        }
        assertEquals(5, logged(file).size());
        assertTrue(logged(file).getFirst().has("earlier"));
    }

    @Test
    void aLogThatCannotBeWrittenIsNamed() {
        Path nowhere = folder.resolve("no/such/folder/runs.jsonl");
        String message = assertThrows(CalibrationException.class, () -> new RunLog(nowhere)).getMessage();
        assertTrue(message.contains(nowhere.toString()), message);
    }
}
