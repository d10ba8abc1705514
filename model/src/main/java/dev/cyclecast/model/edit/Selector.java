package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Selects executed instructions by what they do: all that is given must hold. What is not given is null, empty or 0.
 *
 * @param in       functions to look in; everywhere where it is empty
 * @param reads    variable that it loads from
 * @param writes   variable that it stores to
 * @param calls    function that it calls, or jumps to as its last deed
 * @param at       a place in the function
 * @param load     what it loads
 * @param store    what it stores
 * @param mnemonic its name
 * @param nth      which of those in each function, in code order, from 1
 */
record Selector(List<String> in, String reads, String writes, String calls, Place at, Shape load, Shape store,
                String mnemonic, int nth) {
    private static final Set<String> KEYS = Set.of("in", "reads", "writes", "calls", "at", "load", "store", "mnemonic", "nth");

    /** A place in a function. */
    enum Place {
        /** Its first instruction, behind the landing mark of indirect calls. */
        ENTRY,
        /** Its returns, and the jumps with which it ends in another function. */
        RETURN
    }

    /** Width and displacement of an access; null for any. */
    record Shape(Integer bytes, Long displacement) {
        boolean matches(Instruction i, boolean written) {
            return i.memory().stream().anyMatch(m -> !m.stack() && (written ? m.written() : m.read())
                    && (bytes == null || bytes == m.bytes()) && (displacement == null || displacement == m.displacement()));
        }
    }

    /** Reads a selector; {@code where} is its file and JSON path. */
    static Selector parse(JsonNode node, String where) {
        Proposal.keys(node, KEYS, where);
        Selector selector = new Selector(Proposal.names(node, "in", where, false), name(node, "reads", where),
                name(node, "writes", where), name(node, "calls", where), place(node, where), shape(node, "load", where),
                shape(node, "store", where), name(node, "mnemonic", where), Proposal.number(node, "nth", 0, 1, 1 << 16, where));
        if (selector.reads == null && selector.writes == null && selector.calls == null && selector.at == null
                && selector.load == null && selector.store == null && selector.mnemonic == null) {
            throw new ModelException(where + ": selects every instruction; give reads, writes, calls, at, load, store or mnemonic");
        }
        return selector;
    }

    private static String name(JsonNode node, String key, String where) {
        return node.has(key) ? Proposal.text(node, key, where) : null;
    }

    private static Place place(JsonNode node, String where) {
        String name = name(node, "at", where);
        if (name != null && !name.equals("entry") && !name.equals("return")) {
            throw new ModelException(where + "/at: use entry or return");
        }
        return name == null ? null : Place.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static Shape shape(JsonNode node, String key, String where) {
        if (!node.has(key)) {
            return null;
        }
        String path = where + "/" + key;
        JsonNode shape = node.path(key);
        Proposal.keys(shape, Set.of("bytes", "displacement"), path);
        Integer bytes = shape.has("bytes") ? Proposal.number(shape, "bytes", 0, 1, 64, path) : null;
        Long displacement = shape.has("displacement")
                ? (long) Proposal.number(shape, "displacement", 0, Integer.MIN_VALUE, Integer.MAX_VALUE, path) : null;
        return new Shape(bytes, displacement);
    }

    /**
     * The instructions that it selects, in code order.
     *
     * @param sample executed instructions from which they are found
     * @throws ModelException if there are none
     */
    List<Integer> find(Program program, Events sample, String where) {
        Code code = program.code();
        Set<Integer> bodies = program.bodies(in, where);
        boolean[] matches = new boolean[code.size()];
        for (int e = 0; e < sample.size(); e++) {
            matches[sample.instruction(e)] = true;
        }
        if (reads != null) {
            keepAccessing(program.variableReads(sample), program.variable(reads, where), matches);
        }
        if (writes != null) {
            keepAccessing(program.variableWrites(sample), program.variable(writes, where), matches);
        }
        if (calls != null) {
            Set<Integer> callees = program.bodies(List.of(calls), where);
            keep(matches, entering(program, sample, callees));
        }
        if (at == Place.RETURN) {
            keep(matches, returns(program, sample));
        }
        List<Integer> found = new ArrayList<>();
        for (int b = 0; b < code.bodies().size(); b++) {
            if (bodies.contains(b)) {
                select(program, code.bodies().get(b), matches, found);
            }
        }
        if (found.isEmpty()) {
            throw new AbsentSiteException(where + ": selects nothing that the trace executes; see the code with 'objdump -d'");
        }
        return found;
    }

    private void select(Program program, Code.Body body, boolean[] matches, List<Integer> found) {
        int count = 0;
        int entry = program.entry(body);
        for (int s : body.instructions()) {
            Instruction i = program.code().instruction(s);
            boolean selected = matches[s] && (at != Place.ENTRY || s == entry)
                    && (mnemonic == null || mnemonic.equals(i.mnemonic()))
                    && (load == null || load.matches(i, false)) && (store == null || store.matches(i, true));
            if (selected && (nth == 0 || ++count == nth)) {
                found.add(s);
            }
        }
    }

    private static void keepAccessing(int[] variables, int wanted, boolean[] matches) {
        for (int s = 0; s < matches.length; s++) {
            matches[s] &= variables[s] == wanted;
        }
    }

    private static void keep(boolean[] matches, boolean[] also) {
        for (int s = 0; s < matches.length; s++) {
            matches[s] &= also[s];
        }
    }

    /** Calls of functions, and jumps to their first instructions from outside. */
    private static boolean[] entering(Program program, Events sample, Set<Integer> callees) {
        boolean[] enters = new boolean[program.code().size()];
        for (int e = 0; e + 1 < sample.size(); e++) {
            int s = sample.instruction(e);
            if (program.entersOther(sample, e) && callees.contains(program.code().bodyOf(sample.instruction(e + 1)))) {
                enters[s] = true;
            }
        }
        return enters;
    }

    private static boolean[] returns(Program program, Events sample) {
        boolean[] returns = new boolean[program.code().size()];
        for (int e = 0; e < sample.size(); e++) {
            int s = sample.instruction(e);
            Flow flow = program.code().instruction(s).flow();
            returns[s] |= flow == Flow.RETURN || !flow.isCall() && program.entersOther(sample, e);
        }
        return returns;
    }
}
