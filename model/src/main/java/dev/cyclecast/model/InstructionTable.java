package dev.cyclecast.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Macro-ops, latency and port group of instruction forms on one core, from {@code instructions.json}. */
final class InstructionTable {
    /** Groups of ports that execute an operation. */
    enum Port {
        NONE, ALU, CONDITION, SHIFT, MULTIPLY, DIVIDE, BRANCH, VECTOR, VECTOR_MULTIPLY, SHUFFLE, FP_ADD, FP_MULTIPLY, FP_DIVIDE,
        TO_INTEGER, LOAD, STRING, SERIAL
    }

    /**
     * Timing of one form.
     *
     * @param port    group of ports
     * @param ops     macro-ops
     * @param latency cycles from operands to result, a load excluded
     * @param busy    cycles that the port is kept
     * @param known   false where no row matches and the default is charged
     */
    record Entry(Port port, int ops, int latency, int busy, boolean known) {
    }

    /**
     * An lea of base, index and displacement, which is more than one address adder can do.
     *
     * @param ops   macro-ops
     * @param base  cycles from the base register to the result
     * @param index cycles from the index register
     * @param busy  cycles of ports that it takes
     */
    record ThreePartLea(int ops, int base, int index, int busy) {
    }

    private record Row(Pattern operands, Entry entry) {
    }

    private static final String FILE = "/instructions.json";
    /** Tables do not change, and calibration asks for one for each kernel. */
    private static final Map<String, InstructionTable> TABLES = new ConcurrentHashMap<>();
    private final Map<String, List<Row>> rows = new HashMap<>();
    private final int lockedLatency;
    private final ThreePartLea threePartLea;
    private final Port relativeLea;

    private InstructionTable(String core) {
        JsonNode root = Json.resource(FILE);
        lockedLatency = root.path("locked").path(core).asInt();
        JsonNode lea = root.path("threePartLea").path(core);
        threePartLea = new ThreePartLea(lea.path("ops").asInt(), lea.path("base").asInt(), lea.path("index").asInt(),
                lea.path("busy").asInt(1));
        relativeLea = port(root.path("relativeLea").path(core));
        for (JsonNode row : root.path("rows")) {
            JsonNode timing = row.path(core);
            JsonNode port = row.path("port").isObject() ? row.path("port").path(core) : row.path("port");
            Entry entry = new Entry(port(port), timing.path(0).asInt(), timing.path(1).asInt(), timing.path(2).asInt(1), true);
            Pattern operands = row.has("operands") ? Pattern.compile(row.path("operands").asText()) : null;
            for (JsonNode mnemonic : row.path("mnemonics")) {
                rows.computeIfAbsent(mnemonic.asText(), k -> new ArrayList<>()).add(new Row(operands, entry));
            }
        }
    }

    /** The table of a core ({@code zen3}, {@code zen4}, {@code zen5}). */
    static InstructionTable of(String core) {
        return TABLES.computeIfAbsent(core, InstructionTable::new);
    }

    /** Fails where the table has no column for a core. */
    static void check(String core, String file) {
        if (!Json.resource(FILE).path("locked").has(core)) {
            throw new ModelException(file + ": /instructions: no instruction timings for '" + core + "'");
        }
    }

    private static Port port(JsonNode name) {
        return Port.valueOf(name.asText().toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
    }

    /** Ports of an lea relative to the instruction pointer. */
    Port relativeLea() {
        return relativeLea;
    }

    /** Timing of an lea of base, index and displacement. */
    ThreePartLea threePartLea() {
        return threePartLea;
    }

    /** Timings of all instructions of a code. */
    Entry[] entries(Code code) {
        Entry[] entries = new Entry[code.size()];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = entry(code.instruction(i));
        }
        return entries;
    }

    /** Timing of an instruction; an unknown form gets the default and {@code known == false}. */
    Entry entry(Instruction i) {
        if (i.flow() == Flow.CONDITIONAL) {
            return new Entry(Port.BRANCH, 1, 1, 1, true);
        }
        Entry known = known(i.mnemonic(), i.operands().stream().map(Operand::form).collect(Collectors.joining(",")));
        if (known != null) {
            return known;
        }
        boolean vector = i.operands().stream().anyMatch(o -> o.form().startsWith("x"));
        return vector ? new Entry(Port.VECTOR, 1, 3, 1, false) : new Entry(Port.ALU, 1, 1, 1, false);
    }

    /** The entry that a row or a family has for a form; null where the table does not know it. */
    private Entry known(String mnemonic, String operands) {
        if (mnemonic.startsWith("set") || mnemonic.startsWith("cmov")) {
            return new Entry(Port.CONDITION, 1, 1, 1, true);
        }
        Entry found = find(mnemonic, operands);
        // A VEX form takes the row of the form that it extends.
        return found == null && mnemonic.startsWith("v") ? find(mnemonic.substring(1), operands) : found;
    }

    private Entry find(String mnemonic, String operands) {
        for (Row row : rows.getOrDefault(mnemonic, List.of())) {
            if (row.operands() == null || row.operands().matcher(operands).matches()) {
                return row.entry();
            }
        }
        return null;
    }

    private Entry known(String form) {
        String[] words = form.split(" ", 2);
        return known(words[0], words.length > 1 ? words[1] : "");
    }

    /** What the table says of a form such as {@code imul r64,r64}; null if it does not know it. */
    FormTiming timing(String form) {
        if (form.equals(FormTiming.LOCKED)) {
            return new FormTiming(1, lockedLatency, 1);
        }
        Entry entry = known(form);
        return entry == null ? null : new FormTiming(entry.ops(), entry.latency(), entry.busy());
    }

    /** The entry of an instruction where a profile times some forms otherwise. */
    Entry entry(Instruction i, Entry entry, Map<String, FormTiming> forms) {
        for (Map.Entry<String, FormTiming> form : forms.entrySet()) {
            String key = form.getKey();
            boolean same = key.startsWith(i.mnemonic())
                    && (key.length() == i.mnemonic().length() || key.charAt(i.mnemonic().length()) == ' ');
            if (same && entry.equals(known(key))) {
                FormTiming t = form.getValue();
                return new Entry(entry.port(), t.ops(), t.latency(), t.busy(), true);
            }
        }
        return entry;
    }

    /** Cycles of an atomic read-modify-write, memory to memory, where a profile may say otherwise. */
    int lockedLatency(Map<String, FormTiming> forms) {
        FormTiming other = forms.get(FormTiming.LOCKED);
        return other == null ? lockedLatency : other.latency();
    }
}
