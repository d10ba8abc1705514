package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A rewrite that does the same at a site each time: drops it, replaces it, puts instructions before it, or drops a call whole. */
final class SiteRewrite implements Rewrite {
    private final Program before;
    private final List<Instruction> instructions;
    private final Set<Integer> dropped = new HashSet<>();
    private final Set<Integer> droppedCalls = new HashSet<>();
    private final Map<Integer, int[]> replacement = new HashMap<>();
    private final Map<Integer, int[]> inserted = new HashMap<>();
    private final Map<Integer, Long> address = new HashMap<>();
    private Program after;

    SiteRewrite(Program before) {
        this.before = before;
        instructions = before.instructions();
    }

    /** Adds an instruction that accesses a fixed address (0 for none); returns its number. */
    int add(Instruction instruction, long data) {
        instructions.add(instruction);
        if (data != 0) {
            address.put(instructions.size() - 1, data);
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

    void replace(int site, int... by) {
        dropped.add(site);
        replacement.put(site, by);
    }

    void insertBefore(int site, int... added) {
        inserted.put(site, added);
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
            gap += body.gapBefore()[k];
            List<Integer> here = new ArrayList<>();
            for (int added : inserted.getOrDefault(s, new int[0])) {
                here.add(added);
            }
            for (int by : replacement.getOrDefault(s, new int[0])) {
                here.add(by);
            }
            if (!dropped.contains(s)) {
                here.add(s);
            }
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

    @Override
    public Program program() {
        return after;
    }

    @Override
    public int sites() {
        return dropped.size() + inserted.size();
    }

    @Override
    public Result apply(Events events, int... at) {
        int n = before.code().size();
        byte[] action = new byte[n];
        for (int s = 0; s < n; s++) {
            action[s] = (byte) (inserted.containsKey(s) || dropped.contains(s) ? 1 : 0);
        }
        Events edited = new Events(events.size() + events.size() / 8);
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
            if (action[s] == 0) {
                edited.add(s, events.address0(e), events.address1(e), events.value(e));
                continue;
            }
            emit(edited, inserted.get(s));
            emit(edited, replacement.get(s));
            if (!dropped.contains(s)) {
                edited.add(s, events.address0(e), events.address1(e), events.value(e));
            } else if (droppedCalls.contains(s)) {
                depth = 1;
            }
        }
        while (next < at.length) {
            editedAt[next++] = edited.size();
        }
        return new Result(edited, editedAt);
    }

    private void emit(Events edited, int[] numbers) {
        if (numbers != null) {
            for (int number : numbers) {
                edited.add(number, address.getOrDefault(number, 0L), 0, 0);
            }
        }
    }
}
