package dev.cyclecast.model.edit;

import dev.cyclecast.model.Events;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The reads of named variables: by instruction, or by a call of a function that only fetches one. */
final class Reads {
    /** Executions of each read that are followed to find out what becomes of its value. */
    private static final int FOLLOWED = 200;
    private final Program program;
    private final Events sample;
    private final int[] variableReads;
    private final int[] getters;

    Reads(Program program, Events sample) {
        this.program = program;
        this.sample = sample;
        variableReads = program.variableReads(sample);
        getters = program.getters(variableReads);
    }

    /**
     * Events that read one of the variables, by reading instruction in code order.
     *
     * @param names variables
     * @param in    functions to look in; everywhere where it is empty
     * @param where for errors
     * @return for each reading instruction, its variable's position in {@code names} and the first events that execute it
     */
    Map<Integer, Site> find(List<String> names, List<String> in, String where) {
        Map<Integer, Integer> wanted = new HashMap<>();
        for (int n = 0; n < names.size(); n++) {
            wanted.put(program.variable(names.get(n), where), n);
        }
        boolean[] candidate = candidates(program.bodies(in, where), wanted.keySet());
        Map<Integer, Site> sites = new TreeMap<>();
        for (int e = 0; e < sample.size(); e++) {
            int s = sample.instruction(e);
            if (!candidate[s]) {
                continue;
            }
            Instruction i = program.code().instruction(s);
            int variable = variableReads[s];
            if (i.flow().isCall()) {
                int callee = program.callee(sample, e);
                variable = callee >= 0 ? getters[callee] : -1;
            }
            Integer position = wanted.get(variable);
            if (position != null) {
                Site site = sites.computeIfAbsent(s, k -> new Site(position, new ArrayList<>()));
                if (site.events().size() < FOLLOWED) {
                    site.events().add(e);
                }
            }
        }
        if (sites.isEmpty()) {
            throw new AbsentSiteException(where + ": nothing in the trace reads " + String.join(", ", names)
                    + (in.isEmpty() ? "" : " in " + String.join(", ", in)) + "; select other variables or record that path");
        }
        return new LinkedHashMap<>(sites);
    }

    /** Instructions of some bodies that may read one of some variables: those that do, and calls. */
    private boolean[] candidates(Set<Integer> bodies, Set<Integer> variables) {
        boolean[] candidate = new boolean[program.code().size()];
        for (int s = 0; s < candidate.length; s++) {
            int body = program.code().bodyOf(s);
            candidate[s] = body >= 0 && bodies.contains(body) && getters[body] < 0
                    && (program.code().instruction(s).flow().isCall() || variables.contains(variableReads[s]));
        }
        return candidate;
    }

    /** The instruction executed behind the first execution of a branch. */
    int target(int branch) {
        for (int e = 0; e + 1 < sample.size(); e++) {
            if (sample.instruction(e) == branch) {
                return sample.instruction(e + 1);
            }
        }
        return -1;
    }

    /** Which way each conditional branch of a set went in the sample: 1 taken only, 0 not taken only, -1 both. */
    Map<Integer, Integer> directions(Set<Integer> branches) {
        Map<Integer, Integer> directions = new HashMap<>();
        for (int e = 0; e + 1 < sample.size(); e++) {
            int s = sample.instruction(e);
            if (branches.contains(s)) {
                int taken = sample.instruction(e + 1) == program.code().successor(s) ? 0 : 1;
                directions.merge(s, taken, (a, b) -> a.equals(b) ? a : -1);
            }
        }
        return directions;
    }

    /** Instructions of a role. */
    static Set<Integer> with(Map<Integer, Slice.Role> roles, Slice.Role role) {
        Set<Integer> found = new HashSet<>();
        roles.forEach((s, r) -> {
            if (r == role) {
                found.add(s);
            }
        });
        return found;
    }

    /**
     * One reading instruction.
     *
     * @param variable position of its variable in the list asked for
     * @param events   first events that execute it
     */
    record Site(int variable, List<Integer> events) {
    }
}
