package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Json;
import dev.cyclecast.model.ModelException;
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

    /** Whether it is forecast from a trace of the baseline. */
    public boolean startsFromBaseline() {
        return base.equals(BASELINE);
    }

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
                        text(node, "key", where), names(node, "settled", where, false), dispatch(node, where));
            }
            case "inline" -> {
                keys(node, Set.of("verb", "function", "in"), where);
                yield new Inline(text(node, "function", where), names(node, "in", where, false));
            }
            case "outline" -> outline(node, where);
            case "reorder" -> {
                keys(node, Set.of("verb", "in", "on", "hot"), where);
                yield new Reorder(names(node, "in", where, true), names(node, "on", where, false), side(node, where));
            }
            case "relocate" -> node.has("variables") ? relocateVariables(node, where) : relocateObjects(node, where);
            default -> throw new ModelException(where + "/verb: unknown verb '" + verb
                    + "'; use remove, coalesce, specialise, inline, outline, reorder or relocate");
        };
    }

    private static Edit outline(JsonNode node, String where) {
        keys(node, Set.of("verb", "function", "as", "from", "never", "cold"), where);
        JsonNode from = node.path("from");
        for (String flag : List.of("never", "cold")) {
            if (node.has(flag) && !node.path(flag).isBoolean()) {
                throw new ModelException(where + "/" + flag + ": use true or false");
            }
        }
        boolean never = node.path("never").asBoolean();
        if (never == node.has("from") || node.has("from") && (!from.isObject() || from.size() != 1)) {
            throw new ModelException(where + "/from: give {\"reads\": variable} or {\"calls\": function}, or \"never\": true "
                    + "instead of it");
        }
        if (!never) {
            keys(from, Set.of("reads", "calls"), where + "/from");
        }
        return new Outline(text(node, "function", where), text(node, "as", where),
                from.has("reads") ? text(from, "reads", where + "/from") : "",
                from.has("calls") ? text(from, "calls", where + "/from") : "", node.path("cold").asBoolean());
    }

    private static Reorder.Side side(JsonNode node, String where) {
        return switch (text(node, "hot", where)) {
            case "taken" -> Reorder.Side.TAKEN;
            case "falls-through" -> Reorder.Side.FALLS_THROUGH;
            default -> throw new ModelException(where + "/hot: use taken or falls-through");
        };
    }

    private static Specialise.Dispatch dispatch(JsonNode node, String where) {
        return switch (text(node, "dispatch", where)) {
            case "jump-table" -> Specialise.Dispatch.JUMP_TABLE;
            case "compare-chain" -> Specialise.Dispatch.COMPARE_CHAIN;
            default -> throw new ModelException(where + "/dispatch: use jump-table or compare-chain");
        };
    }

    private static Edit relocateVariables(JsonNode node, String where) {
        keys(node, Set.of("verb", "variables", "spacing"), where);
        long spacing = bytes(node, "spacing", where);
        if (Long.bitCount(spacing) != 1) {
            throw new ModelException(where + "/spacing: give a power of two");
        }
        return new RelocateVariables(names(node, "variables", where, true), spacing);
    }

    private static Edit relocateObjects(JsonNode node, String where) {
        keys(node, Set.of("verb", "objects", "bytes", "stride", "slab"), where);
        long bytes = bytes(node, "bytes", where);
        long slab = bytes(node, "slab", where);
        if (Long.bitCount(slab) != 1 || slab < bytes) {
            throw new ModelException(where + "/slab: give a power of two that holds an object");
        }
        long stride = bytes(node, "stride", where);
        if (stride < bytes) {
            throw new ModelException(where + "/stride: objects of " + bytes + " bytes would overlap");
        }
        return new RelocateObjects(access(node, "objects", where), bytes, stride, slab);
    }

    private static Access access(JsonNode parent, String key, String where) {
        JsonNode node = parent.path(key);
        String at = where + "/" + key;
        keys(node, Set.of("in", "access", "bytes", "value"), at);
        String access = text(node, "access", at);
        if (!access.equals("load") && !access.equals("store")) {
            throw new ModelException(at + "/access: use load or store");
        }
        if (node.has("value") && !node.path("value").canConvertToInt()) {
            throw new ModelException(at + "/value: give a whole number");
        }
        return new Access(text(node, "in", at), access.equals("store"), (int) bytes(node, "bytes", at),
                node.has("value") ? node.path("value").asInt() : null);
    }

    /** A number of bytes, from 1 to 1 GiB. */
    private static long bytes(JsonNode node, String key, String where) {
        JsonNode number = node.path(key);
        if (!number.isIntegralNumber() || !number.canConvertToInt() || number.asInt() < 1 || number.asInt() > 1 << 30) {
            throw new ModelException(where + "/" + key + ": give a number of bytes, from 1 to 2^30");
        }
        return number.asInt();
    }

    private static void keys(JsonNode node, Set<String> allowed, String where) {
        if (!node.isObject()) {
            throw new ModelException(where + " not a JSON object");
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!allowed.contains(key)) {
                throw new ModelException(where + "/" + key + ": unknown; allowed are "
                        + String.join(", ", allowed.stream().sorted().toList()));
            }
        });
    }

    private static String text(JsonNode node, String key, String where) {
        if (!node.path(key).isTextual() || node.path(key).asText().isBlank()) {
            throw new ModelException(where + "/" + key + ": missing or not a string");
        }
        return node.path(key).asText();
    }

    private static List<String> names(JsonNode node, String key, String where, boolean required) {
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
