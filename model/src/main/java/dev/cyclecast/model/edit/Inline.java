package dev.cyclecast.model.edit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts a copy of a function where it is called or jumped to, without call, return, and what else is only there for the
 * call. A function of which no call is left is gone.
 *
 * @param function the callee
 * @param in       callers; all of them where it is empty
 */
record Inline(String function, List<String> in) implements Edit {
    static Inline parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("verb", "function", "in"), where);
        return new Inline(Proposal.text(node, "function", where), Proposal.names(node, "in", where, false));
    }

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Calls calls = new Calls(program, sample);
        int callee = calls.function(function, where);
        Set<Integer> parts = calls.parts(callee);
        if (calls.recursive(callee, parts)) {
            throw new ModelException(where + ": " + function + " calls itself; a recursive function cannot be inlined");
        }
        Set<Integer> all = calls.sites(callee, parts);
        Set<Integer> sites = new TreeSet<>();
        List<String> callers = in.isEmpty() ? List.of("") : in;
        for (String caller : callers) {
            Set<Integer> here = sites(program, calls, caller, all, where);
            if (here.isEmpty()) {
                throw new AbsentSiteException(where + ": nothing in the trace calls " + function
                        + (caller.isEmpty() ? "" : " in " + caller) + "; select another function or record that path");
            }
            sites.addAll(here);
        }
        return new Inlining(program, calls, callee, parts, sites, sites.size() == all.size());
    }

    private static Set<Integer> sites(Program program, Calls calls, String caller, Set<Integer> all, String where) {
        Set<Integer> bodies = new HashSet<>();
        if (!caller.isEmpty()) {
            program.bodies(List.of(caller), where).forEach(b -> bodies.addAll(calls.parts(b)));
        }
        Set<Integer> here = new TreeSet<>();
        for (int s : all) {
            Flow flow = program.code().instruction(s).flow();
            Code.Body body = program.code().bodies().get(program.code().bodyOf(s));
            if (body.movable() && (flow == Flow.CALL || flow == Flow.JUMP)
                    && (caller.isEmpty() || bodies.contains(program.code().bodyOf(s)))) {
                here.add(s);
            }
        }
        return here;
    }
}
