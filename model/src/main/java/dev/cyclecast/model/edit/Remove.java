package dev.cyclecast.model.edit;

import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Removes the reads of variables with all that only serves them: copies, comparisons with constants, and the branches on
 * those, each of which must have gone one way in the trace.
 *
 * @param reads variables
 * @param in    functions to change; everywhere where it is empty
 */
record Remove(List<String> reads, List<String> in) implements Edit {
    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Reads finder = new Reads(program, sample);
        Map<Integer, Reads.Site> sites = finder.find(reads, in, where);
        Map<Integer, Slice.Role> roles = new HashMap<>();
        for (Map.Entry<Integer, Reads.Site> site : sites.entrySet()) {
            Slice slice = new Slice(program, sample, null, Set.of());
            site.getValue().events().forEach(slice::read);
            slice.roles.forEach((s, role) -> {
                if (role == Slice.Role.OTHER) {
                    throw new ModelException(where + ": the value of " + reads.get(site.getValue().variable())
                            + " is used for more than a test, by " + program.describe(s));
                }
                roles.put(s, role);
            });
        }
        Set<Integer> branches = new HashSet<>(Reads.with(roles, Slice.Role.BRANCH));
        SiteRewrite rewrite = new SiteRewrite(program);
        finder.directions(branches).forEach((s, way) -> {
            if (way < 0) {
                throw new ModelException(where + ": a branch to be removed goes both ways in the trace: "
                        + program.describe(s));
            }
            if (way > 0) {
                rewrite.fallThrough(s, finder.target(s), roles.keySet());
            }
        });
        roles.forEach((s, role) -> {
            if (program.code().instruction(s).flow().isCall()) {
                rewrite.dropCall(s);
            } else {
                rewrite.drop(s);
            }
        });
        return rewrite.done();
    }
}
