package dev.cyclecast.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Why forecasts missed, row by row: written by people in a file of its own, so that a page that is made anew does not lose it.
 *
 * @param byRow the explanations by the row's name, such as {@code E1/free/mixed}
 */
record Explanations(Map<String, Explanation> byRow) {
    private static final Set<String> KEYS = Set.of("miss", "mechanism");

    /**
     * One explanation.
     *
     * @param tooHigh   whether the forecast that it explains was above the measured gain
     * @param mechanism what the model or the proposal lacks, and the evidence for it
     */
    record Explanation(boolean tooHigh, String mechanism) {
    }

    /** Those of a file; none where there is no such file. */
    static Explanations read(Path file) throws IOException {
        Map<String, Explanation> byRow = new LinkedHashMap<>();
        if (Files.exists(file)) {
            JsonNode root = parse(file);
            if (!root.isObject()) {
                throw new InputException(file + ": not a JSON object of rows; give {\"E1/free/mixed\": {\"miss\": \"too high\", \"mechanism\": \"...\"}}");
            }
            for (Map.Entry<String, JsonNode> row : root.properties()) {
                byRow.put(row.getKey(), explanation(row.getValue(), file + ": /" + row.getKey().replace("/", "~1")));
            }
        }
        return new Explanations(byRow);
    }

    private static JsonNode parse(Path file) throws IOException {
        try {
            return new ObjectMapper().enable(JsonParser.Feature.ALLOW_COMMENTS).readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new InputException(file + ", line " + e.getLocation().getLineNr() + ": not JSON (" + e.getOriginalMessage() + ")");
        }
    }

    private static Explanation explanation(JsonNode node, String where) {
        if (!node.isObject() || !node.properties().stream().allMatch(p -> KEYS.contains(p.getKey()))) {
            throw new InputException(where + ": give an object with the keys miss and mechanism");
        }
        String miss = node.path("miss").asText();
        String mechanism = node.path("mechanism").asText().strip();
        if (!miss.equals("too high") && !miss.equals("too low")) {
            throw new InputException(where + "/miss: give \"too high\" or \"too low\", as the forecast was");
        }
        if (mechanism.isEmpty()) {
            throw new InputException(where + "/mechanism: missing; say what the model or the proposal lacks, and the evidence");
        }
        return new Explanation(miss.equals("too high"), mechanism);
    }

    /** What to print beside a miss: the explanation, flagged where the miss has changed its sign since. */
    String of(String row, double miss) {
        Explanation explanation = byRow.get(row);
        if (explanation == null) {
            return "not explained yet";
        }
        boolean stale = explanation.tooHigh() != miss > 0;
        return (stale ? "**Stale: written of a forecast that was too " + (explanation.tooHigh() ? "high" : "low") + ".** " : "")
                + explanation.mechanism();
    }
}
