package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A rewrite that puts the code of functions into another order: where code no longer follows what fell through to it, the
 * branch before it swaps its sense or a jump is added; a jump to what follows now is gone.
 */
final class Rearranged implements Rewrite {
    private static final int NONE = -1;
    private final Program before;
    private final Program after;
    /** By instruction: the one that it fell through to. */
    private final int[] follower;
    /** By instruction: the jump that is added behind it. */
    private final int[] jump;
    /** Instructions whose added jump goes to the branch's old target instead of its follower. */
    private final boolean[] swapped;
    private final boolean[] dropped;
    private final int sites;

    /**
     * A piece of a body.
     *
     * @param instruction its number; -1 for bytes that were never executed
     * @param bytes       how many those are
     * @param address     where it lay in the recorded process, as far as that is known
     */
    record Item(int instruction, int bytes, long address) {
    }

    /** A body as pieces. */
    static List<Item> items(Code code, Code.Body body) {
        List<Item> items = new ArrayList<>();
        long end = body.start();
        for (int k = 0; k < body.instructions().length; k++) {
            if (body.gapBefore()[k] > 0) {
                items.add(new Item(NONE, body.gapBefore()[k], end));
            }
            Instruction i = code.instruction(body.instructions()[k]);
            items.add(new Item(body.instructions()[k], 0, i.address()));
            end = i.end();
        }
        if (body.tail() > 0) {
            items.add(new Item(NONE, body.tail(), end));
        }
        return items;
    }

    /**
     * A new order.
     *
     * @param order  pieces of each rearranged body, by its number
     * @param swaps  branches whose old fall-through side is to be the taken one
     * @param added  bodies to add, such as what was moved out of a function
     * @param target instruction that each direct jump goes to, where the sample shows it
     */
    Rearranged(Program before, Map<Integer, List<Item>> order, Set<Integer> swaps, List<Code.Body> added,
               Map<Integer, Integer> target) {
        this.before = before;
        Code code = before.code();
        List<Instruction> instructions = before.instructions();
        follower = new int[code.size()];
        jump = new int[code.size()];
        swapped = new boolean[code.size()];
        dropped = new boolean[code.size()];
        Arrays.fill(follower, NONE);
        Arrays.fill(jump, NONE);
        swaps.forEach(s -> swapped[s] = true);
        List<Code.Body> bodies = new ArrayList<>();
        for (int b = 0; b < code.bodies().size(); b++) {
            Code.Body body = code.bodies().get(b);
            bodies.add(order.containsKey(b) ? lay(body, order.get(b), target, instructions) : body);
        }
        bodies.addAll(added);
        sites = order.values().stream().mapToInt(List::size).sum() > 0 ? Math.max(1, swaps.size()) : 0;
        after = before.with(new Code(instructions.toArray(new Instruction[0]), bodies));
    }

    private Code.Body lay(Code.Body body, List<Item> items, Map<Integer, Integer> target, List<Instruction> instructions) {
        Code code = before.code();
        List<Integer> numbers = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        int gap = 0;
        for (int k = 0; k < items.size(); k++) {
            Item item = items.get(k);
            int s = item.instruction();
            if (s == NONE) {
                gap += item.bytes();
                continue;
            }
            Flow flow = code.instruction(s).flow();
            int next = k + 1 < items.size() ? items.get(k + 1).instruction() : NONE;
            if (flow == Flow.JUMP && next != NONE && target.getOrDefault(s, NONE) == next) {
                dropped[s] = true;
                continue;
            }
            numbers.add(s);
            gaps.add(gap);
            gap = 0;
            int old = code.successor(s);
            boolean falls = old != NONE && !flow.isUnconditional() || flow.isCall();
            follower[s] = falls ? old : NONE;
            boolean follows = next == old || flow == Flow.CONDITIONAL && next != NONE && next == target.getOrDefault(s, NONE);
            if (falls && old != NONE && !follows && !(swapped[s] && !target.containsKey(s))) {
                jump[s] = instructions.size();
                instructions.add(Encoding.jump(code.instruction(s), false));
                numbers.add(jump[s]);
                gaps.add(0);
            }
        }
        return body.with(body.name(), numbers.stream().mapToInt(Integer::intValue).toArray(),
                gaps.stream().mapToInt(Integer::intValue).toArray(), gap);
    }

    @Override
    public Program program() {
        return after;
    }

    @Override
    public int sites() {
        return sites;
    }

    @Override
    public Result apply(Events events, int... at) {
        Events edited = new Events(events.size() + events.size() / 8);
        int[] editedAt = new int[at.length];
        int next = 0;
        Frames calls = new Frames();
        for (int e = 0; e < events.size(); e++) {
            while (next < at.length && at[next] == e) {
                editedAt[next++] = edited.size();
            }
            int s = events.instruction(e);
            if (!dropped[s]) {
                edited.add(s, events.address0(e), events.address1(e), events.value(e));
            }
            Flow flow = before.code().instruction(s).flow();
            int goes = e + 1 < events.size() ? events.instruction(e + 1) : NONE;
            if (flow.isCall()) {
                calls.call(s, 0);
            } else if (flow == Flow.RETURN) {
                int call = calls.number();
                calls.leave();
                if (call != NONE && jump[call] != NONE && goes == follower[call]) {
                    edited.add(jump[call], 0, 0, 0);
                }
            } else if (jump[s] != NONE && (goes == follower[s]) != swapped[s]) {
                edited.add(jump[s], 0, 0, 0);
            }
        }
        while (next < at.length) {
            editedAt[next++] = edited.size();
        }
        return new Result(edited, editedAt);
    }
}
