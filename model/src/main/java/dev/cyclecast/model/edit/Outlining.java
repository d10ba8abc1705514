package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The rewrite of {@link Outline}: a new function, and in its place a jump or a call. Values in registers that calls keep are
 * passed as arguments; where the new function may make calls, it saves such registers first.
 */
final class Outlining implements Rewrite {
    private static final int NONE = -1;
    private static final int INSIDE = 1;
    private static final int LEAST_ALIGNMENT = 16;
    private static final int SLOT = 8;
    /** rdi, rsi, rdx, rcx, r8, r9. */
    private static final int[] ARGUMENTS = {7, 6, 2, 1, 8, 9};
    private final Program before;
    private final Program after;
    private final Region region;
    private final boolean[] ends;
    /** The old function's own epilogue, which runs before a jump to the new one. */
    private final List<Integer> epilogue = new ArrayList<>();
    private final boolean[] dropped;
    /** Jumps added behind instructions that fell through out of the region. */
    private final int[] onward;
    private final List<Integer> arguments = new ArrayList<>();
    private final List<Integer> pushes = new ArrayList<>();
    private final List<Integer> pops = new ArrayList<>();
    private final List<Integer> taken = new ArrayList<>();
    private final List<Instruction> instructions;
    private final boolean cold;
    /** What stands in the region's place: arguments, epilogue, the call or jump, and the jump behind a call. */
    private final List<Integer> stubs = new ArrayList<>();
    /** The region's last instruction in memory. */
    private final int last;
    private final int leave;
    /** A jump behind the call to where the function goes on, unless that follows. */
    private final int over;
    private final int landing;
    private final int ret;

    Outlining(Program before, Calls calls, Region region, int body, Set<Integer> parts, String as, long start,
              boolean cold) {
        this.before = before;
        this.region = region;
        this.cold = cold;
        Code code = before.code();
        instructions = before.instructions();
        dropped = new boolean[code.size()];
        ends = new boolean[code.size()];
        onward = new int[code.size()];
        Arrays.fill(onward, NONE);
        Instruction near = code.instruction(region.entry);
        boolean jumps = region.join == NONE;
        if (jumps) {
            epilogue(calls);
        }
        int next = 0;
        for (int register : region.used) {
            if (next == ARGUMENTS.length) {
                throw new ModelException("the code selected uses more than " + next + " values of its function; select less");
            }
            arguments.add(add(Encoding.move(near, ARGUMENTS[next], register)));
            if (region.mayCall) {
                pushes.add(add(Encoding.push(near, register)));
                pops.addFirst(add(Encoding.pop(near, register)));
            }
            taken.add(add(Encoding.move(near, register, ARGUMENTS[next++])));
        }
        leave = add(jumps ? Encoding.jump(near, false) : Encoding.call(near));
        over = jumps || isFollowedByJoin(parts) ? NONE : add(Encoding.jump(near, false));
        stubs.addAll(arguments);
        stubs.addAll(epilogue);
        stubs.add(leave);
        if (over != NONE) {
            stubs.add(over);
        }
        landing = add(Encoding.landing(near));
        ret = jumps ? NONE : add(Encoding.ret(near));
        last = last(parts);
        List<Integer> moved = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        moved.add(landing);
        moved.addAll(pushes);
        moved.addAll(taken);
        moved.forEach(m -> gaps.add(0));
        List<Code.Body> bodies = new ArrayList<>();
        for (int b = 0; b < code.bodies().size(); b++) {
            Code.Body old = code.bodies().get(b);
            bodies.add(parts.contains(b) ? split(old, moved, gaps) : old);
        }
        if (!jumps) {
            pops.forEach(p -> add(moved, gaps, p));
            add(moved, gaps, ret);
        }
        Code.Body old = code.bodies().get(body);
        bodies.add(body + 1, new Code.Body(as, old.module(), true, start, array(moved), array(gaps), 0,
                LEAST_ALIGNMENT));
        after = before.with(new Code(instructions.toArray(new Instruction[0]), bodies));
    }

    /** Whether what stays behind the region's entry begins with the place where the function goes on. */
    private boolean isFollowedByJoin(Set<Integer> parts) {
        return parts.stream().map(part -> Arrays.stream(before.code().bodies().get(part).instructions())
                .dropWhile(s -> s != region.entry).filter(s -> !region.inside.contains(s)).findFirst())
                .anyMatch(next -> next.isPresent() && next.getAsInt() == region.join);
    }

    private int last(Set<Integer> parts) {
        int found = NONE;
        for (int part : parts) {
            for (int s : before.code().bodies().get(part).instructions()) {
                found = region.inside.contains(s) ? s : found;
            }
        }
        return found;
    }

    private int add(Instruction instruction) {
        instructions.add(instruction);
        return instructions.size() - 1;
    }

    private static void add(List<Integer> numbers, List<Integer> gaps, int number) {
        numbers.add(number);
        gaps.add(0);
    }

    private static int[] array(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    /** What the old function does last wherever the region ends it: it does so before the jump now. */
    private void epilogue(Calls calls) {
        int[] executions = calls.executions();
        for (int end : region.ends) {
            ends[end] = true;
            List<Integer> here = new ArrayList<>();
            for (int s : calls.before(end, executions)) {
                Instruction i = before.code().instruction(s);
                if (Calls.KEPT.contains(Calls.moved(i, "pop")) || Calls.adjusts(i, "add") != 0) {
                    dropped[s] = true;
                    here.addFirst(s);
                }
            }
            if (epilogue.isEmpty()) {
                here.forEach(s -> epilogue.add(add(before.code().instruction(s))));
            }
        }
    }

    /** Takes the region out of a body; adds it to the new function. */
    private Code.Body split(Code.Body old, List<Integer> moved, List<Integer> gapsMoved) {
        List<Integer> kept = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        int gap = 0;
        int carried = 0;
        boolean wasInside = false;
        for (int k = 0; k < old.instructions().length; k++) {
            int s = old.instructions()[k];
            boolean inside = region.inside.contains(s);
            if (wasInside) {
                carried += old.gapBefore()[k];
            } else {
                gap += old.gapBefore()[k];
            }
            if (s == region.entry) {
                for (int stub : stubs) {
                    kept.add(stub);
                    gaps.add(gap);
                    gap = 0;
                }
            }
            if (!inside) {
                kept.add(s);
                gaps.add(gap);
                gap = 0;
            } else {
                if (ends[s]) {
                    for (int pop : pops) {
                        moved.add(pop);
                        gapsMoved.add(carried);
                        carried = 0;
                    }
                }
                if (!dropped[s]) {
                    moved.add(s);
                    gapsMoved.add(carried);
                    carried = 0;
                }
                // What is compiled for size keeps its slow paths in line, and jumps over them.
                carried += cold ? region.slow.getOrDefault(s, 0) : 0;
                int follower = before.code().successor(s);
                Flow flow = before.code().instruction(s).flow();
                if (follower == region.join && follower != NONE && s != last && (!flow.isUnconditional() || flow.isCall())) {
                    onward[s] = add(Encoding.jump(before.code().instruction(s), true));
                    add(moved, gapsMoved, onward[s]);
                }
            }
            wasInside = inside;
        }
        return old.with(old.name(), array(kept), array(gaps), old.tail() + gap);
    }

    @Override
    public Program program() {
        return after;
    }

    @Override
    public int sites() {
        return 1;
    }

    @Override
    public Result apply(Events events, int... at) {
        Events edited = new Events(events.size() + events.size() / 8);
        int[] editedAt = new int[at.length];
        int next = 0;
        Frames frames = new Frames();
        long stack = 0;
        int previous = NONE;
        for (int e = 0; e < events.size(); e++) {
            while (next < at.length && at[next] == e) {
                editedAt[next++] = edited.size();
            }
            int s = events.instruction(e);
            Instruction i = before.code().instruction(s);
            if (s == region.entry && frames.number() != INSIDE) {
                stack = enter(events, e, edited, stack);
                frames.become(INSIDE);
            } else if (s == region.join && frames.number() == INSIDE) {
                if (previous != NONE && onward[previous] != NONE) {
                    edited.add(onward[previous], 0, 0, 0);
                }
                stack = restore(edited, stack);
                edited.add(ret, stack, 0, 0);
                if (over != NONE) {
                    edited.add(over, 0, 0, 0);
                }
                stack += SLOT;
                frames.become(NONE);
            }
            if (ends[s] && frames.number() == INSIDE) {
                stack = restore(edited, stack);
                frames.become(NONE);
            }
            if (!dropped[s]) {
                edited.add(s, events.address0(e), events.address1(e), events.value(e));
            }
            stack = dropped[s] ? stack : behind(i, events.address0(e), events.address1(e), stack);
            previous = s;
            if (i.flow().isCall()) {
                frames.call(NONE, s);
            } else if (i.flow() == Flow.RETURN) {
                previous = (int) frames.slot();
                frames.leave();
            }
        }
        while (next < at.length) {
            editedAt[next++] = edited.size();
        }
        return new Result(edited, editedAt);
    }

    /** What replaces the region in the old function, and the beginning of the new one; returns the stack pointer behind it. */
    private long enter(Events events, int e, Events edited, long stack) {
        long at = stack;
        arguments.forEach(a -> edited.add(a, 0, 0, 0));
        int from = e;
        for (int s : epilogue) {
            Instruction i = after.code().instruction(s);
            from = i.loads() ? nextRestore(events, from) : from;
            long address = i.loads() && from < events.size() ? events.address0(from++) : 0;
            edited.add(s, address, 0, 0);
            at = address == 0 ? at : address + SLOT;
        }
        boolean calls = after.code().instruction(leave).flow().isCall();
        at -= calls ? SLOT : 0;
        edited.add(leave, calls ? at : 0, 0, 0);
        edited.add(landing, 0, 0, 0);
        for (int push : pushes) {
            at -= SLOT;
            edited.add(push, at, 0, 0);
        }
        taken.forEach(t -> edited.add(t, 0, 0, 0));
        return at;
    }

    /** The next event of the old function's epilogue that takes a register off the stack. */
    private int nextRestore(Events events, int from) {
        int e = from;
        while (e < events.size() && !(dropped[events.instruction(e)]
                && before.code().instruction(events.instruction(e)).loads())) {
            e++;
        }
        return e;
    }

    private long restore(Events edited, long stack) {
        long at = stack;
        for (int pop : pops) {
            edited.add(pop, at, 0, 0);
            at += SLOT;
        }
        return at;
    }

    /** The stack pointer behind an instruction, as far as it can be followed. */
    private static long behind(Instruction i, long address0, long address1, long stack) {
        for (int m = 0; m < Math.min(2, i.memory().size()); m++) {
            if (i.memory().get(m).stack()) {
                long address = m == 0 ? address0 : address1;
                return i.memory().get(m).written() ? address : address + SLOT;
            }
        }
        return stack + Calls.adjusts(i, "add") - Calls.adjusts(i, "sub");
    }
}
