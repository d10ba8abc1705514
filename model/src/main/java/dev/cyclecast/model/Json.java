package dev.cyclecast.model;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Commented JSON, read with errors that name the file and the line. */
public final class Json {
    private static final long LARGEST_FILE_BYTES = 4 << 20;
    private static final int LONGEST_MESSAGE = 160;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {
    }

    /** Reads a file; its name stands in every error. */
    public static JsonNode read(Path file) {
        try {
            if (!Files.exists(file)) {
                throw new ModelException(file + ": no such file");
            }
            if (!Files.isRegularFile(file)) {
                throw new ModelException(file + ": not a regular file; give one that holds JSON");
            }
            if (Files.size(file) > LARGEST_FILE_BYTES) {
                throw new ModelException(file + ": larger than " + LARGEST_FILE_BYTES + " bytes, not a profile or proposal");
            }
            return parse(Files.readAllBytes(file), file.toString());
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be read: " + e.getMessage());
        }
    }

    /** Reads a resource of this module, which must exist. */
    public static JsonNode resource(String name) {
        try (InputStream in = Json.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new ModelException(name + ": not among the shipped resources");
            }
            return parse(in.readAllBytes(), name);
        } catch (IOException e) {
            throw new ModelException(name + ": cannot be read: " + e.getMessage());
        }
    }

    /** The first line of a message, which may quote the file: as much of it as is read at a glance. */
    private static String brief(String message) {
        String line = message.lines().findFirst().orElse("");
        return line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "..." : line;
    }

    private static JsonNode parse(byte[] bytes, String name) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? name : name + ":" + at.getLineNr() + ":" + at.getColumnNr();
            throw new ModelException(where + ": not valid JSON: " + brief(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new ModelException(name + ": cannot be read: " + e.getMessage());
        }
    }
}
