package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Json;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.Spelling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A named list of edits with a reason: an optimisation that somebody may write.
 *
 * @param id         short name, such as {@code E1}
 * @param title      one line
 * @param reason     why it should help
 * @param effortDays engineer-days, least and most; empty where the author states none
 * @param risk       the author's words
 * @param statedGain the author's forecast in percent, least and most; empty where there is none
 * @param base       name of the variant from whose trace it is forecast
 * @param variant    name of the variant of the allocator under study that carries it out; empty for others
 * @param file       where it was read from
 * @param edits      the edits, applied one after another; none is a control, whose gain is zero
 */
public record Proposal(String id, String title, String reason, List<Double> effortDays, String risk,
                       List<Double> statedGain, String base, String variant, String file, List<Edit> edits) {
    private static final String FOLDER = "/proposals/";
    private static final Set<String> KEYS = Set.of("id", "title", "reason", "effortDays", "risk", "statedGain", "base",
            "variant", "edits");
    private static final String BASELINE = "baseline";

    /** The shipped proposals that are forecast where none is chosen, in the order of {@code proposals/index.json}. */
    public static List<Proposal> shipped() {
        return listed("forecast");
    }

    /** All shipped proposals: those that are forecast by default, and those that are found by their ids. */
    public static List<Proposal> all() {
        List<Proposal> all = new ArrayList<>(shipped());
        all.addAll(listed("byId"));
        return all;
    }

    private static List<Proposal> listed(String list) {
        List<Proposal> listed = new ArrayList<>();
        for (JsonNode name : Json.resource(FOLDER + "index.json").path(list)) {
            listed.add(parse(Json.resource(FOLDER + name.asText()), name.asText()));
        }
        return listed;
    }

    /**
     * Loads a shipped proposal by its id (in any case), or one from a file.
     *
     * @throws ModelException naming file and JSON path of what is wrong
     */
    public static Proposal load(String idOrFile) {
        List<Proposal> all = all();
        for (Proposal p : all) {
            if (p.id().equalsIgnoreCase(idOrFile)) {
                return p;
            }
        }
        if (!idOrFile.endsWith(".json")) {
            throw new ModelException("unknown proposal '" + idOrFile + "': use one of "
                    + String.join(", ", all.stream().map(Proposal::id).toList()) + ", or a file ending in .json");
        }
        return parse(Json.read(Path.of(idOrFile)), idOrFile);
    }

    private static Proposal parse(JsonNode root, String file) {
        keys(root, KEYS, file + ": ");
        List<Edit> edits = new ArrayList<>();
        JsonNode list = root.path("edits");
        if (!list.isArray()) {
            throw new ModelException(file + ": /edits: give a list of edits");
        }
        for (int k = 0; k < list.size(); k++) {
            edits.add(edit(list.get(k), file + ": /edits/" + k));
        }
        return new Proposal(text(root, "id", file + ": "), text(root, "title", file + ": "),
                root.path("reason").asText(""), range(root, "effortDays", file), root.path("risk").asText(""),
                range(root, "statedGain", file), root.has("base") ? text(root, "base", file + ": ") : BASELINE,
                root.path("variant").asText(""), file, List.copyOf(edits));
    }

    private static Edit edit(JsonNode node, String where) {
        String verb = text(node, "verb", where);
        return switch (verb) {
            case "remove" -> {
                keys(node, Set.of("verb", "reads", "in"), where);
                yield new Remove(names(node, "reads", where, true), names(node, "in", where, false));
            }
            case "coalesce" -> {
                keys(node, Set.of("verb", "gates", "unset", "in"), where);
                if (!node.path("unset").canConvertToLong()) {
                    throw new ModelException(where + "/unset: give the whole number that means 'not yet set'");
                }
                yield new Coalesce(names(node, "gates", where, true), node.path("unset").asLong(),
                        names(node, "in", where, false));
            }
            case "specialise" -> {
                keys(node, Set.of("verb", "function", "with", "key", "settled", "dispatch"), where);
                yield new Specialise(text(node, "function", where), names(node, "with", where, false),
                        node.path("key").isObject() ? "" : text(node, "key", where),
                        node.path("key").isObject() ? Selector.parse(node.path("key"), where + "/key") : null,
                        names(node, "settled", where, false), dispatch(node, where));
            }
            case "insert" -> Insert.parse(node, where);
            case "replace" -> Replace.parse(node, where);
            case "inline" -> Inline.parse(node, where);
            case "outline" -> Outline.parse(node, where);
            case "reorder" -> Reorder.parse(node, where);
            case "relocate" -> node.has("variables") ? RelocateVariables.parse(node, where)
                    : RelocateObjects.parse(node, where);
            default -> throw new ModelException(where + "/verb: unknown verb '" + Spelling.quoted(verb)
                    + "'; use coalesce, inline, insert, outline, relocate, remove, reorder, replace or specialise");
        };
    }

    private static Specialise.Dispatch dispatch(JsonNode node, String where) {
        return switch (text(node, "dispatch", where)) {
            case "jump-table" -> Specialise.Dispatch.JUMP_TABLE;
            case "compare-chain" -> Specialise.Dispatch.COMPARE_CHAIN;
            default -> throw new ModelException(where + "/dispatch: use jump-table or compare-chain");
        };
    }

    /** A number of bytes, from 1 to 1 GiB. */
    static long bytes(JsonNode node, String key, String where) {
        JsonNode number = node.path(key);
        if (!number.isIntegralNumber() || !number.canConvertToInt() || number.asInt() < 1 || number.asInt() > 1 << 30) {
            throw new ModelException(where + "/" + key + ": give a number of bytes, from 1 to 2^30");
        }
        return number.asInt();
    }

    static void keys(JsonNode node, Set<String> allowed, String where) {
        if (!node.isObject()) {
            throw new ModelException(where + " not a JSON object");
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!allowed.contains(key)) {
                throw new ModelException(where + "/" + Spelling.quoted(key) + ": unknown" + Spelling.hint(key, allowed)
                        + "; allowed are " + String.join(", ", allowed.stream().sorted().toList()));
            }
        });
    }

    static String text(JsonNode node, String key, String where) {
        if (!node.path(key).isTextual() || node.path(key).asText().isBlank()) {
            throw new ModelException(where + "/" + key + ": missing or not a string");
        }
        return node.path(key).asText();
    }

    static List<String> names(JsonNode node, String key, String where, boolean required) {
        List<String> names = new ArrayList<>();
        JsonNode list = node.path(key);
        boolean wrong = !list.isMissingNode() && !list.isArray();
        for (JsonNode name : list) {
            wrong |= !name.isTextual();
            names.add(name.asText());
        }
        if (wrong || required && names.isEmpty()) {
            throw new ModelException(where + "/" + key + ": give a list of names");
        }
        return List.copyOf(names);
    }

    /** A whole number, or another one where there is none. */
    static int number(JsonNode node, String key, int otherwise, int least, int most, String where) {
        JsonNode number = node.path(key);
        if (number.isMissingNode()) {
            return otherwise;
        }
        if (!number.canConvertToInt() || !number.isIntegralNumber() || number.asInt() < least || number.asInt() > most) {
            throw new ModelException(where + "/" + key + ": give a whole number from " + least + " to " + most);
        }
        return number.asInt();
    }

    private static List<Double> range(JsonNode root, String key, String file) {
        JsonNode node = root.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (node.size() != 2 || !node.get(0).isNumber() || !node.get(1).isNumber()
                || node.get(0).asDouble() > node.get(1).asDouble()) {
            throw new ModelException(file + ": /" + key + ": give [least, most], or null");
        }
        return List.of(node.get(0).asDouble(), node.get(1).asDouble());
    }
}
