package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.bit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Instruction;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts instructions before or behind selected ones.
 *
 * @param site      what to select
 * @param behind    whether the code goes behind it: behind a call, what is executed when it has returned
 * @param code      instructions
 * @param variables new thread-local variables by name, with their bytes
 */
record Insert(Selector site, boolean behind, AddedCode code, Map<String, Integer> variables) implements Edit {
    static Insert parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("verb", "before", "after", "code", "variables"), where);
        if (node.has("before") == node.has("after")) {
            throw new ModelException(where + ": give either before or after");
        }
        String key = node.has("after") ? "after" : "before";
        return new Insert(Selector.parse(node.path(key), where + "/" + key), node.has("after"),
                AddedCode.parse(node.path("code"), where + "/code"), Replace.variables(node, where));
    }

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Program with = program.withThreadLocals(variables, where + "/variables");
        String selected = where + (behind ? "/after" : "/before");
        List<Integer> sites = site.find(with, sample, selected);
        DataAddress.Rule[] rules = code.rules(with, sample, where + "/code");
        SiteRewrite rewrite = new SiteRewrite(with);
        long written = 0;
        for (int s : sites) {
            Instruction i = with.code().instruction(s);
            boolean falls = !i.flow().isBranch() || i.flow().isCall();
            if (behind && !falls) {
                throw new ModelException(selected + ": nothing is put behind a branch: " + with.describe(s)
                        + "; select what comes before or after it");
            }
            List<Instruction> assembled = code.assemble(with, s, where + "/code");
            written |= AddedCode.writes(assembled);
            Uses.checkWrites(AddedCode.writes(assembled), behind && !i.flow().isCall() ? i.writes() : 0, where + "/code");
            int[] numbers = AddedCode.add(with, rewrite, assembled, rules);
            if (behind) {
                rewrite.insertBehind(s, numbers);
            } else {
                rewrite.insertBefore(s, numbers);
            }
        }
        if ((written & bit(FLAGS)) != 0) {
            checkFlags(with, sample, Set.copyOf(sites), where);
        }
        return rewrite.done();
    }

    private void checkFlags(Program program, Events sample, Set<Integer> sites, String where) {
        Uses uses = new Uses(program, sample);
        for (int e = 0; e < sample.size(); e++) {
            int s = sample.instruction(e);
            if (sites.contains(s) && !(behind && program.code().instruction(s).flow().isCall())) {
                int user = uses.user(behind ? e + 1 : e, bit(FLAGS));
                if (user >= 0) {
                    throw new ModelException(where + "/code: changes the flags that " + program.describe(user)
                            + " reads; put the code elsewhere, or use lea, mov and shlx");
                }
            }
        }
    }
}
