package dev.cyclecast.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One microarchitecture as data: every {@link Constant} with its provenance, and which column of the instruction table
 * holds.
 *
 * @param name         short name, such as {@code zen4}
 * @param title        name for people
 * @param instructions column of the instruction table ({@code zen3}, {@code zen4}, {@code zen5})
 * @param constants    every constant
 * @param forms        instruction forms that this core times otherwise than the table, such as {@code imul r64,r64}
 * @param missing      units of a real core that the model does not have yet, for {@code cyclecast cores}
 */
public record CoreProfile(String name, String title, String instructions, Map<Constant, Value> constants,
                          Map<String, FormTiming> forms, List<String> missing) {
    /** Name of the profile that calibration writes. */
    public static final String HOST = "host";
    private static final List<String> SHIPPED = List.of("zen3", "zen4", "zen5");
    private static final List<String> VALUE_KEYS = List.of("value", "low", "high", "confidence", "source", "note");
    private static final int LINES_PER_KIB = 16;
    /** Ports that are among others, by these: there are no more of them. */
    private static final Map<Constant, Constant> AT_MOST = Map.of(Constant.BRANCH_PORTS_SHARED, Constant.ALU_PORTS,
            Constant.MULTIPLY_PORTS, Constant.ALU_PORTS, Constant.SHIFT_PORTS, Constant.ALU_PORTS,
            Constant.CONDITION_PORTS, Constant.ALU_PORTS, Constant.LOAD_PORTS, Constant.AGU_PORTS,
            Constant.STORE_PORTS, Constant.AGU_PORTS);
    /** From the nearest memory to the farthest. */
    private static final List<Constant> LATENCIES = List.of(Constant.L1D_LATENCY, Constant.L2_LATENCY, Constant.L3_LATENCY,
            Constant.MEMORY_LATENCY);
    private static final String HOST_FILE = "build/calibration/host.json";

    /**
     * A constant's value and where it comes from.
     *
     * @param value      the value, in the constant's unit
     * @param low        least plausible value
     * @param high       greatest plausible value
     * @param confidence A measured on the target, B vendor text, C third-party measurement, D secondary, G general knowledge
     * @param source     key into the list of sources
     * @param note       remark, may be empty
     */
    public record Value(int value, double low, double high, char confidence, String source, String note) {
        private Value with(int other) {
            return new Value(other, low, high, confidence, source, note);
        }
    }

    public CoreProfile {
        constants = Map.copyOf(constants);
        // In order: where two forms name one row, the first of them holds.
        forms = Collections.unmodifiableMap(new TreeMap<>(forms));
        missing = List.copyOf(missing);
    }

    /** Names of the shipped profiles. */
    public static List<String> names() {
        return SHIPPED;
    }

    /** Where the profile of this host is, once calibration has written it. */
    public static Path hostFile() {
        String home = System.getProperty("cyclecast.home");
        if (home == null) {
            throw new ModelException("system property cyclecast.home is not set; it names the folder that holds build/");
        }
        return Path.of(home, HOST_FILE);
    }

    /**
     * Loads a shipped profile by name, {@code host}, or one from a file.
     *
     * @throws ModelException naming the file and JSON path of what is missing or out of range
     */
    public static CoreProfile load(String nameOrFile) {
        if (SHIPPED.contains(nameOrFile)) {
            return parse(Json.resource("/cores/" + nameOrFile + ".json"), nameOrFile + ".json");
        }
        if (nameOrFile.equals(HOST)) {
            Path file = hostFile();
            if (!Files.exists(file)) {
                throw new ModelException(file + ": there is no profile of this host yet; make one with ./cyclecast calibrate");
            }
            try {
                return parse(Json.read(file), file.toString());
            } catch (ModelException e) {
                throw new ModelException(e.getMessage() + "; or have it made anew: ./cyclecast calibrate --refit");
            }
        }
        if (nameOrFile.endsWith(".json")) {
            return parse(Json.read(Path.of(nameOrFile)), nameOrFile);
        }
        throw new ModelException("unknown core '" + nameOrFile + "': use one of " + String.join(", ", SHIPPED)
                + ", host, or the path of a profile ending in .json");
    }

    /** The value of a constant. */
    public int get(Constant constant) {
        return constants.get(constant).value();
    }

    /** Whether a flag is set. */
    public boolean has(Constant flag) {
        return get(flag) != 0;
    }

    /** This profile with one constant changed. */
    public CoreProfile with(Constant constant, int value) {
        Value old = constants.get(constant);
        return with(constant, new Value(value, value, value, old.confidence(), old.source(), old.note()));
    }

    /** This profile with one constant changed, and where its value comes from. */
    public CoreProfile with(Constant constant, Value value) {
        Map<Constant, Value> changed = new EnumMap<>(constants);
        changed.put(constant, value);
        return new CoreProfile(name, title, instructions, changed, forms, missing);
    }

    /** How this core times an instruction form; null if neither it nor the table knows the form. */
    public FormTiming form(String form) {
        FormTiming own = forms.get(form);
        return own != null ? own : InstructionTable.of(instructions).timing(form);
    }

    /** This profile with one instruction form timed otherwise. */
    public CoreProfile with(String form, FormTiming timing) {
        Map<String, FormTiming> changed = new TreeMap<>(forms);
        changed.put(form, timing);
        return new CoreProfile(name, title, instructions, constants, changed, missing);
    }

    /**
     * This profile with every uncertain constant moved to a quantile of its plausible range.
     *
     * @param quantile for each constant's ordinal, a number in [0, 1)
     */
    public CoreProfile draw(double[] quantile) {
        Map<Constant, Value> drawn = new EnumMap<>(constants);
        for (Constant c : Constant.values()) {
            Value v = constants.get(c);
            if (v.low() < v.high()) {
                double u = quantile[c.ordinal()];
                double x = c.kind() == Constant.Kind.LATENCY
                        ? v.low() + u * (v.high() - v.low())
                        : u < 1.0 / 3 ? v.low() : u < 2.0 / 3 ? v.value() : v.high();
                int value = Math.clamp(Math.round(x), c.minimum(), c.maximum());
                drawn.put(c, v.with(value));
            }
        }
        // What is drawn apart must still make a core.
        AT_MOST.forEach((c, limit) -> drawn.computeIfPresent(c, (k, v) -> v.with(Math.min(v.value(), drawn.get(limit).value()))));
        for (int level = 1; level < LATENCIES.size(); level++) {
            int nearer = drawn.get(LATENCIES.get(level - 1)).value();
            drawn.computeIfPresent(LATENCIES.get(level), (k, v) -> v.with(Math.max(v.value(), nearer)));
        }
        return new CoreProfile(name, title, instructions, drawn, forms, missing);
    }

    private static CoreProfile parse(JsonNode root, String file) {
        String name = text(root, "name", file);
        JsonNode table = root.path("constants");
        if (!table.isObject()) {
            throw new ModelException(file + ": /constants: missing or not an object; give one value for each constant");
        }
        Map<Constant, Value> constants = new EnumMap<>(Constant.class);
        table.fieldNames().forEachRemaining(key -> {
            List<String> keys = Arrays.stream(Constant.values()).map(Constant::key).toList();
            if (!keys.contains(key)) {
                throw new ModelException(file + ": /constants/" + Spelling.quoted(key) + ": no constant of that name"
                        + Spelling.hint(key, keys));
            }
        });
        for (Constant c : Constant.values()) {
            constants.put(c, value(c, table.path(c.key()), file));
        }
        List<String> missing = new java.util.ArrayList<>();
        root.path("missing").forEach(m -> missing.add(m.asText()));
        String instructions = text(root, "instructions", file);
        InstructionTable.check(instructions, file);
        CoreProfile profile = new CoreProfile(name, text(root, "title", file), instructions, constants,
                FormTiming.parse(root.path("forms"), instructions, file), missing);
        profile.check(file);
        return profile;
    }

    private static Value value(Constant c, JsonNode node, String file) {
        String path = file + ": /constants/" + c.key();
        String allowed = c.minimum() + ".." + c.maximum() + " " + c.unit();
        if (node.isMissingNode()) {
            throw new ModelException(path + ": missing; give {\"value\": ...} in " + allowed);
        }
        if (!node.isObject()) {
            throw new ModelException(path + ": not an object; give {\"value\": ...} in " + allowed);
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!VALUE_KEYS.contains(key)) {
                throw new ModelException(path + "/" + Spelling.quoted(key) + ": unknown" + Spelling.hint(key, VALUE_KEYS)
                        + "; allowed are " + String.join(", ", VALUE_KEYS));
            }
        });
        if (!node.path("value").canConvertToInt() || !node.path("value").isIntegralNumber()) {
            throw new ModelException(path + "/value: not a whole number in " + allowed);
        }
        int value = node.path("value").asInt();
        if (value < c.minimum() || value > c.maximum()) {
            throw new ModelException(path + "/value: " + value + " is outside " + allowed);
        }
        String confidence = node.path("confidence").asText("G");
        if (confidence.length() != 1 || "ABCDG".indexOf(confidence.charAt(0)) < 0) {
            throw new ModelException(path + "/confidence: '" + Spelling.quoted(confidence) + "' is not one of A, B, C, D, G");
        }
        char letter = confidence.charAt(0);
        double spread = spread(c, value, letter);
        double low = end(node, "low", Math.max(c.minimum(), value - spread), path);
        double high = end(node, "high", Math.min(c.maximum(), value + spread), path);
        if (!(low <= value && value <= high && low >= c.minimum() && high <= c.maximum())) {
            throw new ModelException(path + ": the range " + low + ".." + high + " must hold the value " + value
                    + " and lie within " + allowed);
        }
        return new Value(value, low, high, letter, node.path("source").asText(""), node.path("note").asText(""));
    }

    /** An end of the plausible range, or another one where none is given. */
    private static double end(JsonNode node, String key, double otherwise, String path) {
        JsonNode end = node.path(key);
        if (!end.isMissingNode() && !end.isNumber()) {
            throw new ModelException(path + "/" + key + ": not a number");
        }
        return end.asDouble(otherwise);
    }

    /** Half width of the plausible range: a fraction of a latency, a step of a size. */
    private static double spread(Constant c, int value, char confidence) {
        return switch (c.kind()) {
            case LATENCY -> value * switch (confidence) {
                case 'A' -> 0.03;
                case 'C' -> 0.10;
                case 'D' -> 0.20;
                case 'G' -> 0.40;
                default -> 0;
            };
            case SIZE -> switch (confidence) {
                case 'C' -> value < 16 ? 0 : value / 16;
                case 'D' -> Math.max(1, value / 8);
                case 'G' -> Math.max(1, value / 4);
                default -> 0;
            };
            case GEOMETRY, FLAG -> 0;
        };
    }

    /**
     * Fails where constants contradict each other.
     *
     * @throws ModelException naming the file and the constant
     */
    public void check(String file) {
        powerOfTwo(file, Constant.TAGE_ENTRIES);
        powerOfTwo(file, Constant.BIMODAL_ENTRIES);
        powerOfTwo(file, Constant.BANK_BYTES);
        if (get(Constant.DATA_PAGE_KIB) != 4 && get(Constant.DATA_PAGE_KIB) != 2048) {
            throw new ModelException(file + ": /constants/dataPageKib/value: " + get(Constant.DATA_PAGE_KIB)
                    + " is no page size; use 4 or 2048");
        }
        if (get(Constant.OP_CACHE_SETS) > 0) {
            powerOfTwo(file, Constant.OP_CACHE_SETS);
        }
        AT_MOST.forEach((c, limit) -> {
            if (get(c) > get(limit)) {
                throw new ModelException(file + ": /constants/" + c.key() + "/value: " + get(c) + " is more than " + limit.key()
                        + ", " + get(limit));
            }
        });
        noLessThan(file, Constant.L2_KIB, Constant.L1D_KIB);
        if (get(Constant.L3_KIB) > 0) {
            noLessThan(file, Constant.L3_KIB, Constant.L2_KIB);
        }
        sets(file, Constant.L1I_KIB, Constant.L1I_WAYS);
        sets(file, Constant.L1D_KIB, Constant.L1D_WAYS);
        sets(file, Constant.L2_KIB, Constant.L2_WAYS);
        if (get(Constant.L3_KIB) > 0) {
            sets(file, Constant.L3_KIB, Constant.L3_WAYS);
        }
        if (get(Constant.BRANCH_PORTS_SHARED) + get(Constant.BRANCH_PORTS_OWN) == 0) {
            throw new ModelException(file + ": /constants/branchPortsOwn/value: a core needs a port for branches");
        }
        if (get(Constant.AGU_SCHEDULER_ENTRIES) > 0 && get(Constant.INT_SCHEDULER_QUEUES) > 3) {
            throw new ModelException(file + ": /constants/intSchedulerQueues/value: more than three queues serve addresses as well;"
                    + " set aguSchedulerEntries to 0");
        }
        if (IntStream.range(1, LATENCIES.size()).anyMatch(level -> get(LATENCIES.get(level)) < get(LATENCIES.get(level - 1)))) {
            throw new ModelException(file + ": /constants/l2Latency/value: load-to-use must not fall from L1D to memory");
        }
    }

    private void powerOfTwo(String file, Constant c) {
        if (Integer.bitCount(get(c)) != 1) {
            throw new ModelException(file + ": /constants/" + c.key() + "/value: " + get(c) + " is not a power of two");
        }
    }

    private void noLessThan(String file, Constant outer, Constant inner) {
        if (get(outer) < get(inner)) {
            throw new ModelException(file + ": /constants/" + outer.key() + "/value: " + get(outer) + " is less than "
                    + inner.key() + ", " + get(inner));
        }
    }

    /** A cache of 64-byte lines has a power of two of sets. */
    private void sets(String file, Constant size, Constant ways) {
        int lines = get(size) * LINES_PER_KIB;
        if (lines % get(ways) != 0 || Integer.bitCount(lines / get(ways)) != 1) {
            throw new ModelException(file + ": /constants/" + ways.key() + "/value: " + get(size) + " KiB in " + get(ways)
                    + " ways make " + (double) lines / get(ways) + " sets; sets must be a power of two");
        }
    }

    private static String text(JsonNode root, String key, String file) {
        if (!root.path(key).isTextual()) {
            throw new ModelException(file + ": /" + key + ": missing or not a string");
        }
        return root.path(key).asText();
    }
}
