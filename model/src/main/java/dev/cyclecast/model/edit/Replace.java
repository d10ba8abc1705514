package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.bit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replaces selected instructions, or runs of them, by given ones. What used a replaced value uses the new one.
 *
 * @param site      what to select: an instruction, with what is executed until it returns if it is a call
 * @param through   the last instruction of a run that begins with it, the next that is selected behind it; null for no run
 * @param code      instructions instead
 * @param variables new thread-local variables by name, with their bytes
 */
record Replace(Selector site, Selector through, AddedCode code, Map<String, Integer> variables) implements Edit {
    static Replace parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("verb", "select", "through", "by", "variables"), where);
        return new Replace(Selector.parse(node.path("select"), where + "/select"),
                node.has("through") ? Selector.parse(node.path("through"), where + "/through") : null,
                AddedCode.parse(node.path("by"), where + "/by"), variables(node, where));
    }

    /** New thread-local variables that an edit declares: an object from names to bytes. */
    static Map<String, Integer> variables(JsonNode node, String where) {
        Map<String, Integer> variables = new LinkedHashMap<>();
        if (node.has("variables") && !node.path("variables").isObject()) {
            throw new ModelException(where + "/variables: give an object of names, each with its size in bytes");
        }
        for (Iterator<String> names = node.path("variables").fieldNames(); names.hasNext();) {
            String name = names.next();
            variables.put(name, Proposal.number(node.path("variables"), name, 0, 1, 1 << 16, where + "/variables"));
        }
        return variables;
    }

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Program with = program.withThreadLocals(variables, where + "/variables");
        Code code = with.code();
        List<Integer> heads = site.find(with, sample, where + "/select");
        boolean[] isLast = new boolean[code.size()];
        if (through != null) {
            through.find(with, sample, where + "/through").forEach(s -> isLast[s] = true);
        }
        DataAddress.Rule[] rules = this.code.rules(with, sample, where + "/by");
        SiteRewrite rewrite = new SiteRewrite(with);
        Runs runs = new Runs(with, sample, where);
        for (int head : heads) {
            int[] run = run(with, head, isLast, where);
            runs.add(run);
            List<Instruction> assembled = this.code.assemble(with, head, where + "/by");
            long writes = AddedCode.writes(assembled);
            Uses.checkWrites(writes, runs.writes(run), where + "/by");
            runs.replacedBy(run, writes);
            for (int s : run) {
                if (code.instruction(s).flow().isCall()) {
                    rewrite.dropCall(s);
                } else {
                    rewrite.drop(s);
                }
            }
            rewrite.closeUp(run);
            rewrite.replace(head, AddedCode.add(with, rewrite, assembled, rules));
        }
        runs.check();
        return rewrite.done();
    }

    /** Numbers of the instructions from a head through the next last one, in code order. */
    private int[] run(Program program, int head, boolean[] isLast, String where) {
        if (through == null) {
            return new int[] {head};
        }
        int[] all = program.code().bodies().get(program.code().bodyOf(head)).instructions();
        int from = 0;
        while (all[from] != head) {
            from++;
        }
        int to = from;
        while (to < all.length && !isLast[all[to]]) {
            to++;
        }
        if (to == all.length) {
            throw new AbsentSiteException(where + "/through: selects nothing behind " + program.describe(head));
        }
        return Arrays.copyOfRange(all, from, to + 1);
    }

    /** Runs to be replaced, checked against the executed instructions: entered at the head, left behind the end. */
    private static final class Runs {
        private final Program program;
        private final Code code;
        private final Events sample;
        private final String where;
        private final Uses uses;
        /** For each instruction, the head of its run plus one, 0 where it is in none. */
        private final int[] headOf;
        /** For each head, the end of its run, and registers that nothing may need behind it. */
        private final int[] endOf;
        private final long[] lost;

        Runs(Program program, Events sample, String where) {
            this.program = program;
            code = program.code();
            this.sample = sample;
            this.where = where;
            uses = new Uses(program, sample);
            headOf = new int[code.size()];
            endOf = new int[code.size()];
            lost = new long[code.size()];
        }

        void add(int[] run) {
            for (int s : run) {
                if (headOf[s] != 0) {
                    throw new ModelException(where + "/through: two runs overlap at " + program.describe(s));
                }
                headOf[s] = run[0] + 1;
            }
            endOf[run[0]] = run[run.length - 1];
        }

        /** Registers whose values a run decides. */
        long writes(int[] run) {
            long writes = 0;
            for (int s : run) {
                Instruction i = code.instruction(s);
                writes |= i.flow().isCall() ? Uses.CALL_CLOBBERED | bit(FLAGS) : i.writes();
            }
            return writes;
        }

        /** Notes which registers are lost: written by the run and not by what replaces it, and flags the other way round. */
        void replacedBy(int[] run, long writes) {
            uses.replace(run, writes);
            lost[run[0]] = writes(run) & ~writes | writes & ~writes(run) & bit(FLAGS);
        }

        void check() {
            int depth = 0;
            int head = -1;
            int previous = -1;
            boolean outside = false;
            for (int e = 0; e < sample.size(); e++) {
                int s = sample.instruction(e);
                Flow flow = code.instruction(s).flow();
                if (depth > 0) {
                    depth += flow.isCall() ? 1 : flow == Flow.RETURN ? -1 : 0;
                    continue;
                }
                if (head >= 0 && (headOf[s] != head + 1 || s == head)) {
                    left(head, previous, s, e);
                    head = -1;
                }
                if (headOf[s] == s + 1) {
                    head = s;
                } else if (headOf[s] != 0 && head < 0 && outside) {
                    throw new ModelException(where + ": a run to be replaced is entered in its middle, at " + program.describe(s)
                            + "; select a run that is entered at its first instruction");
                }
                outside |= headOf[s] == 0;
                depth = head >= 0 && flow.isCall() ? 1 : 0;
                previous = s;
            }
        }

        private void left(int head, int last, int next, int event) {
            boolean taken = code.instruction(last).flow().isBranch() && !code.instruction(last).flow().isCall()
                    && code.successor(last) != next;
            if (last != endOf[head] || taken) {
                throw new ModelException(where + ": a run to be replaced is left by a branch: " + program.describe(last)
                        + "; select a run that is left behind its last instruction");
            }
            int user = uses.user(event, lost[head]);
            if (user >= 0) {
                throw new ModelException(where + "/by: what replaces " + program.describe(head)
                        + " does not give the value that " + program.describe(user) + " uses");
            }
        }
    }
}
