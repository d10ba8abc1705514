package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Clones a function for each value of a key that it reads, with a dispatch on the key. In a clone, comparisons of the key
 * with constants and the branches on them are gone, and so are the reads that the key settles.
 *
 * @param function function to clone
 * @param with     functions it calls that are cloned with it
 * @param key      variable (a table) from which the function reads the key; empty where {@code load} is given
 * @param load     the load of the key; in a caller of the function, which then dispatches before it calls; null for none
 * @param settled  variables that need not be read once the key is known
 * @param dispatch how a clone is chosen
 */
record Specialise(String function, List<String> with, String key, Selector load, List<String> settled, Dispatch dispatch)
        implements Edit {
    /** Executions of a load that are followed to find out what becomes of the key. */
    private static final int FOLLOWED = 200;

    /** How a clone is chosen. */
    enum Dispatch {
        /** A bounds check, a table of offsets, and one indirect jump. */
        JUMP_TABLE,
        /** Compare and branch, most frequent key first. */
        COMPARE_CHAIN
    }

    @Override
    public Rewrite plan(Program program, Events sample, String where) {
        Reads finder = new Reads(program, sample);
        int keySite = keySite(program, finder, sample, where);
        Calls calls = new Calls(program, sample);
        int body = load == null ? program.code().bodyOf(keySite) : calls.function(function, where);
        List<String> cloned = new ArrayList<>(with);
        cloned.add(function);
        Set<Integer> bodies = program.bodies(cloned, where);
        Map<Integer, Slice.Role> gone = new HashMap<>();
        for (String name : settled) {
            finder.find(List.of(name), cloned, where).forEach((reader, site) -> {
                Slice slice = new Slice(program, sample, null, bodies);
                site.events().forEach(slice::read);
                slice.roles.forEach((s, role) -> {
                    if (role != Slice.Role.OTHER) {
                        gone.put(s, role);
                    }
                });
            });
        }
        Slice folded = new Slice(program, sample, null, bodies);
        int followed = 0;
        for (int e = 0; e < sample.size() && followed < FOLLOWED; e++) {
            if (sample.instruction(e) == keySite) {
                folded.read(e);
                followed++;
            }
        }
        folded.roles.forEach((s, role) -> {
            if (role == Slice.Role.COMPARE || role == Slice.Role.BRANCH) {
                gone.put(s, role);
            }
        });
        gone.remove(keySite);
        return new Clones(program, sample, keySite, body, dispatchBefore(program, calls, keySite, body, where), bodies, gone,
                dispatch);
    }

    private int keySite(Program program, Reads finder, Events sample, String where) {
        Collection<Integer> sites = load == null ? finder.find(List.of(key), List.of(function), where).keySet()
                : load.find(program, sample, where + "/key");
        if (sites.size() != 1) {
            throw new ModelException(where + ": the key of " + function + " is read at " + sites.size()
                    + " places; a key is read at one");
        }
        return sites.iterator().next();
    }

    /** Where a caller dispatches: before it restores registers for the call; empty where the function reads the key itself. */
    private static Set<Integer> dispatchBefore(Program program, Calls calls, int keySite, int body, String where) {
        Set<Integer> before = new HashSet<>();
        if (program.code().bodyOf(keySite) != body) {
            int[] executions = calls.executions();
            for (int site : calls.sites(body, calls.parts(body))) {
                List<Integer> run = calls.before(site, executions);
                before.add(run.isEmpty() ? site : run.getLast());
            }
            if (before.isEmpty()) {
                throw new AbsentSiteException(where + ": nothing in the trace calls the function that is specialised");
            }
        }
        return before;
    }

    /** The rewrite: per key value, a clone of every instruction that was executed under it. */
    private static final class Clones implements Rewrite {
        private static final int DEEPEST = 64;
        private static final int[] NO_DISPATCH = {};
        private final Program before;
        private final Program after;
        private final int keySite;
        private final int body;
        private final Set<Integer> dispatchBefore;
        private final Set<Integer> bodies;
        private final Map<Integer, Slice.Role> gone;
        private final Map<Integer, Map<Integer, Integer>> cloneOf = new TreeMap<>();
        private final Map<Integer, int[]> dispatchTo = new HashMap<>();
        private final int keyRegister;
        private long table;

        Clones(Program before, Events sample, int keySite, int body, Set<Integer> dispatchBefore, Set<Integer> bodies,
               Map<Integer, Slice.Role> gone, Dispatch dispatch) {
            this.before = before;
            this.keySite = keySite;
            this.body = body;
            this.dispatchBefore = dispatchBefore;
            this.bodies = bodies;
            this.gone = gone;
            keyRegister = Long.numberOfTrailingZeros(Math.max(1, before.code().instruction(keySite).writes()));
            Map<Integer, Integer> frequency = new TreeMap<>();
            Map<Integer, Set<Integer>> executed = new TreeMap<>();
            walk(sample, (e, s, value, seen) -> {
                if (seen != null && dispatches(s)) {
                    frequency.merge(seen, 1, Integer::sum);
                } else if (value != null && !gone.containsKey(s)) {
                    executed.computeIfAbsent(value, k -> new HashSet<>()).add(s);
                }
            });
            List<Instruction> instructions = before.instructions();
            List<Integer> head = dispatch(dispatch, frequency, instructions);
            List<Code.Body> laid = new ArrayList<>();
            for (int b = 0; b < before.code().bodies().size(); b++) {
                Code.Body original = before.code().bodies().get(b);
                laid.add(withDispatch(original, head));
                if (bodies.contains(b)) {
                    executed.forEach((value, sites) -> laid.add(clone(original, value, sites, instructions)));
                }
            }
            after = before.with(new Code(instructions.toArray(new Instruction[0]), laid));
        }

        private List<Integer> dispatch(Dispatch kind, Map<Integer, Integer> frequency, List<Instruction> to) {
            Instruction near = before.code().instruction(keySite);
            List<Integer> head = new ArrayList<>();
            if (kind == Dispatch.JUMP_TABLE) {
                int scratch = keyRegister == 2 ? 1 : 2;
                int highest = frequency.keySet().stream().max(Integer::compare).orElse(0);
                to.add(Encoding.compare(near, keyRegister, highest));
                to.add(Encoding.branchAway(near));
                to.add(Encoding.tableAddress(near, scratch));
                to.add(Encoding.tableLoad(near, scratch, keyRegister, keyRegister));
                to.add(Encoding.add(near, keyRegister, scratch));
                to.add(Encoding.jump(near, keyRegister));
                for (int k = to.size() - 6; k < to.size(); k++) {
                    head.add(k);
                }
                int[] all = head.stream().mapToInt(Integer::intValue).toArray();
                frequency.keySet().forEach(value -> dispatchTo.put(value, all));
                // A read-only table lies behind the code of its module.
                Code.Body last = before.code().bodies().getLast();
                table = (last.start() + (1 << 20)) & -64L;
            } else {
                List<Integer> values = new ArrayList<>(frequency.keySet());
                values.sort((a, b) -> frequency.get(b) - frequency.get(a));
                for (int value : values) {
                    to.add(Encoding.compare(near, keyRegister, value));
                    to.add(Encoding.branchAway(near));
                    head.add(to.size() - 2);
                    head.add(to.size() - 1);
                    dispatchTo.put(value, head.stream().mapToInt(Integer::intValue).toArray());
                }
            }
            return head;
        }

        /** Whether a dispatch stands at an instruction: behind the read of the key, or before a call. */
        private boolean dispatches(int s) {
            return dispatchBefore.isEmpty() ? s == keySite : dispatchBefore.contains(s);
        }

        private Code.Body withDispatch(Code.Body original, List<Integer> head) {
            List<Integer> numbers = new ArrayList<>();
            List<Integer> gaps = new ArrayList<>();
            for (int k = 0; k < original.instructions().length; k++) {
                int s = original.instructions()[k];
                List<Integer> here = new ArrayList<>(dispatches(s) ? head : List.of());
                here.add(dispatchBefore.isEmpty() ? 0 : here.size(), s);
                for (int number : here) {
                    numbers.add(number);
                    gaps.add(number == here.getFirst() ? original.gapBefore()[k] : 0);
                }
            }
            return original.with(original.name(),
                    numbers.stream().mapToInt(Integer::intValue).toArray(),
                    gaps.stream().mapToInt(Integer::intValue).toArray(), original.tail());
        }

        /** A clone holds what its key executes, without gaps: what another key executes is not in it. */
        private Code.Body clone(Code.Body original, int value, Set<Integer> sites, List<Instruction> to) {
            Map<Integer, Integer> numbers = cloneOf.computeIfAbsent(value, k -> new HashMap<>());
            List<Integer> order = new ArrayList<>();
            for (int s : original.instructions()) {
                if (sites.contains(s)) {
                    numbers.put(s, to.size());
                    order.add(to.size());
                    to.add(before.code().instruction(s));
                }
            }
            return original.with(original.name() + "." + value,
                    order.stream().mapToInt(Integer::intValue).toArray(), new int[order.size()], 0);
        }

        /**
         * What a walk reports: an event, its instruction, the key of the clone that it is in, null outside, and the key that
         * was read last, null where none was.
         */
        private interface Visitor {
            void visit(int event, int site, Integer value, Integer seen);
        }

        /**
         * Walks events and tells which are executed in a clone: those of the function and of the bodies cloned with it,
         * from the read of the key to the return.
         */
        private void walk(Events events, Visitor visitor) {
            boolean[] ours = new boolean[before.code().size()];
            for (int s = 0; s < ours.length; s++) {
                ours[s] = bodies.contains(before.code().bodyOf(s));
            }
            Integer value = null;
            int depth = 0;
            int[] frames = new int[DEEPEST];
            int height = 0;
            for (int e = 0; e < events.size(); e++) {
                int s = events.instruction(e);
                if (s == keySite) {
                    value = events.value(e);
                    depth = 0;
                    visitor.visit(e, s, dispatchBefore.isEmpty() ? value : null, value);
                    continue;
                }
                boolean inClone = value != null && ours[s] && foreign(frames, height) == 0;
                visitor.visit(e, s, inClone ? value : null, value);
                if (value == null) {
                    continue;
                }
                Flow flow = before.code().instruction(s).flow();
                if (flow.isCall() && height < DEEPEST) {
                    frames[height++] = bodies.contains(before.callee(events, e)) ? 0 : 1;
                    depth++;
                } else if (flow == Flow.RETURN) {
                    depth--;
                    height = Math.max(0, height - 1);
                    if (depth < 0) {
                        value = null;
                        height = 0;
                    }
                }
            }
        }

        private static int foreign(int[] frames, int height) {
            int sum = 0;
            for (int k = 0; k < height; k++) {
                sum += frames[k];
            }
            return sum;
        }

        @Override
        public Program program() {
            return after;
        }

        @Override
        public int sites() {
            return gone.size() + 1;
        }

        private void dispatch(Events edited, int value) {
            for (int added : dispatchTo.getOrDefault(value, NO_DISPATCH)) {
                boolean loads = after.code().instruction(added).loads();
                edited.add(added, loads ? table + 4L * value : 0, 0, 0);
            }
        }

        @Override
        public Result apply(Events events, int... at) {
            Events edited = new Events(events.size() + events.size() / 8);
            int[] editedAt = new int[at.length];
            int[] next = {0};
            walk(events, (e, s, value, seen) -> {
                while (next[0] < at.length && at[next[0]] == e) {
                    editedAt[next[0]++] = edited.size();
                }
                if (seen != null && dispatches(s)) {
                    if (dispatchBefore.isEmpty()) {
                        edited.add(s, events.address0(e), events.address1(e), events.value(e));
                        dispatch(edited, seen);
                        return;
                    }
                    dispatch(edited, seen);
                }
                Integer clone = value == null ? null : cloneOf.getOrDefault(value, Map.of()).get(s);
                if (value != null && gone.containsKey(s)) {
                    return;
                }
                edited.add(clone == null ? s : clone, events.address0(e), events.address1(e), events.value(e));
            });
            while (next[0] < at.length) {
                editedAt[next[0]++] = edited.size();
            }
            return new Result(edited, editedAt);
        }
    }
}
