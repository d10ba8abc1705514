package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes a part of a function one of its own: what is executed only once a place is passed. Where that part ends the
 * function, it is jumped to, behind the function's epilogue; else it is called. Or, with no place given, moves away from a
 * function what the trace never executes.
 *
 * @param function where the code is
 * @param as       name of the new function
 * @param first    instructions with which the part begins; null for what is never executed
 * @param behind   whether it begins behind them
 * @param cold     whether the new function lies with cold code, far away, and is compiled for size
 */
record Outline(String function, String as, Selector first, boolean behind, boolean cold) implements Edit {
    static Outline parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("verb", "function", "as", "from", "behind", "never", "cold"), where);
        for (String flag : List.of("never", "cold")) {
            if (node.has(flag) && !node.path(flag).isBoolean()) {
                throw new ModelException(where + "/" + flag + ": use true or false");
            }
        }
        boolean never = node.path("never").asBoolean();
        if ((never ? 1 : 0) + (node.has("from") ? 1 : 0) + (node.has("behind") ? 1 : 0) != 1) {
            throw new ModelException(where + ": give one of from, behind, and \"never\": true");
        }
        String key = node.has("behind") ? "behind" : "from";
        return new Outline(Proposal.text(node, "function", where), Proposal.text(node, "as", where),
                never ? null : Selector.parse(node.path(key), where + "/" + key), node.has("behind"),
                node.path("cold").asBoolean());
    }

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Calls finder = new Calls(program, sample);
        int body = finder.function(function, where);
        if (first == null) {
            return neverExecuted(program, finder, sample, body, where);
        }
        Set<Integer> parts = finder.parts(body);
        Set<Integer> begin = new HashSet<>(first.find(program, sample, where + (behind ? "/behind" : "/from")));
        Region region = new Region(program, sample, parts, finder.entry(body), begin, behind, where);
        return new Outlining(program, finder, region, body, parts, as, start(program, body), cold);
    }

    /** Address that places the new function among the others. */
    private long start(Program program, int body) {
        Code.Body old = program.code().bodies().get(body);
        if (!cold) {
            return old.start();
        }
        Code.Body last = program.code().bodies().stream().filter(b -> b.movable() && b.module() == old.module())
                .reduce((a, b) -> a.start() > b.start() ? a : b).orElse(old);
        long bytes = last.tail();
        for (int k = 0; k < last.instructions().length; k++) {
            bytes += last.gapBefore()[k] + program.code().instruction(last.instructions()[k]).length();
        }
        return last.start() + bytes + last.alignment() - 1 & -last.alignment();
    }

    private Rewrite neverExecuted(Program program, Calls finder, Events sample, int body, String where) {
        Code.Body old = program.code().bodies().get(body);
        List<Rearranged.Item> kept = new ArrayList<>();
        int bytes = 0;
        for (Rearranged.Item item : Rearranged.items(program.code(), old)) {
            if (item.instruction() >= 0) {
                kept.add(item);
            } else {
                bytes += item.bytes();
            }
        }
        if (bytes == 0) {
            throw new ModelException(where + ": the trace executes all of " + function + "; nothing of it can be moved away");
        }
        Map<Integer, Integer> targets = finder.targets();
        Code.Body moved = new Code.Body(as, old.module(), true, start(program, body), new int[0], new int[0], bytes,
                old.alignment());
        return new Rearranged(program, new HashMap<>(Map.of(body, kept)), Set.of(), List.of(moved), targets);
    }
}
