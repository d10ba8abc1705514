package dev.cyclecast.model.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Json;
import dev.cyclecast.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schema of proposals against the shipped files, and against what the parser says that it allows. */
class ProposalSchemaTest {
    private static final JsonNode SCHEMA = Json.read(Path.of(System.getProperty("cyclecast.home"), "docs", "proposal.schema.json"));
    @TempDir
    private Path folder;

    /** Whether a value satisfies a schema, of the words that ours uses. */
    private static boolean valid(JsonNode value, JsonNode schema) {
        if (schema.has("$ref")) {
            return valid(value, SCHEMA.at(schema.path("$ref").asText().substring(1)));
        }
        if (schema.has("const")) {
            return schema.path("const").equals(value);
        }
        if (schema.has("enum")) {
            return stream(schema.path("enum")).anyMatch(value::equals);
        }
        if (schema.has("oneOf")) {
            return stream(schema.path("oneOf")).filter(s -> valid(value, s)).count() == 1;
        }
        JsonNode type = schema.path("type");
        return Stream.concat(stream(type).map(JsonNode::asText), Stream.of(type.asText())).anyMatch(t -> is(value, t))
                && members(value, schema)
                && (!value.isArray() || value.size() >= schema.path("minItems").asInt(0)
                && value.size() <= schema.path("maxItems").asInt(Integer.MAX_VALUE))
                && (!value.isNumber() || value.asLong() >= schema.path("minimum").asLong(Long.MIN_VALUE)
                && value.asLong() <= schema.path("maximum").asLong(Long.MAX_VALUE));
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> false;
        };
    }

    private static boolean members(JsonNode value, JsonNode schema) {
        if (value.isArray()) {
            return stream(value).allMatch(v -> valid(v, schema.path("items")));
        }
        JsonNode others = schema.path("additionalProperties");
        return stream(schema.path("required")).allMatch(k -> value.has(k.asText()))
                && value.properties().stream().allMatch(p -> schema.path("properties").has(p.getKey())
                ? valid(p.getValue(), schema.path("properties").path(p.getKey())) : others.isObject() && valid(p.getValue(), others));
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return list.valueStream();
    }

    static List<String> shipped() {
        JsonNode index = Json.resource("/proposals/index.json");
        return Stream.concat(stream(index.path("forecast")), stream(index.path("byId"))).map(JsonNode::asText).toList();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void shippedProposalsSatisfyTheSchema(String file) {
        assertTrue(valid(Json.resource("/proposals/" + file), SCHEMA), file);
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void shippedProposalsAreFoundByTheNameOfTheirFile(String file) {
        String id = file.substring(0, file.length() - ".json".length());
        assertTrue(Proposal.load(id).id().equalsIgnoreCase(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"id\": \"x\", \"title\": \"x\", \"edits\": [{}]}", "{\"id\": 7, \"title\": \"x\", \"edits\": []}",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [{\"verb\": \"improve\"}]}",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [], \"efort\": 1}",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [{\"verb\": \"insert\", \"before\": {\"nth\": 0}, \"code\": []}]}"})
    void theSchemaRefusesWhatTheParserRefuses(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), json);
        assertFalse(valid(Json.read(file), SCHEMA), json);
        assertThrows(ModelException.class, () -> Proposal.load(file.toString()));
    }

    /** What the parser says that it allows where a key is unknown; {@code %s} stands for that key. */
    private Set<String> allowed(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("x.json"), json.formatted("\"surely unknown\": 0"));
        String message = assertThrows(ModelException.class, () -> Proposal.load(file.toString())).getMessage();
        assertTrue(message.contains("/surely unknown: unknown; allowed are "), message);
        return new TreeSet<>(List.of(message.substring(message.indexOf("allowed are ") + "allowed are ".length()).split(", ")));
    }

    private static Set<String> keys(JsonNode schema) {
        Set<String> keys = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void keysOfTheSchemaAreThoseOfTheParser() throws IOException {
        assertEquals(allowed("{%s}"), keys(SCHEMA));
        String edit = "{\"id\": \"x\", \"title\": \"x\", \"edits\": [%s]}";
        assertEquals(allowed(edit.formatted("{\"verb\": \"replace\", \"select\": {%s}}")), keys(SCHEMA.at("/$defs/selector")));
        for (JsonNode address : SCHEMA.at("/$defs/address/oneOf")) {
            String of = address.at("/properties/of/const").asText();
            // All keys of all kinds are allowed at first, then those of the kind.
            String known = of.equals("site") ? "name" : "ahead";
            Path file = Files.writeString(folder.resolve("x.json"), edit.formatted("{\"verb\": \"insert\", \"before\": {\"reads\": \"v\"},"
                    + " \"code\": [{\"asm\": \"mov eax, [rax]\", \"address\": {\"of\": \"" + of + "\", \""
                    + (of.equals("next") ? "name" : known) + "\": 1}}]}"));
            String message = assertThrows(ModelException.class, () -> Proposal.load(file.toString())).getMessage();
            assertEquals(keys(address), new TreeSet<>(List.of(message.substring(message.indexOf("allowed are ") + 12).split(", "))));
        }
    }

    @Test
    void everyVerbOfTheParserIsInTheSchema() throws IOException {
        String edit = "{\"id\": \"x\", \"title\": \"x\", \"edits\": [%s]}";
        Path file = Files.writeString(folder.resolve("v.json"), edit.formatted("{\"verb\": \"improve\"}"));
        String message = assertThrows(ModelException.class, () -> Proposal.load(file.toString())).getMessage();
        for (String verb : message.substring(message.indexOf("use ") + 4).split(", | or ")) {
            List<JsonNode> forms = stream(SCHEMA.at("/$defs/edit/oneOf"))
                    .filter(s -> s.at("/properties/verb/const").asText().equals(verb)).toList();
            assertFalse(forms.isEmpty(), verb);
            for (JsonNode form : forms) {
                StringBuilder given = new StringBuilder("{\"verb\": \"" + verb + "\"");
                stream(form.path("required")).filter(k -> !k.asText().equals("verb"))
                        .forEach(k -> given.append(", \"").append(k.asText()).append("\": 0"));
                assertEquals(keys(form), allowed(edit.formatted(given + ", %s}")), verb);
            }
        }
    }
}
