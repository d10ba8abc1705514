package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.bit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the side to which branches go more often the taken one, or the one that they fall through to. Branches to another
 * part of a function are left alone: code that the compiler knows to be cold stays where it is, whatever a hint says.
 *
 * @param in    functions
 * @param on    variables: the branches on what is read from them; all branches of the functions where it is empty
 * @param hot   which side is to be the frequent one
 * @param split whether code that was split off and never executed comes back into line where its side falls through now
 */
record Reorder(List<String> in, List<String> on, Side hot, boolean split) implements Edit {
    /** A side of a branch. */
    enum Side {
        /** Where it jumps to. */
        TAKEN,
        /** What follows it in memory. */
        FALLS_THROUGH
    }

    private static final int NONE = -1;

    static Reorder parse(JsonNode node, String where) {
        Proposal.keys(node, Set.of("verb", "in", "on", "hot", "split"), where);
        if (node.has("split") && !node.path("split").isBoolean()) {
            throw new ModelException(where + "/split: use true or false");
        }
        Side side = switch (Proposal.text(node, "hot", where)) {
            case "taken" -> Side.TAKEN;
            case "falls-through" -> Side.FALLS_THROUGH;
            default -> throw new ModelException(where + "/hot: use taken or falls-through");
        };
        return new Reorder(Proposal.names(node, "in", where, true), Proposal.names(node, "on", where, false), side,
                node.path("split").asBoolean());
    }

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Branches branches = new Branches(program, sample, on, where);
        Set<Integer> swaps = new TreeSet<>();
        Map<Integer, List<Rearranged.Item>> order = new HashMap<>();
        for (String function : in) {
            for (int b : program.bodies(List.of(function), where)) {
                Code.Body body = program.code().bodies().get(b);
                List<Rearranged.Item> items = new ArrayList<>(Rearranged.items(program.code(), body));
                Set<Integer> here = new TreeSet<>();
                for (int s : body.instructions()) {
                    if (body.movable() && branches.selected(s)
                            && (branches.within(s, body) || split && branches.neverTaken(s)) && swap(program, branches, s, items)) {
                        here.add(s);
                    }
                }
                if (!here.isEmpty()) {
                    swaps.addAll(here);
                    order.put(b, items);
                }
            }
        }
        if (swaps.isEmpty()) {
            throw new ModelException(where + ": no branch of " + String.join(", ", in)
                    + (on.isEmpty() ? "" : " on " + String.join(", ", on)) + " has its frequent side elsewhere than asked for, "
                    + "both sides within the function; select other branches");
        }
        return new Rearranged(program, order, hot == Side.TAKEN ? swaps : Set.of(), List.of(), branches.targets());
    }

    /** Moves one side of a branch; false where the frequent side is right already. */
    private boolean swap(Program program, Branches branches, int s, List<Rearranged.Item> items) {
        boolean mostlyTaken = branches.taken(s) > branches.notTaken(s);
        if (mostlyTaken == (hot == Side.TAKEN)) {
            return false;
        }
        int at = indexOf(items, s);
        int target = branches.targets().getOrDefault(s, NONE);
        int there = target == NONE ? NONE : indexOf(items, target);
        if (hot == Side.TAKEN) {
            if (target == NONE) {
                boolean inBody = insertNeverExecuted(program, s, at, items);
                if (!inBody && split) {
                    long place = program.code().instruction(s).target();
                    items.add(at + 1, new Rearranged.Item(NONE, Region.neverExecuted(program, place), place));
                }
                return inBody || split;
            }
            int end = there > at ? there : endOfRun(program, items, at + 1);
            move(items, at + 1, end, items.size());
            return true;
        }
        if (there > at) {
            move(items, at + 1, there, items.size());
        } else {
            move(items, there, endOfRun(program, items, there), at + 1);
        }
        return true;
    }

    /** The other side was never executed: its bytes, up to where another branch goes, come to lie behind the branch. */
    private static boolean insertNeverExecuted(Program program, int s, int at, List<Rearranged.Item> items) {
        long target = program.code().instruction(s).target();
        for (int k = 0; k < items.size(); k++) {
            Rearranged.Item item = items.get(k);
            long end = item.address() + item.bytes();
            if (item.instruction() == NONE && target >= item.address() && target < end) {
                long next = items.stream().filter(i -> i.instruction() != NONE)
                        .mapToLong(i -> program.code().instruction(i.instruction()).target())
                        .filter(other -> other > target && other < end).min().orElse(end);
                items.set(k, new Rearranged.Item(NONE, (int) (target - item.address()), item.address()));
                items.add(k + 1, new Rearranged.Item(NONE, (int) (end - next), next));
                items.add(at + 1 + (k <= at ? 1 : 0), new Rearranged.Item(NONE, (int) (next - target), target));
                items.removeIf(i -> i.instruction() == NONE && i.bytes() == 0);
                return true;
            }
        }
        return false;
    }

    private static void move(List<Rearranged.Item> items, int from, int end, int to) {
        List<Rearranged.Item> run = new ArrayList<>(items.subList(from, end));
        items.subList(from, end).clear();
        items.addAll(to > from ? to - run.size() : to, run);
    }

    /** Index behind the first instruction from an index on that never goes on to the next. */
    private static int endOfRun(Program program, List<Rearranged.Item> items, int from) {
        int k = from;
        while (k < items.size()) {
            int s = items.get(k++).instruction();
            Flow flow = s == NONE ? Flow.NEXT : program.code().instruction(s).flow();
            if (flow == Flow.JUMP || flow == Flow.INDIRECT_JUMP || flow == Flow.RETURN) {
                return k;
            }
        }
        return k;
    }

    private static int indexOf(List<Rearranged.Item> items, int instruction) {
        for (int k = 0; k < items.size(); k++) {
            if (items.get(k).instruction() == instruction) {
                return k;
            }
        }
        return NONE;
    }

    /** The conditional branches of a sample: how often each goes where, and whether it depends on the variables. */
    private static final class Branches {
        private final Program program;
        private final int[] taken;
        private final int[] notTaken;
        private final boolean[] depends;
        private final Map<Integer, Integer> targets = new HashMap<>();

        Branches(Program program, Events sample, List<String> on, String where) {
            this.program = program;
            taken = new int[program.code().size()];
            notTaken = new int[taken.length];
            depends = new boolean[taken.length];
            Set<Integer> wanted = new TreeSet<>();
            on.forEach(name -> wanted.add(program.variable(name, where)));
            long tainted = 0;
            for (int e = 0; e < sample.size(); e++) {
                int s = sample.instruction(e);
                Instruction i = program.code().instruction(s);
                boolean from = on.isEmpty() || (data(i) & tainted) != 0 || reads(i, sample, e, wanted);
                tainted = from ? tainted | i.writes() : tainted & ~i.writes();
                depends[s] |= from && i.flow() == Flow.CONDITIONAL;
                if (e + 1 < sample.size() && (i.flow() == Flow.CONDITIONAL || i.flow() == Flow.JUMP)) {
                    int next = sample.instruction(e + 1);
                    if (i.flow() == Flow.CONDITIONAL && next == program.code().successor(s)) {
                        notTaken[s]++;
                    } else {
                        taken[s]++;
                        targets.put(s, next);
                    }
                }
            }
        }

        /** Registers that an instruction reads as data: an address does not make a value what is read there. */
        private static long data(Instruction i) {
            long addresses = 0;
            for (MemoryOperand m : i.memory()) {
                addresses |= bit(m.base()) | bit(m.index());
            }
            return i.reads() & ~addresses | i.reads() & bit(FLAGS);
        }

        private boolean reads(Instruction i, Events sample, int e, Set<Integer> wanted) {
            for (int m = 0; m < Math.min(2, i.memory().size()); m++) {
                if (i.memory().get(m).read() && wanted.contains(i.memory().get(m).variable() >= 0 ? i.memory().get(m).variable()
                        : program.variableAt(m == 0 ? sample.address0(e) : sample.address1(e)))) {
                    return true;
                }
            }
            return false;
        }

        boolean selected(int s) {
            return depends[s] && taken[s] + notTaken[s] > 0;
        }

        /** Whether both sides of a branch lie in a body. */
        boolean within(int s, Code.Body body) {
            Integer target = targets.get(s);
            if (target != null) {
                return Calls.indexOf(body, target) >= 0;
            }
            long to = program.code().instruction(s).target();
            long end = body.tail() + program.code().instruction(body.instructions()[body.instructions().length - 1]).end();
            return to >= body.start() && to < end;
        }

        boolean neverTaken(int s) {
            return taken[s] == 0 && program.code().instruction(s).target() != 0;
        }

        int taken(int s) {
            return taken[s];
        }

        int notTaken(int s) {
            return notTaken[s];
        }

        Map<Integer, Integer> targets() {
            return targets;
        }
    }
}
