package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rewrite of {@link Inline}: for each site a copy of the callee. */
final class Inlining implements Rewrite {
    private static final int NONE = -1;
    private final Program before;
    private final Program after;
    private final boolean gone;
    private final Copy[] copies;
    /** By instruction: the copy that replaces it, where it is a site. */
    private final int[] siteOf;
    /** By instruction: its place in the callee. */
    private final int[] place;
    /** By place: whether it is a jump to another function. */
    private final boolean[] leaves;
    /** Instructions of callers that go. */
    private final boolean[] dropped;

    /**
     * A copy of the callee at one site.
     *
     * @param isTail   whether the site is a jump, so that the copy returns for its caller
     * @param number   by place in the callee: the instruction that stands for it; -1 for none
     * @param resume   by place: the jump behind a call that the callee made as its last act; -1 for none
     */
    private record Copy(boolean isTail, int[] number, int[] resume) {
    }

    Inlining(Program before, Calls calls, int callee, Set<Integer> parts, Set<Integer> sites, boolean gone) {
        this.before = before;
        this.gone = gone;
        Code code = before.code();
        siteOf = new int[code.size()];
        place = new int[code.size()];
        dropped = new boolean[code.size()];
        Arrays.fill(siteOf, NONE);
        Arrays.fill(place, NONE);
        int length = 0;
        for (int part : parts) {
            for (int s : code.bodies().get(part).instructions()) {
                place[s] = length++;
            }
        }
        leaves = new boolean[length];
        for (int s = 0; s < place.length; s++) {
            if (place[s] != NONE) {
                leaves[place[s]] = calls.leaves(s, parts);
            }
        }
        copies = new Copy[sites.size()];
        Overhead overhead = new Overhead(before, calls, callee, parts);
        List<Instruction> instructions = before.instructions();
        Map<Integer, Code.Body> inlined = new HashMap<>();
        Map<Integer, List<Code.Body>> split = new HashMap<>();
        int next = 0;
        for (int site : sites) {
            siteOf[site] = next;
            boolean isTail = code.instruction(site).flow() == Flow.JUMP;
            Set<Integer> unneeded = isTail ? overhead.ofJump(site, dropped) : overhead.ofCall(site);
            Copy copy = new Copy(isTail, new int[length], new int[length]);
            Arrays.fill(copy.resume(), NONE);
            copies[next++] = copy;
            String caller = code.bodyName(site);
            for (int part : parts) {
                Code.Body made = copy(code.bodies().get(part), copy, unneeded, part == callee, caller, instructions);
                if (part == callee) {
                    inlined.put(site, made);
                } else {
                    split.computeIfAbsent(part, k -> new ArrayList<>()).add(made);
                }
            }
        }
        List<Code.Body> bodies = new ArrayList<>();
        for (int b = 0; b < code.bodies().size(); b++) {
            if (!gone || !parts.contains(b)) {
                bodies.add(withCopies(code.bodies().get(b), inlined));
            }
            bodies.addAll(split.getOrDefault(b, List.of()));
        }
        after = before.with(new Code(instructions.toArray(new Instruction[0]), bodies));
    }

    /** A body of the callee as it stands at one site. */
    private Code.Body copy(Code.Body original, Copy copy, Set<Integer> unneeded, boolean falls, String caller,
                           List<Instruction> instructions) {
        List<Integer> numbers = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        int gap = 0;
        int last = original.instructions().length - 1;
        for (int k = 0; k <= last; k++) {
            int s = original.instructions()[k];
            gap += original.gapBefore()[k];
            Instruction i = before.code().instruction(s);
            List<Instruction> by = unneeded.contains(s) ? List.of()
                    : copy.isTail() ? List.of(i) : inCall(s, i, falls && k == last, falls);
            copy.number()[place[s]] = by.isEmpty() ? NONE : instructions.size();
            copy.resume()[place[s]] = by.size() > 1 ? instructions.size() + 1 : NONE;
            for (Instruction made : by) {
                numbers.add(instructions.size());
                instructions.add(made);
                gaps.add(gap);
                gap = 0;
            }
        }
        return original.with(original.name() + "." + caller, numbers.stream().mapToInt(Integer::intValue).toArray(),
                gaps.stream().mapToInt(Integer::intValue).toArray(), original.tail() + gap);
    }

    /** What stands for an instruction where the callee was called: it goes on behind the call instead of returning. */
    private List<Instruction> inCall(int s, Instruction i, boolean falls, boolean isShort) {
        if (i.flow() == Flow.RETURN) {
            return falls ? List.of() : List.of(Encoding.jump(i, isShort));
        }
        if (!leaves[place[s]]) {
            return List.of(i);
        }
        Instruction call = i.flow() == Flow.JUMP ? Encoding.call(i) : Encoding.callIndirect(i);
        return falls ? List.of(call) : List.of(call, Encoding.jump(i, isShort));
    }

    /** A caller's body with the copies in it; what the trace never executes behind their ends goes to its own end. */
    private Code.Body withCopies(Code.Body original, Map<Integer, Code.Body> inlined) {
        List<Integer> numbers = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        int gap = 0;
        int tail = original.tail();
        for (int k = 0; k < original.instructions().length; k++) {
            int s = original.instructions()[k];
            gap += original.gapBefore()[k];
            Code.Body copy = inlined.get(s);
            if (copy != null) {
                for (int c = 0; c < copy.instructions().length; c++) {
                    numbers.add(copy.instructions()[c]);
                    gaps.add(gap + copy.gapBefore()[c]);
                    gap = 0;
                }
                tail += copy.tail();
            } else if (!dropped[s]) {
                numbers.add(s);
                gaps.add(gap);
                gap = 0;
            }
        }
        return original.with(original.name(), numbers.stream().mapToInt(Integer::intValue).toArray(),
                gaps.stream().mapToInt(Integer::intValue).toArray(), tail + gap);
    }

    @Override
    public Result apply(Events events, int... at) {
        Events edited = new Events(events.size() + events.size() / 8);
        int[] editedAt = new int[at.length];
        int next = 0;
        Frames frames = new Frames();
        for (int e = 0; e < events.size(); e++) {
            while (next < at.length && at[next] == e) {
                editedAt[next++] = edited.size();
            }
            step(events, e, frames, edited);
        }
        while (next < at.length) {
            editedAt[next++] = edited.size();
        }
        return new Result(edited, editedAt);
    }

    private void step(Events events, int e, Frames frames, Events edited) {
        int s = events.instruction(e);
        int p = place[s];
        if (p == NONE || frames.number() == NONE) {
            // Where events begin within the callee, its first copy stands for the one that is not known.
            frames.become(p == NONE || !gone ? NONE : 0);
        }
        Copy copy = frames.number() == NONE ? null : copies[frames.number()];
        Flow flow = before.code().instruction(s).flow();
        if (copy != null && !copy.isTail() && leaves[p]) {
            edited.add(copy.number()[p], frames.slot(), 0, 0);
            frames.waitAt(copy.resume()[p]);
            frames.call(NONE, frames.slot());
            return;
        }
        if (copy != null) {
            emit(edited, copy.number()[p], events, e);
        } else if (siteOf[s] == NONE && !dropped[s]) {
            emit(edited, s, events, e);
        }
        if (siteOf[s] != NONE) {
            if (flow == Flow.JUMP) {
                frames.become(siteOf[s]);
            } else {
                frames.call(siteOf[s], events.address0(e));
            }
        } else if (flow.isCall()) {
            frames.call(NONE, 0);
        } else if (flow == Flow.RETURN) {
            frames.leave();
            while (frames.waits()) {
                emit(edited, frames.resume(), null, 0);
                frames.leave();
            }
        }
    }

    private static void emit(Events edited, int number, Events events, int e) {
        if (number != NONE && events == null) {
            edited.add(number, 0, 0, 0);
        } else if (number != NONE) {
            edited.add(number, events.address0(e), events.address1(e), events.value(e));
        }
    }

    @Override
    public Program program() {
        return after;
    }

    @Override
    public int sites() {
        return copies.length;
    }
}
