package dev.cyclecast.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a profile says of one instruction form in place of its instruction table: macro-ops, latency and how long the port is
 * kept. It holds for every instruction of that mnemonic which the table times by the same row.
 *
 * @param ops     macro-ops
 * @param latency cycles from operands to result, a load excluded
 * @param busy    cycles that the port is kept
 */
public record FormTiming(int ops, int latency, int busy) {
    /** The form under which atomic operations on memory are known; its latency is from memory to memory. */
    public static final String LOCKED = "lock";

    private static final int MOST_OPS = 100;
    private static final int MOST_CYCLES = 1000;
    private static final int LONGEST_BUSY = 100;

    /** Parts of a timing that may differ from the table's. */
    public enum Part {
        /** Macro-ops. */
        OPS(1, MOST_OPS),
        /** Cycles from operands to result. */
        LATENCY(0, MOST_CYCLES),
        /** Cycles that the port is kept. */
        BUSY(1, LONGEST_BUSY);

        private final int minimum;
        private final int maximum;

        Part(int minimum, int maximum) {
            this.minimum = minimum;
            this.maximum = maximum;
        }

        /** Name in a profile's JSON. */
        public String key() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /** Least value allowed. */
        public int minimum() {
            return minimum;
        }

        /** Greatest value allowed. */
        public int maximum() {
            return maximum;
        }
    }

    /** The value of a part. */
    public int get(Part part) {
        return switch (part) {
            case OPS -> ops;
            case LATENCY -> latency;
            case BUSY -> busy;
        };
    }

    /** The same with another value of a part. */
    public FormTiming with(Part part, int value) {
        return switch (part) {
            case OPS -> new FormTiming(value, latency, busy);
            case LATENCY -> new FormTiming(ops, value, busy);
            case BUSY -> new FormTiming(ops, latency, value);
        };
    }

    /** Reads {@code {"imul r64,r64": {"ops": 1, "latency": 3, "busy": 1}}}; a part that is left out is as in the table. */
    static Map<String, FormTiming> parse(JsonNode forms, String instructions, String file) {
        Map<String, FormTiming> result = new LinkedHashMap<>();
        if (!forms.isMissingNode() && !forms.isObject()) {
            throw new ModelException(file + ": /forms: not an object of instruction forms and their timings");
        }
        for (Map.Entry<String, JsonNode> form : forms.properties()) {
            String path = file + ": /forms/" + form.getKey();
            FormTiming timing = InstructionTable.of(instructions).timing(form.getKey());
            if (timing == null) {
                throw new ModelException(path + ": no row of instructions.json times such an instruction");
            }
            for (Part part : Part.values()) {
                JsonNode value = form.getValue().path(part.key());
                if (!value.isMissingNode()) {
                    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < part.minimum()
                            || value.asInt() > part.maximum()) {
                        throw new ModelException(path + "/" + part.key() + ": " + value + " is not a whole number from "
                                + part.minimum() + " to " + part.maximum());
                    }
                    timing = timing.with(part, value.asInt());
                }
            }
            result.put(form.getKey(), timing);
        }
        return result;
    }
}
