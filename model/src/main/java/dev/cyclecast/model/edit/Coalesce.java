package dev.cyclecast.model.edit;

import dev.cyclecast.model.Events;
import dev.cyclecast.model.Code;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.Variable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes many gates into one thread-local snapshot of bytes: each function that uses gates tests once, at its entry, that
 * the snapshot is filled; a gate's own "not yet set" test goes, and its use tests a byte of the snapshot. A call of a
 * function that only fetches a gate becomes such a test too.
 *
 * @param gates variables
 * @param unset value that means "not yet set"
 * @param in    functions to change; everywhere where it is empty
 */
record Coalesce(List<String> gates, long unset, List<String> in) implements Edit {
    private static final int ALIGNMENT = 8;

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Reads finder = new Reads(program, sample);
        Map<Integer, Reads.Site> sites = finder.find(gates, in, where);
        SiteRewrite rewrite = new SiteRewrite(program);
        long snapshot = snapshotOffset(program);
        Set<Integer> bodies = new HashSet<>();
        Map<Integer, Integer> changed = new HashMap<>();
        Set<Integer> unsetBranches = new HashSet<>();
        sites.forEach((reader, site) -> {
            Slice slice = new Slice(program, sample, unset, Set.of());
            site.events().forEach(slice::read);
            long field = snapshot + 1 + site.variable();
            change(program, rewrite, reader, slice.roles, field, changed);
            unsetBranches.addAll(Reads.with(slice.roles, Slice.Role.UNSET_BRANCH));
            bodies.add(program.code().bodyOf(reader));
        });
        // What set a variable lay between such a branch and its target, and fills the snapshot elsewhere now.
        finder.directions(unsetBranches).forEach((s, way) -> {
            if (way > 0) {
                rewrite.fallThrough(s, finder.target(s), Set.of());
            }
        });
        for (int b : bodies) {
            fetch(program, rewrite, program.code().bodies().get(b), snapshot);
        }
        return rewrite.done();
    }

    /** Where the snapshot lies: below the lowest thread-local variable, a word for each eight bytes of fields. */
    private long snapshotOffset(Program program) {
        long lowest = program.variables().stream().filter(v -> v.storage() == Variable.Storage.THREAD_LOCAL)
                .mapToLong(Variable::address).min().orElse(0);
        long bytes = (1 + gates.size() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return Math.floorDiv(lowest - bytes, ALIGNMENT) * ALIGNMENT;
    }

    private void change(Program program, SiteRewrite rewrite, int reader, Map<Integer, Slice.Role> roles, long field,
                        Map<Integer, Integer> changed) {
        boolean escapes = roles.containsValue(Slice.Role.OTHER);
        roles.forEach((s, role) -> {
            if (changed.putIfAbsent(s, reader) != null) {
                return;
            }
            Instruction i = program.code().instruction(s);
            switch (role) {
                case READ -> {
                    if (i.flow().isCall()) {
                        rewrite.dropCall(s);
                    } else {
                        rewrite.drop(s);
                    }
                    if (escapes) {
                        int to = i.flow().isCall() ? 0 : Long.numberOfTrailingZeros(i.writes());
                        rewrite.replace(s, rewrite.add(Encoding.loadThreadLocalByte(i, field, to),
                                program.threadPointer() + field));
                    }
                }
                case UNSET_COMPARE, UNSET_BRANCH -> rewrite.drop(s);
                case COPY -> {
                    if (!escapes) {
                        rewrite.drop(s);
                    }
                }
                case COMPARE -> {
                    if (!escapes || !i.memory().isEmpty()) {
                        rewrite.replace(s, rewrite.add(Encoding.compareThreadLocalByte(i, field),
                                program.threadPointer() + field));
                    }
                }
                case BRANCH, OTHER -> { }
            }
        });
    }

    /** At a function's entry, behind {@code endbr64}: one test that the snapshot is filled. */
    private static void fetch(Program program, SiteRewrite rewrite, Code.Body body, long snapshot) {
        int at = program.entry(body);
        Instruction near = program.code().instruction(at);
        rewrite.insertBefore(at, rewrite.add(Encoding.compareThreadLocalByte(near, snapshot),
                program.threadPointer() + snapshot), rewrite.add(Encoding.branchAway(near), 0));
    }
}
