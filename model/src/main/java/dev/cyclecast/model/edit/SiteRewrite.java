package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * A rewrite that does the same at a site each time: drops it, replaces it, puts instructions before or behind it, or drops a
 * call whole.
 */
final class SiteRewrite implements Rewrite {
    private static final int[] NOTHING = {};
    /** Calls whose returns are awaited at one time. */
    private static final int DEEPEST = 256;
    private final Program before;
    private final List<Instruction> instructions;
    private final Set<Integer> dropped = new HashSet<>();
    private final Set<Integer> droppedCalls = new HashSet<>();
    private final Set<Integer> withoutGap = new HashSet<>();
    private final Map<Integer, int[]> replacement = new HashMap<>();
    private final Map<Integer, int[]> inserted = new HashMap<>();
    private final Map<Integer, int[]> insertedBehind = new HashMap<>();
    private final Map<Integer, DataAddress.Rule> addresses = new HashMap<>();
    private Program after;

    SiteRewrite(Program before) {
        this.before = before;
        instructions = before.instructions();
    }

    /** Adds an instruction that accesses a fixed address (0 for none); returns its number. */
    int add(Instruction instruction, long data) {
        return add(instruction, data == 0 ? null : DataAddress.Rule.fixed(data));
    }

    /** Adds an instruction whose data address depends on the event at which it is put (null for none); returns its number. */
    int add(Instruction instruction, DataAddress.Rule data) {
        instructions.add(instruction);
        if (data != null) {
            addresses.put(instructions.size() - 1, data);
        }
        return instructions.size() - 1;
    }

    void drop(int site) {
        dropped.add(site);
    }

    /** Drops a call and all that is executed until it returns; the callee stays in the program. */
    void dropCall(int site) {
        dropped.add(site);
        droppedCalls.add(site);
    }

    /** Drops the code between the instructions of a run that was not executed. */
    void closeUp(int[] run) {
        for (int k = 1; k < run.length; k++) {
            withoutGap.add(run[k]);
        }
    }

    /**
     * Leads from a branch that is dropped, and was always taken, to its target: the code between that was never executed
     * goes; where other code lies between, a jump stays.
     *
     * @param gone what is dropped besides
     */
    void fallThrough(int branch, int target, Set<Integer> gone) {
        int[] order = before.code().bodies().get(before.code().bodyOf(branch)).instructions();
        int k = 0;
        while (order[k] != branch) {
            k++;
        }
        do {
            k++;
        } while (k < order.length && order[k] != target && gone.contains(order[k]));
        if (k < order.length && order[k] == target) {
            withoutGap.add(target);
        } else {
            replace(branch, add(Encoding.jump(before.code().instruction(branch)), 0));
        }
    }

    void replace(int site, int... by) {
        dropped.add(site);
        replacement.put(site, by);
    }

    void insertBefore(int site, int... added) {
        inserted.put(site, added);
    }

    /** Behind a call, it is executed when the call has returned. */
    void insertBehind(int site, int... added) {
        insertedBehind.put(site, added);
    }

    /** Lays the code out again; nothing may be added afterwards. */
    SiteRewrite done() {
        List<Code.Body> bodies = new ArrayList<>();
        for (Code.Body body : before.code().bodies()) {
            bodies.add(relay(body));
        }
        after = before.with(new Code(instructions.toArray(new Instruction[0]), bodies));
        return this;
    }

    private Code.Body relay(Code.Body body) {
        List<Integer> numbers = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        int gap = 0;
        for (int k = 0; k < body.instructions().length; k++) {
            int s = body.instructions()[k];
            gap += withoutGap.contains(s) ? 0 : body.gapBefore()[k];
            List<Integer> here = new ArrayList<>();
            append(here, inserted.get(s));
            append(here, replacement.get(s));
            if (!dropped.contains(s)) {
                here.add(s);
            }
            append(here, insertedBehind.get(s));
            for (int number : here) {
                numbers.add(number);
                gaps.add(gap);
                gap = 0;
            }
        }
        return body.with(body.name(),
                numbers.stream().mapToInt(Integer::intValue).toArray(),
                gaps.stream().mapToInt(Integer::intValue).toArray(), body.tail() + gap);
    }

    private static void append(List<Integer> here, int[] added) {
        for (int number : added == null ? NOTHING : added) {
            here.add(number);
        }
    }

    @Override
    public Program program() {
        return after;
    }

    @Override
    public int sites() {
        return dropped.size() + inserted.size() + insertedBehind.size();
    }

    @Override
    public Result apply(Events events, int... at) {
        return new Application(events).run(at);
    }

    /** One window on its way through the rewrite: everything is looked up by instruction number. */
    private final class Application {
        private final Events events;
        private final Events edited;
        private final int[][] first = table(inserted);
        private final int[][] instead = table(replacement);
        private final int[][] behind = table(insertedBehind);
        private final boolean[] gone = mask(dropped);
        private final boolean[] goneCall = mask(droppedCalls);
        private final IntToLongFunction[] address = new IntToLongFunction[instructions.size()];
        private final int[][] awaiting = new int[DEEPEST][];
        private int height;

        Application(Events events) {
            this.events = events;
            edited = new Events(events.size() + events.size() / 8);
            Map<DataAddress.Rule, IntToLongFunction> found = new IdentityHashMap<>();
            addresses.forEach((number, rule) -> address[number] = found.computeIfAbsent(rule, r -> r.in(events)));
        }

        private int[][] table(Map<Integer, int[]> map) {
            int[][] table = new int[before.code().size()][];
            map.forEach((s, numbers) -> table[s] = numbers);
            return table;
        }

        private boolean[] mask(Set<Integer> sites) {
            boolean[] mask = new boolean[before.code().size()];
            sites.forEach(s -> mask[s] = true);
            return mask;
        }

        Result run(int... at) {
            int[] editedAt = new int[at.length];
            int next = 0;
            int depth = 0;
            for (int e = 0; e < events.size(); e++) {
                while (next < at.length && at[next] == e) {
                    editedAt[next++] = edited.size();
                }
                int s = events.instruction(e);
                if (depth > 0) {
                    Flow flow = before.code().instruction(s).flow();
                    depth += flow.isCall() ? 1 : flow == Flow.RETURN ? -1 : 0;
                    continue;
                }
                emit(first[s], e);
                emit(instead[s], e);
                if (!gone[s]) {
                    edited.add(s, events.address0(e), events.address1(e), events.value(e));
                    behind(s, e);
                } else if (goneCall[s]) {
                    depth = 1;
                }
            }
            while (next < at.length) {
                editedAt[next++] = edited.size();
            }
            return new Result(edited, editedAt);
        }

        /** Puts instructions behind one that was executed; those behind a call wait for its return. */
        private void behind(int s, int e) {
            if (insertedBehind.isEmpty()) {
                return;
            }
            Flow flow = before.code().instruction(s).flow();
            if (flow.isCall()) {
                awaiting[height % DEEPEST] = behind[s];
                height++;
            } else if (flow == Flow.RETURN && height > 0) {
                height--;
                emit(awaiting[height % DEEPEST], e);
            } else {
                emit(behind[s], e);
            }
        }

        private void emit(int[] numbers, int e) {
            if (numbers == null) {
                return;
            }
            for (int number : numbers) {
                edited.add(number, address[number] == null ? 0 : address[number].applyAsLong(e), 0, 0);
            }
        }
    }
}
