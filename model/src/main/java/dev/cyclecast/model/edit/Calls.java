package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.RSP;
import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Who calls a function, what belongs to it, and what in a call is only there because it is one. */
final class Calls {
    /** rbx, rbp, r12 to r15: kept across calls by the System V ABI. */
    static final Set<Integer> KEPT = Set.of(3, 5, 12, 13, 14, 15);
    /** Executions of a site that are followed. */
    private static final int FOLLOWED = 200;
    private static final int REACH = 2000;
    private final Program program;
    private final Events sample;

    Calls(Program program, Events sample) {
        this.program = program;
        this.sample = sample;
    }

    /**
     * The bodies of a function: itself, and those that it jumps into other than at their start, or under a condition, as into
     * a part that the compiler has split off. A jump to another function's start is a call of it.
     */
    Set<Integer> parts(int function) {
        Set<Integer> parts = new TreeSet<>(Set.of(function));
        boolean grown = true;
        while (grown) {
            grown = false;
            for (int e = 0; e + 1 < sample.size(); e++) {
                int from = program.code().bodyOf(sample.instruction(e));
                int to = program.code().bodyOf(sample.instruction(e + 1));
                if (from != to && parts.contains(from) && movable(to) && jumpsInto(e)) {
                    grown |= parts.add(to);
                }
            }
        }
        return parts;
    }

    private boolean movable(int body) {
        return body >= 0 && program.code().bodies().get(body).movable();
    }

    private boolean jumpsInto(int e) {
        Flow flow = program.code().instruction(sample.instruction(e)).flow();
        boolean start = program.code().isEntry(sample.instruction(e + 1));
        return flow == Flow.CONDITIONAL || !start && (flow == Flow.JUMP || flow == Flow.INDIRECT_JUMP);
    }

    /** Instructions outside a function's bodies that call it or jump to its start, in code order; indirect ones too. */
    Set<Integer> sites(int function, Set<Integer> parts) {
        Set<Integer> sites = new TreeSet<>();
        int entry = entry(function);
        for (int e = 0; e + 1 < sample.size(); e++) {
            int s = sample.instruction(e);
            if (sample.instruction(e + 1) == entry && !parts.contains(program.code().bodyOf(s))
                    && program.code().instruction(s).flow().isUnconditional()
                    && program.code().instruction(s).flow() != Flow.RETURN) {
                sites.add(s);
            }
        }
        long start = program.code().bodies().get(function).start();
        boolean alone = program.code().bodies().stream().filter(b -> b.start() == start).count() == 1;
        for (int s = 0; alone && s < program.code().size(); s++) {
            Instruction i = program.code().instruction(s);
            int body = program.code().bodyOf(s);
            if (body >= 0 && !parts.contains(body) && i.target() == start && i.flow().isUnconditional()) {
                sites.add(s);
            }
        }
        return sites;
    }

    /** First instruction of a function. */
    int entry(int function) {
        return program.code().bodies().get(function).instructions()[0];
    }

    /** Whether a function's bodies call it, or jump to its start. */
    boolean recursive(int function, Set<Integer> parts) {
        long start = program.code().bodies().get(function).start();
        for (int part : parts) {
            for (int s : program.code().bodies().get(part).instructions()) {
                Instruction i = program.code().instruction(s);
                if (i.flow().isCall() && i.target() == start) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether a register's value is never used behind the return of a call, by its caller or by whoever called that: so that
     * the callee need not keep it.
     */
    boolean deadBehind(int call, int register) {
        int seen = 0;
        for (int e = 0; e < sample.size() && seen < FOLLOWED; e++) {
            if (sample.instruction(e) == call) {
                seen++;
                int back = behind(e);
                if (back >= 0 && !deadFrom(back, register)) {
                    return false;
                }
            }
        }
        return seen > 0;
    }

    private int behind(int call) {
        int depth = 0;
        for (int e = call; e < Math.min(sample.size(), call + REACH); e++) {
            Flow flow = program.code().instruction(sample.instruction(e)).flow();
            depth += flow.isCall() ? 1 : flow == Flow.RETURN ? -1 : 0;
            if (depth == 0) {
                return e + 1;
            }
        }
        return -1;
    }

    private boolean deadFrom(int from, int register) {
        int depth = 0;
        for (int e = from; e < Math.min(sample.size(), from + REACH); e++) {
            Instruction i = program.code().instruction(sample.instruction(e));
            if (depth == 0 && (i.reads() & bit(register)) != 0 && !clears(i)) {
                return false;
            }
            if (depth == 0 && (i.writes() & bit(register)) != 0) {
                return true;
            }
            depth += i.flow().isCall() ? 1 : i.flow() == Flow.RETURN ? -1 : 0;
            if (depth < 0) {
                return false;
            }
        }
        return false;
    }

    static boolean clears(Instruction i) {
        return (i.mnemonic().equals("xor") || i.mnemonic().equals("sub")) && i.operands().size() == 2
                && i.operands().get(0).register() >= 0
                && i.operands().get(0).register() == i.operands().get(1).register();
    }

    /** The register that a push or pop of one moves; -1 for other instructions. */
    static int moved(Instruction i, String mnemonic) {
        boolean is = i.mnemonic().equals(mnemonic) && i.operands().size() == 1
                && i.operands().getFirst().kind() == Operand.Kind.REGISTER;
        return is ? i.operands().getFirst().register() : -1;
    }

    /** Bytes that an instruction adds to the stack pointer or takes from it; 0 for other instructions. */
    static long adjusts(Instruction i, String mnemonic) {
        boolean is = i.mnemonic().equals(mnemonic) && i.operands().size() == 2
                && i.operands().get(0).register() == RSP && i.operands().get(1).kind() == Operand.Kind.IMMEDIATE;
        return is ? i.immediate() : 0;
    }

    /** Whether a function uses stack memory of its own, so that it needs more than an aligned stack pointer. */
    boolean usesFrame(Set<Integer> parts) {
        for (int part : parts) {
            for (int s : program.code().bodies().get(part).instructions()) {
                Instruction i = program.code().instruction(s);
                boolean implied = i.memory().stream().allMatch(MemoryOperand::stack) && !i.memory().isEmpty();
                if ((i.reads() & bit(RSP)) != 0 && !implied && adjusts(i, "sub") == 0 && adjusts(i, "add") == 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How often instructions are executed in the sample. */
    int[] executions() {
        int[] count = new int[program.code().size()];
        for (int e = 0; e < sample.size(); e++) {
            count[sample.instruction(e)]++;
        }
        return count;
    }

    /** The straight-line code that ends in an instruction, last first: what is executed whenever that is. */
    List<Integer> before(int site, int[] executions) {
        List<Integer> run = new ArrayList<>();
        Code.Body body = program.code().bodies().get(program.code().bodyOf(site));
        int k = indexOf(body, site);
        while (k > 0 && body.gapBefore()[k] == 0
                && program.code().instruction(body.instructions()[k - 1]).flow() == Flow.NEXT
                && executions[body.instructions()[k - 1]] == executions[site]) {
            run.add(body.instructions()[--k]);
        }
        return run;
    }

    static int indexOf(Code.Body body, int instruction) {
        for (int k = 0; k < body.instructions().length; k++) {
            if (body.instructions()[k] == instruction) {
                return k;
            }
        }
        return -1;
    }

    /** Whether a jump of a function goes to another one: as seen in the sample, or by its target. */
    boolean leaves(int jump, Set<Integer> parts) {
        Flow flow = program.code().instruction(jump).flow();
        if (flow != Flow.JUMP && flow != Flow.INDIRECT_JUMP) {
            return false;
        }
        for (int e = 0; e + 1 < sample.size(); e++) {
            if (sample.instruction(e) == jump) {
                return !parts.contains(program.code().bodyOf(sample.instruction(e + 1)));
            }
        }
        long target = program.code().instruction(jump).target();
        return flow == Flow.JUMP && program.code().bodies().stream().anyMatch(b -> b.start() == target);
    }

    /** Number of the function with a name, whose code the trace must execute. */
    int function(String name, String where) {
        Set<Integer> named = program.bodies(List.of(name), where);
        Set<Integer> executed = new TreeSet<>();
        for (int e = 0; e < sample.size(); e++) {
            if (named.contains(program.code().bodyOf(sample.instruction(e)))) {
                executed.add(program.code().bodyOf(sample.instruction(e)));
            }
        }
        if (executed.isEmpty()) {
            throw new AbsentSiteException(where + ": the trace never executes " + name
                    + "; select another function or record that path");
        }
        if (executed.size() > 1 || !movable(executed.iterator().next())) {
            throw new ModelException(where + ": " + name + (executed.size() > 1 ? " is the name of several functions"
                    : " is in a library that is not rebuilt") + "; select another function");
        }
        return executed.iterator().next();
    }

    /** For each direct jump and conditional branch of the sample, the instruction executed behind it when it is taken. */
    Map<Integer, Integer> targets() {
        Map<Integer, Integer> targets = new HashMap<>();
        for (int e = 0; e + 1 < sample.size(); e++) {
            int s = sample.instruction(e);
            Flow flow = program.code().instruction(s).flow();
            int next = sample.instruction(e + 1);
            if (flow == Flow.JUMP || flow == Flow.CONDITIONAL && next != program.code().successor(s)) {
                targets.put(s, next);
            }
        }
        return targets;
    }
}
