package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One static access to data that no symbol names, as a proposal selects it: by function, direction and width.
 *
 * @param in    function that accesses
 * @param store whether it writes; else it reads
 * @param bytes width
 * @param value the value read, or the constant written, of the accesses meant; null for all
 */
record Access(String in, boolean store, int bytes, Integer value) {
    static Access parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("in", "access", "bytes", "value"), where);
        String access = Proposal.text(node, "access", where);
        if (!access.equals("load") && !access.equals("store")) {
            throw new ModelException(where + "/access: use load or store");
        }
        if (node.has("value") && !node.path("value").canConvertToInt()) {
            throw new ModelException(where + "/value: give a whole number");
        }
        return new Access(Proposal.text(node, "in", where), access.equals("store"),
                (int) Proposal.bytes(node, "bytes", where), node.has("value") ? node.path("value").asInt() : null);
    }

    /**
     * The instruction that is meant.
     *
     * @throws ModelException if the sample executes none such, or several
     */
    int find(Program program, Events sample, String where) {
        Set<Integer> bodies = program.bodies(List.of(in), where);
        Set<Integer> found = new TreeSet<>();
        for (int e = 0; e < sample.size(); e++) {
            int s = sample.instruction(e);
            if (bodies.contains(program.code().bodyOf(s)) && matches(program, sample, e, s)) {
                found.add(s);
            }
        }
        if (found.size() != 1) {
            throw new ModelException(where + ": " + found.size() + " instructions of " + in + " in the trace "
                    + (store ? "store " : "load ") + bytes + " byte" + (bytes == 1 ? "" : "s")
                    + (value == null ? "" : " of value " + value) + " where no symbol is; select one by function, access, bytes"
                    + " and value");
        }
        return found.iterator().next();
    }

    /** Whether an event of the instruction found is meant: whether its value is the one asked for. */
    boolean matches(Program program, Events events, int event, int instruction) {
        Instruction i = program.code().instruction(instruction);
        if (i.memory().isEmpty() || !plain(i.memory().getFirst())) {
            return false;
        }
        long seen = store ? i.immediate() & (1L << 8 * Math.min(bytes, 7)) - 1 : events.value(event);
        return value == null || value == seen;
    }

    private boolean plain(MemoryOperand m) {
        return m.bytes() == bytes && (store ? m.written() : m.read() && !m.written()) && !m.stack() && m.variable() < 0
                && m.segment() == MemoryOperand.Segment.NONE;
    }
}
