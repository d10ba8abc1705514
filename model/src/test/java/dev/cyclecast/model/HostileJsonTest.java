package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.edit.Proposal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Profiles and proposals with anything in them are read, or refused in one line that names the file. */
class HostileJsonTest {
    private static final Pattern TOKEN = Pattern.compile("\"[^\"]*\"|-?[0-9.]+|[{}\\[\\]:,]");
    private static final List<String> STRANGE = List.of("1e999", "-1", "99999999999999999999", "0.5", "NaN", "\"x\"", "null", "true",
            "{}", "[]", "[[[[", "}", "\"\\u0000\\n\"", "\"\"", ",", "-0", "1e5", "4294967296", "\"value\"", "/*", "//", "\u2028");

    private Path file;

    @BeforeProperty
    void file() throws IOException {
        file = Files.createTempFile("cyclecast-hostile-", ".json");
    }

    @AfterProperty
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = CoreProfile.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Puts something strange in place of a token, or bytes in place of others. */
    private static byte[] damaged(String text, Random random) {
        String changed = text;
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            Matcher token = TOKEN.matcher(changed);
            int from = random.nextInt(Math.max(1, changed.length()));
            if (token.find(from)) {
                String other = switch (random.nextInt(4)) {
                    case 0 -> "";
                    case 1 -> token.group() + token.group();
                    default -> STRANGE.get(random.nextInt(STRANGE.size()));
                };
                changed = changed.substring(0, token.start()) + other + changed.substring(token.end());
            }
        }
        byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(4) == 0 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private void refused(ModelException e) {
        assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
        assertTrue(e.getMessage().length() < 1500 && e.getMessage().lines().count() == 1, e.getMessage());
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void profilesAreReadOrRefused(@ForAll Random random) throws IOException {
        String core = CoreProfile.names().get(random.nextInt(CoreProfile.names().size()));
        Files.write(file, damaged(resource("/cores/" + core + ".json"), random));
        CoreProfile profile;
        try {
            profile = CoreProfile.load(file.toString());
        } catch (ModelException e) {
            refused(e);
            return;
        }
        SyntheticTrace trace = new SyntheticTrace();
        int load = trace.load(0, 0, 8, 8);
        int jump = trace.jump(SyntheticTrace.CODE);
        for (int n = 0; n < 50; n++) {
            trace.access(load, 0x10000 + 4096L * n).run(jump);
        }
        trace.count();
        trace.access(load, 0x10000).run(jump);
        assertTrue(Replay.run(trace, profile).cycles() > 0);
    }

    @Property(tries = 700, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void proposalsAreReadOrRefused(@ForAll Random random) throws IOException {
        List<Proposal> all = Proposal.all();
        String name = all.get(random.nextInt(all.size())).file();
        Files.write(file, damaged(resource("/proposals/" + name), random));
        try {
            assertFalse(Proposal.load(file.toString()).id().isBlank());
        } catch (ModelException e) {
            refused(e);
        }
    }

    @Example
    void deepAndWideFilesAreRefused() throws IOException {
        for (String text : List.of("[".repeat(500_000), "{\"a\":".repeat(300_000), "9".repeat(3_000_000),
                "{\"" + "k".repeat(3_000_000) + "\": 1}", "\"" + "s".repeat(3_000_000), "", "   ", "null", "[]", "5",
                "{\"name\": \"x\", \"constants\": [" + "1,".repeat(400_000) + "1]}")) {
            Files.writeString(file, text);
            refused(assertThrows(ModelException.class, () -> CoreProfile.load(file.toString())));
            refused(assertThrows(ModelException.class, () -> Proposal.load(file.toString())));
        }
    }

    @Example
    void aVerbThatBreaksTheLineIsNamedInOne() throws IOException {
        for (String verb : List.of("\\u0000\\n", "remove\\r\\nsecond line", "a\\u2028b", "x".repeat(3000))) {
            Files.writeString(file, "{\"id\": \"x\", \"title\": \"x\", \"edits\": [{\"verb\": \"" + verb + "\"}]}");
            ModelException e = assertThrows(ModelException.class, () -> Proposal.load(file.toString()));
            refused(e);
            assertTrue(e.getMessage().contains("unknown verb"), e.getMessage());
        }
        assertTrue(new ModelException("first\nsecond").getMessage().lines().count() == 1);
    }

    @Example
    void aHugeFileIsNotRead() throws IOException {
        try (var channel = Files.newByteChannel(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(1L << 40);
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {'}'}));
        }
        refused(assertThrows(ModelException.class, () -> CoreProfile.load(file.toString())));
    }

    @Example
    void whatIsNoFileIsNamed() {
        Path folder = file.getParent();
        assertTrue(assertThrows(ModelException.class, () -> Json.read(folder)).getMessage().contains("not a regular file"));
        assertTrue(assertThrows(ModelException.class, () -> Json.read(folder.resolve("none.json"))).getMessage()
                .contains("no such file"));
    }

    @Example
    void misspeltNamesAreHintedAt() {
        List<String> names = List.of("robEntries", "value", "l2Ways");
        assertEquals("; did you mean 'robEntries'?", Spelling.hint("robEntrys", names));
        assertEquals("; did you mean 'value'?", Spelling.hint("Vaule", names));
        assertEquals("", Spelling.hint("temperature", names));
        assertEquals("", Spelling.hint("x".repeat(1000), names));
        assertEquals("a?b", Spelling.quoted("a\nb"));
        assertEquals(63, Spelling.quoted("x".repeat(1000)).length());
    }
}
